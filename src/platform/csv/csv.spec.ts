import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvLine } from './csv.js';

describe('a line of a table', () => {
  it.each(['=1+1', '+84 912', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =1', '＝1'])('%j is no formula any more', (cell) => {
    const [[read]] = parse(csvLine([cell])) as [[string]];
    expect(read).toBe(`'${cell}`);
  });

  it('whatever a cell says, it is read as it was written, or with a mark in front', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 5 }), (cells) => {
        const [read = []] = parse(csvLine(cells)) as string[][];
        expect(read.map((cell, i) => (cell === `'${cells[i]}` ? cells[i] : cell))).toEqual(cells);
        for (const cell of read) expect(cell).not.toMatch(/^\s*[=+\-@]/);
      }),
    );
  });

  it('numbers stay numbers, and nothing stays nothing', () => {
    expect(csvLine([-5, null, 'a;b', 'nói "vâng"'])).toBe('-5,,"a;b","nói ""vâng"""\r\n');
  });
});
