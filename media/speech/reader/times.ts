import { cardinal, type NumberWords } from './numbers.js';
import { matchAt, type Rule } from './scan.js';

interface TimeFound {
  readonly length: number;
  readonly said: string;
  /** `7g` may be seven grams. */
  readonly bareG: boolean;
}

const LETTER_TIME = /(\d{1,2})[ ]?([hHgG])[ ]?(?:(\d{2})(?!\d)(?:[ ]?(?:phút|ph|['’′p])(?!\p{L}))?)?(?![\p{L}\d²³/])/uy;
const COLON_TIME = /(\d{1,2}):(\d{2})(?::(\d{2}))?(?![\d:])(?:[ ]?(?:giờ|phút|h)(?!\p{L}))?/uy;
const DASH = /[ ]?[-–—][ ]?(?=\d)/y;
const TIME_WORDS = new Set('lúc từ đến tới trước sau khoảng sáng chiều tối trưa hồi vào và'.split(' '));

function timeAt(text: string, at: number, words: NumberWords): TimeFound | undefined {
  const letters = matchAt(LETTER_TIME, text, at);
  if (letters?.[1] !== undefined) {
    const [, hour, letter = '', minute] = letters;
    const possible = Number(hour) <= 24 && Number(minute ?? 0) < 60;
    const bareG = minute === undefined && letter.toLowerCase() === 'g';
    return possible ? { length: letters[0].length, said: timeSaid(words, hour, minute), bareG } : undefined;
  }
  const colons = matchAt(COLON_TIME, text, at);
  if (colons?.[1] === undefined) return undefined;
  const [, hour, minute, second] = colons;
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second ?? 0) > 59) return undefined;
  return { length: colons[0].length, said: timeSaid(words, hour, minute, second), bareG: false };
}

/** Full hours without minutes; half an hour is ba mươi phút, as in official notices. */
function timeSaid(words: NumberWords, hour: string, minute = '0', second = '0'): string {
  const said = [cardinal(hour, words), 'giờ'];
  if (Number(minute) > 0) said.push(cardinal(minute, words), 'phút');
  if (Number(second) > 0) said.push(cardinal(second, words), 'giây');
  return said.join(' ');
}

/** `05:00`, `17h30`, `7g30`, `5h–6h`, `07:00-11:30`; `5-6h` too. */
export const readTime: Rule = ({ text, at, words, before }) => {
  if (before[0] === 'lệ') return undefined;
  const bare = matchAt(/(\d{1,2})[ ]?[-–—][ ]?(?=\d{1,2}[ ]?h)/y, text, at);
  const start = at + (bare?.[0].length ?? 0);
  const first = timeAt(text, start, words);
  if (first === undefined) return undefined;
  if (first.bareG && !TIME_WORDS.has(before[0] ?? '')) return undefined;
  let { said } = first;
  let end = start + first.length;
  if (bare?.[1] !== undefined) said = `${cardinal(bare[1], words)} đến ${said}`;
  const dash = matchAt(DASH, text, end);
  const second = dash === undefined ? undefined : timeAt(text, end + dash[0].length, words);
  if (dash !== undefined && second !== undefined) {
    said += ` đến ${second.said}`;
    end += dash[0].length + second.length;
  }
  return { length: end - at, said, rule: 'time' };
};

/** `tỷ lệ 1:50`. */
export const readRatio: Rule = ({ text, at, words }) => {
  const found = matchAt(/(\d{1,6}):(\d{1,6})(?![\d:])/y, text, at);
  if (found?.[1] === undefined || found[2] === undefined) return undefined;
  return {
    length: found[0].length,
    said: `${cardinal(found[1], words)} trên ${cardinal(found[2], words)}`,
    rule: 'ratio',
  };
};
