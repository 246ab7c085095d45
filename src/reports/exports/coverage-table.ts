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
    rows: rowsOf(cells),
    notes: [
      ...notesOf(demo, nowMs),
      ['Kế hoạch', `${plan.number} – ${plan.title}`],
      ['Chỉ tiêu', `${line.title} (${line.target} ${line.unit})`],
      ['Thời gian', `${day(period.from)} – ${day(period.to)}`],
      ['Số lần phát yêu cầu', `${rule.plays}, ${rule.clusters === 'all' ? 'mọi cụm loa của ấp' : 'một cụm loa là đủ'}`],
    ],
  };
}

async function* rowsOf(cells: AsyncIterable<TableCell>): AsyncGenerator<(string | number)[]> {
  for await (const cell of cells)
    for (const line of coverageLines(shown(cell)))
      yield COVERAGE_COLUMNS.map((name) => (/^(so_lan_|khai_bao)/.test(name) ? Number(line[name]) : line[name]));
}

/** As the table of a pack wants it: with what each play proves. */
const shown = (cell: TableCell) => ({
  ...cell,
  clusters: cell.clusters.map((part) => ({
    ...part,
    facts: part.plays.map(({ kind, reach }) => ({ outcome: provenBy(kind, reach), withdrawn: false })),
  })),
});

function provenBy(kind: TableCell['clusters'][number]['plays'][number]['kind'], reach: string): string | null {
  if (kind === 'unknown') return null;
  if (kind === 'notPlayed' || kind === 'partial') return kind;
  return reach === 'transmitter' ? 'partial' : 'complete';
}
