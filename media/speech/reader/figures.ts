import { cardinal, decimal, digitsSaid, month, type NumberWords, numeral, ordinal } from './numbers.js';
import { matchAt, nextWord, type Rule, type Scan, type Spoken } from './scan.js';
import { unitAfter } from './units.js';

/** Nobody listens to longer rows of digits; they are a slip of the keyboard. */
const LONGEST_DIGITS = 60;
/** A card or account number starts here: it is read digit by digit, in threes. */
const CODE_DIGITS = 10;

interface Figure {
  readonly length: number;
  readonly said: string;
  /** For comparing the ends of a range; NaN for what is no plain number. */
  readonly value: number;
  readonly doubt?: Spoken['doubt'];
}

const THOUSANDS = /([1-9]\d{0,2}(?:\.\d{3}){1,6})(?![\d.]\d)(?:,(\d{1,10})(?!\d|,\d))?/y;
const THOUSANDS_SPACED = /([1-9]\d{0,2}(?: \d{3}){1,6})(?= ?(?:đồng|đ|VND|VNĐ|USD|triệu|tỷ)(?!\p{L}))/uy;
const THOUSANDS_COMMA = /([1-9]\d{0,2}(?:,\d{3}){2,6})(?![\d,]\d)/y;
const DOTTED = /(\d{1,9}(?:\.\d{1,9}){1,6})(?!\d)/y;
const LISTED = /(\d{1,9}(?:,\d{1,9}){2,20})(?!\d)/y;
const DECIMAL = /(\d{1,18}),(\d{1,10})(?!\d)/y;
const DIGITS = /\d+/y;

/** One figure without sign or unit. */
function figure(text: string, at: number, words: NumberWords, after: string): Figure {
  const grouped =
    matchAt(THOUSANDS, text, at) ?? matchAt(THOUSANDS_SPACED, text, at) ?? matchAt(THOUSANDS_COMMA, text, at);
  if (grouped?.[1] !== undefined) {
    const whole = grouped[1].replace(/[ .,]/g, '');
    const said = grouped[2] === undefined ? cardinal(whole, words) : decimal(whole, grouped[2], words);
    return { length: grouped[0].length, said, value: Number(whole) };
  }
  const listed = matchAt(LISTED, text, at);
  if (listed !== undefined) {
    const said = listed[0].split(',').map((part) => numeral(part, words));
    return { length: listed[0].length, said: said.join(', '), value: Number.NaN };
  }
  const parts = matchAt(DECIMAL, text, at);
  if (parts?.[1] !== undefined && parts[2] !== undefined) {
    // 1,500 is one and a half for us, fifteen hundred for a foreign program.
    const foreign = parts[2].length === 3 && !parts[1].startsWith('0');
    return {
      length: parts[0].length,
      said: decimal(parts[1], parts[2], words),
      value: Number(parts[0].replace(',', '.')),
      ...(foreign ? { doubt: 'ambiguous' as const } : {}),
    };
  }
  const dotted = matchAt(DOTTED, text, at);
  if (dotted !== undefined) {
    const said = dotted[0].split('.').map((part) => numeral(part, words));
    return { length: dotted[0].length, said: said.join(' chấm '), value: Number.NaN };
  }
  const digits = matchAt(DIGITS, text, at)?.[0] ?? '';
  if (digits.length > LONGEST_DIGITS)
    return { length: digits.length, said: '', value: Number.NaN, doubt: 'unreadable' };
  return { length: digits.length, said: plainDigits(digits, words, after), value: Number(digits) };
}

function plainDigits(digits: string, words: NumberWords, after: string): string {
  if (after === 'thứ') return ordinal(digits, words);
  if (after === 'tháng') return month(digits, words);
  // `số 05` is a name, `05 hộ` a quantity with an office's leading zero.
  if (after === 'số') return numeral(digits, words);
  if (digits.length >= CODE_DIGITS) return (digits.match(/\d{1,3}/g) ?? []).map(digitsSaid).join(', ');
  if (/^0\d{2}/.test(digits)) return digitsSaid(digits);
  return cardinal(digits, words);
}

const MILLIONS = /(\d{1,3})tr(\d)(?![\p{L}\d])/uy;

