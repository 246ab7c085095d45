import { Readable } from 'node:stream';
import { BYTE_ORDER_MARK, csvLine } from '../../platform/csv/index.js';
import { type XlsxCell, xlsxStream } from '../../platform/xlsx/index.js';

export const TABLE_FORMATS = ['csv', 'xlsx'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** A table as it leaves the house, whatever file it becomes. */
export interface Table {
  /** Without ending; of letters, digits and dashes. */
  readonly fileName: string;
  /** Of the sheet. */
  readonly title: string;
  readonly columns: readonly { readonly name: string; readonly width: number }[];
  readonly rows: AsyncIterable<readonly XlsxCell[]>;
  /** What whoever reads it must know: what it proves, and of what it was made. */
  readonly notes: readonly (readonly [what: string, words: string])[];
}

export const TABLE_TYPES: Readonly<Record<TableFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** An error of its rows ends the stream with that error: no file that looks whole comes of it. */
export function tableStream(table: Table, format: TableFormat, nowMs: number): Readable {
  if (format === 'csv') return Readable.from(csvOf(table), { objectMode: false });
  const head = table.columns.map(({ name }) => name);
  const widths = table.columns.map(({ width }) => width);
  const notes = [['Mục', 'Nội dung'], ...table.notes];
  return xlsxStream(
    [
      { name: table.title, widths, rows: withHead(head, table.rows) },
      { name: 'Ghi chú', widths: [24, 100], rows: notes },
    ],
    new Date(nowMs),
  );
}

async function* withHead(head: readonly string[], rows: Table['rows']): AsyncGenerator<readonly XlsxCell[]> {
  yield head;
  yield* rows;
}

/** Notes stand below the table, so that its first line is its head; every line has as many cells. */
async function* csvOf({ columns, rows, notes }: Table): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(columns.map(({ name }) => name));
  for await (const cells of rows) yield csvLine(cells.map(inCsv));
  for (const note of notes) yield csvLine(columns.map((_, n) => note[n] ?? null));
}

/** As people here write them: 05/01/2026, 09:00:00. */
function inCsv(cell: XlsxCell): string | number | null {
  if (cell === null || typeof cell !== 'object') return cell;
  if ('day' in cell) return cell.day.split('-').reverse().join('/');
  const [day = '', time = ''] = new Date(cell.atMs + VIET_NAM_MS).toISOString().slice(0, 19).split('T');
  return `${day.split('-').reverse().join('/')} ${time}`;
}

/** UTC+7 the whole year. */
const VIET_NAM_MS = 7 * 3_600_000;
