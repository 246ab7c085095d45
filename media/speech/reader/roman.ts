import { yearAfter } from './dates.js';
import { cardinal, ordinal } from './numbers.js';
import { matchAt, nextWord, type Rule } from './scan.js';

/** Words that are counted with Roman numerals in official texts. */
const COUNTED = new Set(
  (
    'quý điều chương phần mục khóa khoá kỳ thứ kỷ cấp loại hạng vùng tập lần nhóm đoạn hội đợt bảng phụ lục bậc tiết quyển cụm ' +
    'khu vực đội trung'
  ).split(' '),
);
const VALUES: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100 };
const NUMERAL_LETTERS = new Set('IVXLC');
const ROMAN = /[IVXLC]{1,8}(?![\p{L}\p{M}\p{Nd}])/uy;
const WELL_FORMED = /^(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$/;

/** 1 to 99; undefined for what is no numeral, as `IIX`. */
export function romanValue(written: string): number | undefined {
  if (written === '' || !WELL_FORMED.test(written)) return undefined;
  const values = [...written].map((letter) => VALUES[letter] ?? 0);
  return values.reduce((sum, value, index) => sum + (value < (values[index + 1] ?? 0) ? -value : value), 0);
}

/** `Quý III/2023`, `khóa XIII`, `Quý III-IV`. Alone, a long numeral is read and shown to a person; a single letter stays. */
export const readRoman: Rule = ({ text, at, words, before }) => {
  if (!NUMERAL_LETTERS.has(text[at] ?? '')) return undefined;
  const found = matchAt(ROMAN, text, at);
  const value = found === undefined ? undefined : romanValue(found[0]);
  if (found === undefined || value === undefined) return undefined;
  const counted = COUNTED.has(before[0] ?? '');
  let length = found[0].length;
  let said = before[0] === 'thứ' ? ordinal(String(value), words) : cardinal(String(value), words);
  if (counted) {
    const dash = matchAt(/[ ]?([-–—,])[ ]?([IVX]{1,8})(?![\p{L}\p{M}\p{Nd}])/uy, text, at + length);
    const end = dash === undefined ? undefined : romanValue(dash[2] ?? '');
    if (dash !== undefined && end !== undefined && dash[1] !== ',') {
      said += ` đến ${cardinal(String(end), words)}`;
      length += dash[0].length;
    }
    const year = yearAfter(text, at + length, words);
    return {
      length: length + (year?.length ?? 0),
      said: year === undefined ? said : `${said} ${year.said}`,
      rule: 'roman',
    };
  }
  if (found[0].length === 1) {
    return { length, said: found[0], rule: 'letter', ...(found[0] === 'I' ? { doubt: 'ambiguous' } : {}) };
  }
  // VI and XI are syllables too: VI PHẠM.
  if (/^(?:VI|XI)$/.test(found[0]) && nextWord(text, at + length) !== '') return undefined;
  return /^[IVX]+$/.test(found[0]) ? { length, said, rule: 'roman', doubt: 'ambiguous' } : undefined;
};
