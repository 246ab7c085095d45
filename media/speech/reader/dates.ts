import { cardinal, month, type NumberWords } from './numbers.js';
import { matchAt, nextWord, type Rule } from './scan.js';

interface DateFound {
  readonly length: number;
  readonly day: string | undefined;
  readonly month: string;
  readonly year: string | undefined;
  /** `05/3`: only dates are written with a leading zero. */
  readonly padded: boolean;
}

const FULL = /(\d{1,2})([/.-])(\d{1,2})\2((?:1[5-9]|20|21)\d{2})(?![\d/]|[.,]\d)/y;
const DAY_MONTH = /(\d{1,2})\/(\d{1,2})(?![\d/]|[.,]\d)/y;
const MONTH_YEAR = /(\d{1,2})([/-])((?:19|20|21)\d{2})(?![\d/]|[.,]\d|-\d|\/[A-ZĐ])/y;
const DASH = /[ ]?[-–—][ ]?(?=\d)/y;
const DAYS = /(\d{1,2})[ ]?[-–—][ ]?(?=\d{1,2}\/\d{1,2}(?!\d))/y;

/** After these words `d/m` is a date, whatever the numbers. */
const DATE_WORDS = new Set(
  (
    'ngày hôm từ đến tới trước sau sáng chiều tối trưa đêm mùng mồng lễ dịp nay qua mai hạn nhật niệm khánh tết lúc giờ phút ' +
    'chậm nhất cuối kể'
  ).split(' '),
);
/** What is counted in parts: `10/12 thôn` is no date. */
const COUNTED = new Set(
  (
    'xã thôn ấp hộ người trường chỉ tiêu hội đảng đại thành viên số diện dân tổng khu huyện bản buôn khẩu phòng công nội câu ' +
    'điểm em cháu học đoàn ý lớp chi tiêu cụm trạm máy tổ'
  ).split(' '),
);

function valid(day: string | undefined, monthDigits: string): boolean {
  const m = Number(monthDigits);
  const d = day === undefined ? 1 : Number(day);
  return m >= 1 && m <= 12 && d >= 1 && d <= (m === 2 ? 29 : [4, 6, 9, 11].includes(m) ? 30 : 31);
}

function dateAt(text: string, at: number): DateFound | undefined {
  const full = matchAt(FULL, text, at);
  if (full?.[1] !== undefined && full[3] !== undefined) {
    if (!valid(full[1], full[3])) return undefined;
    return { length: full[0].length, day: full[1], month: full[3], year: full[4], padded: true };
  }
  const short = matchAt(DAY_MONTH, text, at);
  if (short?.[1] !== undefined && short[2] !== undefined && valid(short[1], short[2])) {
    const padded = /^0|\/0/.test(short[0]);
    return { length: short[0].length, day: short[1], month: short[2], year: undefined, padded };
  }
  const long = matchAt(MONTH_YEAR, text, at);
  if (long?.[1] !== undefined && long[3] !== undefined && valid(undefined, long[1])) {
    return { length: long[0].length, day: undefined, month: long[1], year: long[3], padded: true };
  }
  return undefined;
}

/** `withWord` says ngày or tháng in front, which the text may already hold. */
function dateSaid(date: DateFound, withWord: boolean, words: NumberWords): string {
  const said: string[] = [];
  if (date.day !== undefined) {
    if (withWord) said.push('ngày');
    said.push(cardinal(date.day, words));
  }
  if (date.day !== undefined || withWord) said.push('tháng');
  said.push(month(date.month, words));
  if (date.year !== undefined) said.push('năm', cardinal(date.year, words));
  return said.join(' ');
}

/** `ngay` is ngày of a scan that lost its marks, or the word for just: neither takes another ngày. */
const SAYS_DAY = new Set(['ngày', 'ngay', 'mùng', 'mồng', 'rằm']);

