import { COVERAGE_COLUMNS, type CoverageLine } from '../../../proof/pack/coverage.js';
import type { MatrixTable, TableCell } from '../../receipts/index.js';
import { coverageLines } from '../engine/tables.js';
import { fileNameOf, notesOf } from './notes.js';
import type { Table } from './table.js';

const WIDTHS: Partial<Record<keyof CoverageLine, number>> = {
  ...{ ban_tin: 48, xa: 18, ap: 18, cum_loa: 28, nguyen_nhan: 40, o_dien_giai: 24 },
};

/** The matrix in the columns of an evidence pack's `coverage.csv`, by the same code; counts are numbers. */
export function coverageTable({ plan, line, period, rule, demo, cells }: MatrixTable, nowMs: number): Table {
  const day = (iso: string) => iso.split('-').reverse().join('/');
  return {
    fileName: fileNameOf(demo, 'do-phu', plan.number, period.from, period.to),
    title: 'Độ phủ',
    columns: COVERAGE_COLUMNS.map((name) => ({ name, width: WIDTHS[name] ?? 14 })),
    rows: rowsOf(cells, rule.leastGrade),
    notes: [
      ...notesOf(demo, nowMs),
      ['Kế hoạch', `${plan.number} – ${plan.title}`],
      ['Chỉ tiêu', `${line.title} (${line.target} ${line.unit})`],
      ['Thời gian', `${day(period.from)} – ${day(period.to)}`],
      ['Số lần phát yêu cầu', `${rule.plays}, ${rule.clusters === 'all' ? 'mọi cụm loa của ấp' : 'một cụm loa là đủ'}`],
    ],
  };
}

async function* rowsOf(
  cells: AsyncIterable<TableCell>,
  leastGrade: MatrixTable['rule']['leastGrade'],
): AsyncGenerator<(string | number)[]> {
  for await (const cell of cells)
    for (const line of coverageLines(cell, leastGrade))
      yield COVERAGE_COLUMNS.map((name) => (/^(so_lan_|khai_bao)/.test(name) ? Number(line[name]) : line[name]));
}
