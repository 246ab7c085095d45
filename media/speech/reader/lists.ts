import { letterName } from './letters.js';
import { cardinal, numeral } from './numbers.js';
import { romanValue } from './roman.js';
import { matchAt, type Rule } from './scan.js';

const NUMBERED = /(\d{1,2}(?:\.\d{1,2}){0,3})(?:(?:\.\)?|\))(?=[ ]{1,9}\S|\p{Lu})|\/(?=[ ]{1,9}\S))/uy;
const SECTION = /(\d{1,2}(?:\.\d{1,2}){1,3})(?=[ ]{1,9}\p{Lu})/uy;
const ROMAN = /([IVX]{1,7})(?:\.|\)|\/|[ ]-)(?=[ ]{1,9}\S|\p{Lu})/uy;
const LETTERED = /([a-zđA-ZĐ])(?:[.)]|\/(?=[ ]))(?=[ ]{1,9}\S)/uy;
const DIGITS = /[0-9]/;

/**
 * Heads of list items: `I.` phần một, `1.` một, `2.1.` hai chấm một, `a)` a. A colon follows, so that the voice rests.
 * Bullets are signs and say nothing.
 */
export const readListHead: Rule = ({ text, at, words, lineStart }) => {
  if (!lineStart) return undefined;
  if (DIGITS.test(text[at] ?? '')) {
    const found = matchAt(NUMBERED, text, at) ?? matchAt(SECTION, text, at);
    if (found?.[1] === undefined) return undefined;
    const said = found[1].split('.').map((part) => numeral(part.replace(/^0+(?=\d)/, ''), words));
    return { length: found[0].length, said: `${said.join(' chấm ')}:`, rule: 'list' };
  }
  const roman = matchAt(ROMAN, text, at);
  const value = romanValue(roman?.[1] ?? '');
  if (roman !== undefined && value !== undefined) {
    return { length: roman[0].length, said: `phần ${cardinal(String(value), words)}:`, rule: 'list' };
  }
  const letter = matchAt(LETTERED, text, at);
  if (letter?.[1] === undefined) return undefined;
  return { length: letter[0].length, said: `${letterName(letter[1])}:`, rule: 'list' };
};
