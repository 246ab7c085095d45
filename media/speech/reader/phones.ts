import { digitsSaid } from './numbers.js';
import { matchAt, type Rule, type Scan } from './scan.js';

/** Words near a short number that make it a telephone number: `gọi 113`, `đường dây nóng 1022`. */
const PHONE_WORDS = new Set('gọi thoại nóng đài hotline cứu hỏa hoả sát zalo đt sđt tel fax máy'.split(' '));
const GROUPED =
  /(?:\+?84|0\d{1,3}|1[89]00)(?:[ .-]?\d{1,10}){1,5}|\(0\d{2,3}\)[ ]?\d{1,10}(?:[ .-]?\d{1,5}){0,3}|0\d{9,10}/y;
const SHORT = /11[1-9](?![\d.,:/%-]*\d)|1\d{3,4}(?![\d.,:/]*\d)|[2-9]\d{5,7}(?![\d.,:/]*\d)/y;

/** How many digits a whole number has, by how it starts. */
function wantedDigits(digits: string): number {
  if (/^1[89]00/.test(digits)) return 8;
  if (/^842|^02/.test(digits)) return 11;
  return digits.startsWith('84') ? 11 : 10;
}

/** A number without blanks is read as people dial it: 4-3-3, area code first, 1900 first. */
function solidGroups(digits: string): readonly string[] {
  if (/^1[89]00/.test(digits)) return [digits.slice(0, 4), digits.slice(4)];
  if (/^02/.test(digits)) {
    const area = /^02[48]/.test(digits) ? 3 : 4;
    return [digits.slice(0, area), digits.slice(area, -3).slice(0, 4), digits.slice(area + 4)];
  }
  return [digits.slice(0, 4), digits.slice(4, 7), digits.slice(7)];
}

/** `0271 3 888 999`, `0988.123.456`, `(0271) 3888999`, `+84 988 123 456`, `1900 1234`; digits one by one, a pause after a group. */
export const readPhone: Rule = (scan) => {
  const found = matchAt(GROUPED, scan.text, scan.at);
  const plus = scan.text[scan.at] === '+';
  if (found === undefined || (scan.text.startsWith('84', scan.at) && !plus)) return shortNumber(scan);
  const groups: string[] = [];
  let length = 0;
  let digits = '';
  for (const part of found[0].matchAll(/[^\d]*(\d+)\)?/g)) {
    groups.push(part[1] ?? '');
    digits += part[1] ?? '';
    length = (part.index ?? 0) + part[0].length;
    if (digits.length >= wantedDigits(digits)) break;
  }
  const wanted = wantedDigits(digits);
  // Toll-free numbers also come with ten digits.
  const whole = digits.length === wanted || (/^1[89]00/.test(digits) && digits.length === 10);
  if (!whole || /^\d/.test(scan.text.slice(scan.at + length))) return shortNumber(scan);
  const shown = groups.length === 1 ? solidGroups(digits) : groups;
  const said = shown.filter((group) => group !== '').map(digitsSaid);
  return { length, said: `${plus ? 'cộng ' : ''}${said.join(', ')}`, rule: 'phone' };
};

function shortNumber({ text, at, before }: Scan) {
  if (!before.some((word) => PHONE_WORDS.has(word))) return undefined;
  const found = matchAt(SHORT, text, at);
  if (found === undefined) return undefined;
  const groups = found[0].length > 5 ? [found[0].slice(0, -3), found[0].slice(-3)] : [found[0]];
  return { length: found[0].length, said: groups.map(digitsSaid).join(', '), rule: 'phone' };
}
