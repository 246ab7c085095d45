import { describe, expect, it } from '@jest/globals';
import { clock, day, percent, whole } from './format.js';
import { byCommune, step } from './grouping.js';
import { fill, messagesFor } from './messages.js';

describe('numbers and dates of the page', () => {
  it('case 22: 1,899 of 1,900 is never shown as 100 %', () => {
    expect(percent(1_899, 1_900)).toBe('99,9 %');
    expect(percent(1_900, 1_900)).toBe('100 %');
    expect(percent(0, 0)).toBe('0 %');
  });

  it('writes 10.000, 21/11/2026 and the time of Viet Nam', () => {
    expect(whole(10_000)).toBe('10.000');
    expect(day('2026-11-21')).toBe('21/11/2026');
    expect(clock(Date.UTC(2026, 10, 20, 22, 5, 9))).toBe('05:05:09');
  });
});

describe('the matrix', () => {
  const coverage = {
    hamlets: ['a', 'b', 'c'].map((id, i) => ({
      id,
      name: `Ấp ${i + 1}`,
      communeId: i < 2 ? 'x' : 'y',
      communeName: i < 2 ? 'Xã X' : 'Xã Y',
    })),
    cells: [
      ['complete', 'unknown', 'complete'],
      ['complete', 'complete', 'notPlayed'],
    ] as const,
  };

  it('groups hamlets by commune and counts each commune alone', () => {
    const [x, y] = byCommune(coverage);
    expect(x).toMatchObject({ name: 'Xã X', columns: [0, 1], counts: { complete: 3, unknown: 1 } });
    expect(y).toMatchObject({ name: 'Xã Y', columns: [2], counts: { complete: 1, notPlayed: 1 } });
  });

  it('arrow keys stop at the edges', () => {
    expect(step('ArrowUp', 0, 1, 2, 3)).toEqual({ row: 0, column: 1 });
    expect(step('ArrowRight', 0, 2, 2, 3)).toEqual({ row: 0, column: 2 });
    expect(step('ArrowDown', 0, 2, 2, 3)).toEqual({ row: 1, column: 2 });
    expect(step('End', 1, 0, 2, 3)).toEqual({ row: 1, column: 2 });
    expect(step('x', 1, 0, 2, 3)).toEqual({ row: 1, column: 0 });
  });
});

it('speaks Vietnamese unless asked for English, with the same keys', () => {
  expect(messagesFor('').texts.complete).toBe('phát đủ');
  const english = messagesFor('?lang=en');
  expect(Object.keys(english.texts)).toEqual(Object.keys(messagesFor('').texts));
  expect(fill(english.texts.notDone, { count: 1 })).toBe('Not done: 1 cells are missing');
});