/** `10tr5`: ten million five hundred thousand. */
export const readMillions: Rule = ({ text, at, words }) => {
  const found = matchAt(MILLIONS, text, at);
  if (found?.[1] === undefined || found[2] === undefined) return undefined;
  const said = `${cardinal(found[1], words)} triệu ${cardinal(`${found[2]}00`, words)} ${words.thousand}`;
  return { length: found[0].length, said, rule: 'money' };
};

const NEGATIVE = /[-−](?=\d)/y;
const RANGE = /(?:[-–—]| [-–—] | [-–—]|[–—] )(?=\d)/y;
const SAME_WORD = /[ ]?[-–—][ ]?(?=(thứ|ngày|tháng|năm|quý|tuổi)[ ]\d)/y;

/** A figure with its sign, range and unit: `5-7 ngày`, `91,4 %`, `-5°C`, `2021 – 2025`. */
export const readFigure: Rule = (scan) => {
  const { text, words } = scan;
  const negative = negativeSign(scan);
  let at = scan.at + negative;
  if (text.charCodeAt(at) < 48 || text.charCodeAt(at) > 57) return undefined;
  const after = scan.before[0] ?? '';
  const first = figure(text, at, words, after);
  at += first.length;
  let said = negative > 0 ? `âm ${first.said}` : first.said;
  let rule = negative > 0 ? 'negative' : 'number';
  let doubt = first.doubt;

  const innerUnit = /^%?[-–—]\d/.test(text.slice(at, at + 3)) && text[at] === '%' ? 1 : 0;
  const dash = matchAt(RANGE, text, at + innerUnit);
  if (dash !== undefined && !Number.isNaN(first.value)) {
    const second = figure(text, at + innerUnit + dash[0].length, words, after);
    const end = at + innerUnit + dash[0].length + second.length;
    const chained = /^[-–—]\d/.test(text.slice(end, end + 2));
    if (second.value > first.value && !chained) {
      said += `${innerUnit > 0 ? ' phần trăm' : ''} đến ${second.said}`;
      rule = 'range';
    } else {
      // A score, a code: only a person knows.
      said += `, ${second.said}`;
      doubt = 'ambiguous';
    }
    at = end;
  }
  const unit = unitAfter(text, at, words.thousand);
  if (unit !== undefined) {
    said += ` ${unit.said}`;
    at += unit.length;
    if (rule === 'number') rule = unit.rule;
  } else {
    const same = matchAt(SAME_WORD, text, at);
    if (same?.[1] !== undefined && same[1] === after) {
      said += ' đến';
      at += same[0].length;
      rule = 'range';
    }
  }
  return { length: at - scan.at, said, rule, ...(doubt === undefined ? {} : { doubt }) };
};

/** A minus belongs to the figure after a blank, not after a letter or digit, and at the start of a line only before a degree. */
function negativeSign(scan: Scan): number {
  const sign = matchAt(NEGATIVE, scan.text, scan.at);
  if (sign === undefined || scan.touching !== '') return 0;
  if (sign[0] === '−') return 1;
  if (/\d $/.test(scan.text.slice(Math.max(0, scan.at - 2), scan.at))) return 0;
  if (!scan.lineStart) return 1;
  return matchAt(/-\d{1,3}(?:,\d{1,2})?[ ]?[°º%]/y, scan.text, scan.at) === undefined ? 0 : 1;
}

const FRACTION = /(\d{1,9})\/(\d{1,9})(?![\d/]|[.,]\d)/y;

/** `2/3`, `12/18 xã`, and any other two figures with a stroke between them. Dates come first. */
export const readFraction: Rule = ({ text, at, words, before }) => {
  const found = matchAt(FRACTION, text, at);
  if (found?.[1] === undefined || found[2] === undefined) return undefined;
  const [top, bottom] = [Number(found[1]), Number(found[2])];
  const small = top < bottom && bottom <= 10 && top > 0;
  const lower = small && bottom === 4 ? 'tư' : numeral(found[2], words);
  const said = `${numeral(found[1], words)} ${small ? 'phần' : 'trên'} ${lower}`;
  // 2/3 may be the second of March when nothing around it counts anything.
  const mayBeDate = bottom <= 12 && top <= 31 && top > 0 && bottom > 0;
  const counts = nextWord(text, at + found[0].length) !== '' || before.includes('lệ');
  return { length: found[0].length, said, rule: 'fraction', ...(mayBeDate && !counts ? { doubt: 'ambiguous' } : {}) };
};
