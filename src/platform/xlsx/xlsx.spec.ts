import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { strFromU8, unzipSync } from 'fflate';
import { type XlsxCell, xlsxStream } from './xlsx.js';

interface ReadCell {
  readonly at: string;
  readonly type: string | null;
  readonly style: number;
  readonly text: string;
}

const unescaped = (text: string) =>
  text
    .replace(/&(amp|lt|gt|quot);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? '')
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

/** Reads a sheet by its XML alone, as a spreadsheet does. */
function cellsIn(xml: string): ReadCell[] {
  return [...xml.matchAll(/<c r="([A-Z]+\d+)"(?: s="(\d+)")?(?: t="(\w+)")?>(.*?)<\/c>/gs)].map(
    ([, at = '', style = '0', type, inner = '']) => ({
      ...{ at, type: type ?? null, style: Number(style) },
      text: unescaped(/<(?:t xml:space="preserve"|v)>(.*)<\/(?:t|v)>/s.exec(inner)?.[1] ?? ''),
    }),
  );
}

async function read(rows: readonly (readonly XlsxCell[])[], name = 'Độ phủ'): Promise<Record<string, string>> {
  const bytes = await buffer(xlsxStream([{ name, widths: [10, 20], rows }], new Date(0)));
  return Object.fromEntries(Object.entries(unzipSync(bytes)).map(([path, part]) => [path, strFromU8(part)]));
}
const sheetOf = async (rows: readonly (readonly XlsxCell[])[]) => (await read(rows))['xl/worksheets/sheet1.xml'] ?? '';

describe('a workbook', () => {
  it('has the parts that every reader asks for, each named where it must be', async () => {
    const parts = await read([['a']], 'Độ phủ & "ấp"');
    expect(Object.keys(parts).sort()).toEqual([
      '[Content_Types].xml',
      '_rels/.rels',
      'xl/_rels/workbook.xml.rels',
      'xl/styles.xml',
      'xl/workbook.xml',
      'xl/worksheets/sheet1.xml',
    ]);
    expect(parts['xl/workbook.xml']).toContain('name="Độ phủ &amp; &quot;ấp&quot;"');
    expect(parts['[Content_Types].xml']).toContain('PartName="/xl/worksheets/sheet1.xml"');
  });

  it('numbers are numbers, days and moments are dates of Viet Nam, and nothing is nothing', async () => {
    const atMs = Date.parse('2026-01-05T23:30:00Z');
    const [, ...cells] = cellsIn(
      await sheetOf([['head'], [1.5, { day: '2026-01-05' }, { atMs }, null, Number.NaN, 7]]),
    );
    expect(cells).toEqual([
      { at: 'A2', type: null, style: 0, text: '1.5' },
      { at: 'B2', type: null, style: 2, text: '46027' },
      // Half past six in the morning of the sixth.
      { at: 'C2', type: null, style: 3, text: String(46028 + 6.5 / 24) },
      { at: 'F2', type: null, style: 0, text: '7' },
    ]);
    const { 'xl/styles.xml': styles = '' } = await read([]);
    expect(styles).toContain('formatCode="dd/mm/yyyy"');
  });

  it.each(['=1+1', '+84 912', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =1', '＝1', '=HYPERLINK("http://x","bấm")'])(
    '%j is text, also when somebody edits it',
    async (formula) => {
      const xml = await sheetOf([['head'], [formula]]);
      expect(xml).not.toContain('<f');
      expect(cellsIn(xml).at(-1)).toEqual({ at: 'A2', type: 'inlineStr', style: 4, text: formula.replace('\r', '\n') });
      const { 'xl/styles.xml': styles = '' } = await read([]);
      expect([...(styles.split('<cellXfs')[1] ?? '').matchAll(/<xf [^>]*>/g)][4]?.[0]).toContain('quotePrefix="1"');
    },
  );

  it('Vietnamese stays as it is, composed or not, and markup is text', async () => {
    const words = ['Bài số 1: giảm nghèo ở ấp Đồng Nơ', 'Đắk Nông'.normalize('NFD'), '<b>&amp;</b> "ấp" \'x\''];
    const cells = cellsIn(await sheetOf([['head'], words]));
    expect(cells.slice(1).map(({ text }) => text)).toEqual(words);
  });

  it.each([
    ['letters that no XML may hold', 'a\0b\u0008c\ufffe', 'a\ufffdb\ufffdc\ufffd'],
    ['half a pair', 'a\ud800b', 'a\ufffdb'],
    ['a text that looks like a letter by its number', '_x0041_', '_x0041_'],
    ['a line break of an old machine', 'a\r\nb\rc', 'a\nb\nc'],
    ['more letters than a cell takes', 'x'.repeat(40_000), `${'x'.repeat(32_766)}…`],
  ])('%s', async (_what, text, shown) => {
    const xml = await sheetOf([['head'], [text]]);
    expect(xml).not.toContain('\0');
    expect(cellsIn(xml).at(-1)?.text).toBe(shown);
  });

  it('whatever a cell says, the next cell is where it belongs', async () => {
    const cell = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.integer(), fc.constant(null));
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { maxLength: 30 }), async (cells) => {
        const found = cellsIn(await sheetOf([['head'], [...cells, 'last']]));
        expect(found.length).toBe(2 + cells.filter((each) => each !== null && each !== '').length);
        expect(found.at(-1)).toMatchObject({ text: 'last' });
      }),
      { numRuns: 50 },
    );
  });

  it('columns beyond Z have two letters', async () => {
    const row = Array.from({ length: 28 }, (_, n) => n + 1);
    expect(cellsIn(await sheetOf([row])).map(({ at }) => at)).toEqual(
      expect.arrayContaining(['A1', 'Z1', 'AA1', 'AB1']),
    );
  });

  it('rows that fail end the stream with their error, and no file looks whole', async () => {
    async function* rows(): AsyncGenerator<readonly XlsxCell[]> {
      yield ['head'];
      throw new Error('the database is gone');
    }
    const stream = xlsxStream([{ name: 'a', widths: [], rows: rows() }], new Date(0));
    await expect(buffer(stream)).rejects.toThrow('the database is gone');
  });
});
