/** What the parts of the report share: how days, figures and tables are written, in shapes of pdfmake. */
const DATE = { day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'Asia/Ho_Chi_Minh' } as const;
const DAY = new Intl.DateTimeFormat('vi-VN', DATE);
const TIME = new Intl.DateTimeFormat('vi-VN', { ...DATE, hour: '2-digit', minute: '2-digit' });
const NUMBER = new Intl.NumberFormat('vi-VN');
export const INK = '#1c2530';
export const SOFT = '#52606f';

export const dayOf = (ms: number): string => DAY.format(ms);
export const timeOf = (ms: number): string => TIME.format(ms);
export const figure = (value: number): string => NUMBER.format(value);
/** @param day YYYY-MM-DD */
export const localDay = (day: string): string => day.split('-').reverse().join('/');
/** Letters that people compare, in groups. */
export const grouped = (hex: string): string => hex.replace(/(.{8})(?=.)/g, '$1 ');

/** A heading stays with what it heads. */
export const heading = (text: string, more: object = {}): object => ({ text, style: 'h2', headlineLevel: 1, ...more });
export const soft = (text: string): object => ({ text, style: 'soft' });
export const right = (value: number): object => ({ text: figure(value), alignment: 'right' });

/** A column of figures has its head above them. */
const alignmentOf = (cell: unknown): string =>
  cell !== null && typeof cell === 'object' && 'alignment' in cell ? String(cell.alignment) : 'left';

export function table(
  widths: readonly (string | number)[],
  head: readonly string[],
  body: readonly (readonly unknown[])[],
): object {
  return {
    layout: 'lightHorizontalLines',
    fontSize: 9,
    table: {
      headerRows: 1,
      dontBreakRows: true,
      widths,
      body: [head.map((text, n) => ({ text, style: 'th', alignment: alignmentOf(body[0]?.[n]) })), ...body],
    },
  };
}
