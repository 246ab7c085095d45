import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type Accent, readVietnamese } from './index.js';

/** Phrases of five real communication plans (000 and 002 are poor scans) and what an announcer says; written by hand. */
const CASES = readFileSync(new URL('./cases.tsv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [source = '', accent = '', written = '', said = ''] = line.split('\t');
    return { source, accent: accent as Accent, written, said };
  });

describe('the plans, phrase by phrase', () => {
  test('are at least 330 cases from all five plans in three accents', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(330);
    expect([...new Set(CASES.map(({ source }) => source))].sort()).toEqual(['000', '001', '002', '003', '004']);
    expect([...new Set(CASES.map(({ accent }) => accent))].sort()).toEqual(['central', 'north', 'south']);
    expect(new Set(CASES.map(({ source, accent, written }) => `${source} ${accent} ${written}`)).size).toBe(
      CASES.length,
    );
  });

  test.each(CASES)('$source $accent: $written', ({ accent, written, said }) => {
    const { sentences } = readVietnamese(written, { accent });
    expect(sentences.map((sentence) => sentence.said).join(' | ')).toBe(said);
  });
});
