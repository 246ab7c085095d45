import { cardinal, digitsSaid, type NumberWords } from './numbers.js';

/** The names of the letters as announcers say them (Hoàng Phê, Từ điển tiếng Việt; w as vê kép). */
const NAMES: Readonly<Record<string, string>> = {
  a: 'a',
  ă: 'á',
  â: 'ớ',
  b: 'bê',
  c: 'xê',
  d: 'dê',
  đ: 'đê',
  e: 'e',
  ê: 'ê',
  f: 'ép',
  g: 'giê',
  h: 'hát',
  i: 'i',
  j: 'gi',
  k: 'ca',
  l: 'e-lờ',
  m: 'em-mờ',
  n: 'en-nờ',
  o: 'o',
  ô: 'ô',
  ơ: 'ơ',
  p: 'pê',
  q: 'quy',
  r: 'e-rờ',
  s: 'ét-sì',
  t: 'tê',
  u: 'u',
  ư: 'ư',
  v: 'vê',
  w: 'vê kép',
  x: 'ích-xì',
  y: 'i',
  z: 'dét',
};

export function letterName(letter: string): string {
  const lower = letter.toLowerCase();
  return NAMES[lower] ?? NAMES[lower.normalize('NFD')[0] ?? ''] ?? '';
}

/** `XYZ` → ích-xì, i, dét; figures inside are read as numbers. */
export function spelled(word: string, words: NumberWords, between = ', '): string {
  return (word.match(/\d+|\p{L}/gu) ?? [])
    .map((part) => {
      if (!/^\d/.test(part)) return letterName(part);
      return part.length > 3 || part.startsWith('0') ? digitsSaid(part) : cardinal(part, words);
    })
    .filter((part) => part !== '')
    .join(between);
}

/** Letters that a Vietnamese voice can say: the Latin ones up to Latin Extended Additional, where Vietnamese ends. */
export function isLatinLetter(sign: string): boolean {
  const code = sign.codePointAt(0) ?? 0;
  return (code < 0x250 || (code >= 0x1e00 && code < 0x1f00)) && /[\p{Lu}\p{Ll}]/u.test(sign);
}