function needsWord(date: DateFound, before: string): boolean {
  return date.day === undefined ? before !== 'tháng' : !SAYS_DAY.has(before);
}

/** `25/11/2023`, `ngày 5/3`, `15/11`, `tháng 9/2023`, `5-7/3`, `26/10/2023-31/12/2023`. */
export const readDate: Rule = ({ text, at, words, before }) => {
  const word = before[0] ?? '';
  const days = matchAt(DAYS, text, at);
  const start = at + (days?.[0].length ?? 0);
  const first = dateAt(text, start);
  if (first === undefined) return undefined;
  const certain = first.padded || DATE_WORDS.has(word) || days !== undefined;
  const follows = nextWord(text, start + first.length);
  const dash = matchAt(DASH, text, start + first.length);
  const second = dash === undefined ? undefined : dateAt(text, start + first.length + dash[0].length);
  let doubtful = false;
  if (!certain && second === undefined) {
    const [day, inMonth] = [Number(first.day), Number(first.month)];
    // Round the clock.
    if (first.length === 4 && text.startsWith('24/7', start)) return undefined;
    if (COUNTED.has(follows)) return undefined;
    if (day < inMonth && inMonth <= 10) return undefined;
    doubtful = day <= inMonth;
  }
  let said = dateSaid(first, needsWord(first, word), words);
  let end = start + first.length;
  if (days?.[1] !== undefined && first.day !== undefined) {
    const ngay = SAYS_DAY.has(word) ? '' : 'ngày ';
    said = `${ngay}${cardinal(days[1], words)} đến ${dateSaid(first, true, words)}`;
  }
  if (dash !== undefined && second !== undefined) {
    said += ` đến ${dateSaid(second, true, words)}`;
    end += dash[0].length + second.length;
  }
  return { length: end - at, said, rule: 'date', ...(doubtful ? { doubt: 'ambiguous' } : {}) };
};

const AFTER_QUARTER = /\/((?:19|20|21)\d{2})(?!\d)/y;

/** The `/2023` of `quý III/2023`, `học kỳ I/2023`. */
export function yearAfter(text: string, at: number, words: NumberWords): { length: number; said: string } | undefined {
  const found = matchAt(AFTER_QUARTER, text, at);
  return found?.[1] === undefined ? undefined : { length: found[0].length, said: `năm ${cardinal(found[1], words)}` };
}

/** `quý 3/2023`: a quarter in figures. */
export const readQuarter: Rule = ({ text, at, words, before }) => {
  if (before[0] !== 'quý' && before[0] !== 'kỳ') return undefined;
  const found = matchAt(/[1-4](?=\/)/y, text, at);
  const year = found === undefined ? undefined : yearAfter(text, at + 1, words);
  if (found === undefined || year === undefined) return undefined;
  return { length: 1 + year.length, said: `${cardinal(found[0], words)} ${year.said}`, rule: 'date' };
};

const IMPOSSIBLE = /(\d{1,2})\/(\d{1,2})\/(\d{2,4})(?![\d/])/y;

/** `32/13/2023` and `5/3/23`: read as it stands, and shown to a person. */
export const readOddDate: Rule = ({ text, at, words, before }) => {
  const found = matchAt(IMPOSSIBLE, text, at);
  if (found?.[1] === undefined || found[2] === undefined || found[3] === undefined) return undefined;
  if (found[3].length === 2 && valid(found[1], found[2])) {
    const ngay = SAYS_DAY.has(before[0] ?? '') ? '' : 'ngày ';
    const said = `${ngay}${cardinal(found[1], words)} tháng ${month(found[2], words)} năm ${cardinal(found[3], words)}`;
    return { length: found[0].length, said, rule: 'date', doubt: 'ambiguous' };
  }
  const said = found.slice(1, 4).map((part) => cardinal(part, words));
  return { length: found[0].length, said: said.join(' trên '), rule: 'date', doubt: 'ambiguous' };
};
