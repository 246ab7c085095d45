import { describe, expect, it } from '@jest/globals';
import type { CellState, Coverage } from './api.js';
import { barOf, byCommune, shapeOf, step, total, unnamed } from './grouping.js';

const hamlet = (id: string, communeId: string) => ({
  ...{ id, name: `Ấp ${id}`, communeId, communeName: `Xã ${communeId}` },
  byTransmitter: false,
});

const coverageOf = (cells: CellState[][], change: Partial<Coverage> = {}): Coverage => ({
  line: { id: 'l', title: 'Bài', criterion: 'playedEveryHamlet', target: cells.length, unit: 'bài' },
  plan: { number: '1', title: 'Kế hoạch', periodFrom: '2026-01-01', periodTo: '2026-12-31', note: '' },
  demo: false,
  items: cells.map((_, row) => ({ id: `i${row}`, title: `Bài ${row}` })),
  hamlets: [hamlet('1', 'X'), hamlet('2', 'X'), hamlet('3', 'Y')],
  cells,
  counts: { complete: 4, partial: 0, notPlayed: 1, unknown: 1, notPlanned: 0 },
  required: 6,
  reached: 4,
  done: false,
  missing: [],
  ...change,
});

const coverage = coverageOf([
  ['complete', 'unknown', 'complete'],
  ['complete', 'complete', 'notPlayed'],
]);

describe('communes of the matrix', () => {
  it('keep the order of the service and count their own cells', () => {
    const [x, y, ...more] = byCommune(coverage);
    expect(x).toMatchObject({ name: 'Xã X', columns: [0, 1], counts: { complete: 3, unknown: 1, notPlayed: 0 } });
    expect(y).toMatchObject({ name: 'Xã Y', columns: [2], counts: { complete: 1, notPlayed: 1 } });
    expect(more).toEqual([]);
    expect(total(x!.counts)).toBe(4);
  });
});

describe('the bar', () => {
  const counts = { complete: 1_899, partial: 0, notPlayed: 0, unknown: 1, notPlanned: 0 };

  it('case 22: one missing cell of 1,900 is long enough to be seen', () => {
    const lengths = new Map(barOf(counts));
    expect(lengths.get('unknown')).toBeGreaterThan(0.015);
    expect([...lengths.values()].reduce((sum, length) => sum + length)).toBeCloseTo(1);
    expect(lengths.get('partial')).toBe(0);
  });

  it('shows other shares as they are, and nothing for nothing', () => {
    expect(new Map(barOf({ ...counts, complete: 3, unknown: 1 })).get('unknown')).toBe(0.25);
    expect(barOf({ ...counts, complete: 0, unknown: 0 }).every(([, length]) => length === 0)).toBe(true);
  });
});

describe('what may change in place', () => {
  it('is an answer with other states only; a new script or a renamed hamlet is not', () => {
    expect(shapeOf({ ...coverage, hamlets: [...coverage.hamlets] })).toBe(shapeOf(coverage));
    expect(shapeOf({ ...coverage, items: coverage.items.slice(1) })).not.toBe(shapeOf(coverage));
    expect(shapeOf({ ...coverage, hamlets: [hamlet('9', 'X')] })).not.toBe(shapeOf(coverage));
  });
});

describe('what keeps a line open beyond the named cells', () => {
  it('counts cells that are not in the list', () => {
    const missing = [{ item: 'Bài 0', hamlet: 'Ấp 2', commune: 'Xã X', state: 'unknown' as const }];
    expect(unnamed({ ...coverage, missing })).toEqual({ cells: 1, scripts: 0, scriptCells: 0 });
  });

  it('counts scripts that the library does not have yet, by commune or by hamlet as the criterion says', () => {
    const line = { ...coverage.line, target: 5 };
    expect(unnamed({ ...coverage, line })).toMatchObject({ scripts: 3, scriptCells: 9 });
    expect(unnamed({ ...coverage, line: { ...line, criterion: 'playedEveryCommune' } })).toMatchObject({
      scriptCells: 6,
    });
    expect(unnamed({ ...coverage, line: { ...line, criterion: 'produced' } })).toMatchObject({
      scripts: 0,
      scriptCells: 0,
    });
  });
});

describe('arrow keys', () => {
  it.each([
    ['ArrowDown', 0, 1, 1, 1],
    ['ArrowUp', 0, 1, 0, 1],
    ['ArrowLeft', 1, 1, 1, 0],
    ['ArrowRight', 0, 2, 0, 2],
    ['Home', 1, 2, 1, 0],
    ['End', 1, 0, 1, 2],
    ['PageUp', 1, 2, 0, 2],
    ['PageDown', 0, 2, 1, 2],
  ])('%s leads from row %i, column %i to row %i, column %i of 2 × 3', (key, row, column, toRow, toColumn) => {
    expect(step(key, { row, column }, 2, 3)).toEqual({ row: toRow, column: toColumn });
  });

  it('other keys are not ours', () => {
    expect(step('Tab', { row: 0, column: 0 }, 2, 3)).toBeNull();
  });
});
