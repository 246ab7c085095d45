import { describe, expect, it } from '@jest/globals';
import { planImport } from './area-import.js';
import { covers, idsUpwards, isValidIn, mayStandUnder } from './tree.js';

const line = (code: string, parentCode: string, kind: string, more: Record<string, string> = {}) => ({
  code,
  parentCode,
  kind,
  name: `Đơn vị ${code}`,
  ...more,
});
const none = new Map();

describe('import of areas', () => {
  it('puts parents first, whatever the order of the lines', () => {
    const { areas, errors } = planImport(
      [line('H', 'C', 'hamlet'), line('C', 'P', 'commune'), line('P', '', 'province')],
      none,
    );
    expect(errors).toEqual([]);
    expect(areas.map((area) => area.code)).toEqual(['P', 'C', 'H']);
  });

  it('accepts a tree with and one without districts', () => {
    expect(
      planImport([line('P', '', 'province'), line('D', 'P', 'district'), line('C', 'D', 'commune')], none).errors,
    ).toEqual([]);
    expect(planImport([line('P', '', 'province'), line('C', 'P', 'commune')], none).errors).toEqual([]);
  });

  it('hangs new areas under existing ones', () => {
    expect(planImport([line('H', 'C', 'hamlet')], new Map([['C', 'commune' as const]])).areas).toHaveLength(1);
  });

  it('names the line of a missing parent and imports nothing', () => {
    const { areas, errors } = planImport([line('P', '', 'province'), line('C', 'X', 'commune')], none);
    expect(areas).toEqual([]);
    expect(errors).toEqual([{ line: 3, code: 'area.parentMissing' }]);
  });

  it('finds a cycle on every line of it', () => {
    const { errors } = planImport(
      [line('A', 'C', 'district'), line('B', 'A', 'district'), line('C', 'B', 'district'), line('D', 'D', 'district')],
      none,
    );
    expect(errors).toEqual([2, 3, 4, 5].map((at) => ({ line: at, code: 'area.cycle' })));
  });

  it('what hangs below a cycle, or below a refused line, has no parent', () => {
    const { errors } = planImport(
      [
        line('X', 'A', 'commune'),
        line('A', 'B', 'district'),
        line('B', 'A', 'district'),
        line('H', 'W', 'hamlet'),
        line('W', 'V', 'commune'),
        line('V', '', 'hamlet'),
      ],
      none,
    );
    expect(errors.map(({ line: at, code }) => [at, code])).toEqual([
      [2, 'area.parentMissing'],
      [3, 'area.cycle'],
      [4, 'area.cycle'],
      [5, 'area.parentMissing'],
      [6, 'area.parentMissing'],
      [7, 'area.parentWrongKind'],
    ]);
  });

  it('20,000 lines in one chain are judged at once, whichever end comes first', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) =>
      line(`D${i}`, i === 0 ? '' : `D${i - 1}`, i === 0 ? 'province' : 'district'),
    );
    for (const lines of [chain, [...chain].reverse()]) {
      const began = performance.now();
      const { areas, errors } = planImport(lines, none);
      expect(performance.now() - began).toBeLessThan(1_000);
      expect(areas).toEqual([]);
      expect(errors.filter(({ code }) => code === 'area.parentWrongKind')).toHaveLength(1);
      expect(errors.filter(({ code }) => code === 'area.parentMissing')).toHaveLength(19_997);
    }
  });

  it('a cycle of 5,000 lines is found at once, on every line of it', () => {
    const cycle = Array.from({ length: 5_000 }, (_, i) => line(`D${i}`, `D${(i + 1) % 5_000}`, 'district'));
    const began = performance.now();
    const { errors } = planImport([...cycle, line('X', 'D9', 'commune')], none);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(errors.filter(({ code }) => code === 'area.cycle')).toHaveLength(5_000);
    expect(errors.at(-1)).toEqual({ line: 5_002, code: 'area.parentMissing' });
  });

  it.each([
    ['area.codeMissing', line('', '', 'province')],
    ['area.codeMissing', line('a b', '', 'province')],
    ['area.kindUnknown', line('P', '', 'planet')],
    ['area.nameMissing', line('P', '', 'province', { name: ' ' })],
    ['area.dateWrong', line('P', '', 'province', { validFrom: '1/7/2025' })],
    ['area.dateWrong', line('P', '', 'province', { validFrom: '2025-07-01', validTo: '2025-06-30' })],
    ['area.flagWrong', line('P', '', 'province', { border: 'maybe' })],
    ['area.parentWrongKind', line('H', '', 'hamlet')],
  ])('refuses with %s', (code, fields) => {
    expect(planImport([fields], none)).toEqual({ areas: [], errors: [{ line: 2, code }] });
  });

  it('refuses a code given twice', () => {
    expect(planImport([line('P', '', 'province'), line('P', '', 'province')], none).errors).toEqual([
      { line: 3, code: 'area.codeTwice' },
    ]);
  });
});

describe('the tree', () => {
  it('a scope covers its own node and all below, not its neighbours', () => {
    expect(covers('/p/c/', '/p/c/h/')).toBe(true);
    expect(covers('/', '/p/')).toBe(true);
    expect(covers('/p/c/', '/p/cc/')).toBe(false);
    expect(idsUpwards('/p/c/h/')).toEqual(['h', 'c', 'p']);
  });

  it('an area is valid on its first and on its last day', () => {
    const area = { validFrom: '2021-01-01', validTo: '2025-06-30' };
    expect(['2020-12-31', '2021-01-01', '2025-06-30', '2025-07-01'].map((day) => isValidIn(area, day, day))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('a hamlet stands under a commune only', () => {
    expect(mayStandUnder('hamlet', 'commune')).toBe(true);
    expect(mayStandUnder('hamlet', 'province')).toBe(false);
  });
});
