import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readVietnamese } from './index.js';

const SPEAKABLE = /^[\p{Script=Latin},.!?;:\-' ]+$/u;
const FRAGMENTS = (
  'UBND|xã|Điều|IV|I|05|1.500.000|91,4|%|/|-|–|.|,|\n|\n\n| | |25/11/2023|5/3|17h30|đồng|288/KH-UBND|TP.|v.v.|(|)|“|”|' +
  '<speak>|[[|]]|<|>|&|+|0988.123.456|@|gov.vn|www.|XYZ|KẾ|HOẠCH|a)|1.|số|ngày|😀|\u202e|\u200b|\u0301|ភ|²|½|€|ông J.|đ/c|Ở|°C|km2|tr|#|*|_'
).split('|');
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 40 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 40 }).map((parts) => parts.join(' ')),
);
const accents = fc.constantFrom('north' as const, 'central' as const, 'south' as const);

describe('for every text', () => {
  test('what is said is plain words: NFC, no figure, no markup, no sign that a voice may obey', () => {
    fc.assert(
      fc.property(texts, accents, (text, accent) => {
        for (const { said } of readVietnamese(text, { accent }).sentences) {
          expect(said).toMatch(SPEAKABLE);
          expect(said).not.toMatch(/\p{N}/u);
          expect(said).toBe(said.normalize('NFC'));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('what is said is read again unchanged, as one sentence', () => {
    fc.assert(
      fc.property(texts, accents, (text, accent) => {
        for (const { said } of readVietnamese(text, { accent }).sentences) {
          expect(readVietnamese(said, { accent }).sentences.map((sentence) => sentence.said)).toEqual([said]);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('replacements and doubts stand where they say, in order, without overlap', () => {
    fc.assert(
      fc.property(texts, accents, (text, accent) => {
        const nfc = text.normalize('NFC');
        const { replacements, doubts } = readVietnamese(text, { accent });
        for (const { from, to, written } of [...replacements, ...doubts]) expect(nfc.slice(from, to)).toBe(written);
        const ends = doubts.map(({ from, to }) => [from, to] as const);
        for (const [index, [from]] of ends.entries()) expect(from).toBeGreaterThanOrEqual(ends[index - 1]?.[1] ?? 0);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('time grows with the length only', () => {
  /** Processor time: a busy machine must not decide a spec. */
  const spentMs = (text: string) => {
    const start = process.cpuUsage();
    readVietnamese(text, { accent: 'north' });
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  };

  test.each(['a', 'A', '1', 'bà con trong xã, ', 'e\u0301', '😀', '(', '-'])(
    '1 MB of %j in one line takes under two seconds',
    (sign) => {
      expect(spentMs(sign.repeat(Math.ceil(1_000_000 / sign.length)))).toBeLessThan(2_000);
    },
  );

  // Every second character starts a rule: twenty times as dense as prose. A rule that looked on to the end would need minutes.
  test.each(['1.', '1,', '1-', '5/', 'a.', 'a@', '<a', '[[', '. ', 'IV ', 'UBND-', 'KẾ ', '/KH-U', 'a-', "a'", '1 '])(
    '50 kB of %j takes under three seconds',
    (sign) => {
      expect(spentMs(sign.repeat(Math.ceil(50_000 / sign.length)))).toBeLessThan(3_000);
    },
  );
});
