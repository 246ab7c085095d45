import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { isFormula } from '../csv/index.js';

/** A day is `2026-01-05`; a moment is shown as clocks in Viet Nam show it. */
export type XlsxCell = string | number | null | { readonly day: string } | { readonly atMs: number };

export interface XlsxSheet {
  /** At most 31 letters, none of `[]:*?/\`. */
  readonly name: string;
  /** Of its columns, in letters. */
  readonly widths: readonly number[];
  /** The first one is the head. At most 1,048,576. */
  readonly rows: AsyncIterable<readonly XlsxCell[]> | Iterable<readonly XlsxCell[]>;
}

/** Rows go out in pieces of this size, so that a table of any length needs little memory. */
const PIECE = 65_536;
/** What Excel takes in one cell. */
const MOST_LETTERS = 32_767;

/** A workbook as a stream (ECMA-376, the parts that every reader needs). An error of its rows ends the stream with that error. */
export function xlsxStream(sheets: readonly XlsxSheet[], mtime: Date): Readable {
  const zip = new ZipFile();
  const out = zip.outputStream as unknown as Readable;
  const sources = sheets.map((sheet) => Readable.from(inPieces(sheetXml(sheet)), { objectMode: false }));
  zip.on('error', (error) => out.destroy(error as Error));
  out.once('close', () => {
    for (const source of sources) source.destroy();
  });
  for (const [path, xml] of Object.entries(partsOf(sheets))) zip.addBuffer(Buffer.from(XML + xml), path, { mtime });
  for (const [n, source] of sources.entries()) {
    source.once('error', (error) => out.destroy(error));
    zip.addReadStream(source, `xl/worksheets/sheet${n + 1}.xml`, { mtime });
  }
  zip.end();
  return out;
}

async function* inPieces(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let piece = '';
  for await (const text of texts) {
    piece += text;
    if (piece.length < PIECE) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  yield Buffer.from(piece);
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const TYPES = 'http://schemas.openxmlformats.org/package/2006/content-types';
const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

function partsOf(sheets: readonly XlsxSheet[]): Record<string, string> {
  const each = (of: (n: number, sheet: XlsxSheet) => string) => sheets.map((sheet, n) => of(n + 1, sheet)).join('');
  const styles = sheets.length + 1;
  return {
    '[Content_Types].xml': `<Types xmlns="${TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEET_TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${SHEET_TYPE}.styles+xml"/>${each((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${SHEET_TYPE}.worksheet+xml"/>`)}</Types>`,
    '_rels/.rels': `<Relationships xmlns="${RELATIONS}"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${each((n, { name }) => `<sheet name="${escaped(name)}" sheetId="${n}" r:id="rId${n}"/>`)}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${RELATIONS}">${each((n) => `<Relationship Id="rId${n}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${n}.xml"/>`)}<Relationship Id="rId${styles}" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': STYLES,
  };
}

/** By their places in `cellXfs`. Text that begins like a formula is marked, so that it stays text when somebody edits it. */
const STYLE = { head: 1, day: 2, moment: 3, marked: 4 } as const;
const xf = (rest: string) => `<xf fillId="0" borderId="0" xfId="0" ${rest}/>`;
const STYLES = `<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="dd/mm/yyyy hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5">${xf('numFmtId="0" fontId="0"')}${xf('numFmtId="0" fontId="1" applyFont="1"')}${xf('numFmtId="164" fontId="0" applyNumberFormat="1"')}${xf('numFmtId="165" fontId="0" applyNumberFormat="1"')}${xf('numFmtId="49" fontId="0" applyNumberFormat="1" quotePrefix="1"')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

async function* sheetXml({ widths, rows }: XlsxSheet): AsyncGenerator<string> {
  const columns = widths.map((width, n) => `<col min="${n + 1}" max="${n + 1}" width="${width}" customWidth="1"/>`);
  yield `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${columns.join('')}</cols><sheetData>`;
  let row = 0;
  for await (const cells of rows) {
    row += 1;
    const written = cells.map((cell, column) => cellXml(cell, `${columnName(column)}${row}`, row === 1));
    yield `<row r="${row}">${written.join('')}</row>`;
  }
  yield '</sheetData></worksheet>';
}

function cellXml(cell: XlsxCell, at: string, isHead: boolean): string {
  if (cell === null || cell === '') return '';
  const value = (number: number, style: string) => `<c r="${at}"${style}><v>${number}</v></c>`;
  if (typeof cell === 'number') return Number.isFinite(cell) ? value(cell, '') : '';
  if (typeof cell === 'string') {
    const style = isHead ? ` s="${STYLE.head}"` : isFormula(cell) ? ` s="${STYLE.marked}"` : '';
    return `<c r="${at}"${style} t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
  }
  if ('day' in cell) return value(serialOf(Date.parse(cell.day)), ` s="${STYLE.day}"`);
  return value(serialOf(cell.atMs + VIET_NAM_MS), ` s="${STYLE.moment}"`);
}

/** UTC+7 the whole year. */
const VIET_NAM_MS = 7 * 3_600_000;
/** Day 0 of spreadsheets, as counted after their mistake of February 1900. */
const DAY_ZERO = Date.UTC(1899, 11, 30);
const serialOf = (localMs: number): number => (localMs - DAY_ZERO) / 86_400_000;

/** 0 → A, 26 → AA. */
function columnName(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : columnName(Math.floor(column / 26) - 1) + last;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** What is no `Char` of XML 1.0: control characters, and halves of a pair. */
const IMPOSSIBLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** `_x0041_` is how spreadsheets write a letter by its number: such a text is told apart from one that means itself. */
function escaped(text: string): string {
  const whole = text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text;
  return whole
    .replace(IMPOSSIBLE, '\ufffd')
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/\r\n?/g, '\n')
    .replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter);
}
