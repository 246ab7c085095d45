/** Excel, LibreOffice and Google Sheets take such a cell for a formula, also one that somebody else wrote (invariant 12). */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

export const isFormula = (text: string): boolean => FORMULA.test(text.trimStart()) || FORMULA.test(text);

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = isFormula(value) ? `'${value}` : value;
  return /[",\r\n;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line of a table (RFC 4180), safe to open in a spreadsheet. */
export const csvLine = (cells: readonly (string | number | null)[]): string => `${cells.map(cell).join(',')}\r\n`;

/** Without it Excel reads UTF-8 as something else. */
export const BYTE_ORDER_MARK = '\ufeff';
