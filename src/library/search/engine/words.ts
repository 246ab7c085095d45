import { fold } from '../../../platform/i18n/index.js';

/** A word as written, in lower case and NFC, and as people type it without diacritics (đ as d). */
export interface Word {
  readonly exact: string;
  readonly folded: string;
}

/** With its UTF-16 offsets in the text that was taken apart, `to` excluded. */
export interface PlacedWord {
  readonly word: Word;
  readonly from: number;
  readonly to: number;
}

/** Longer words are found by their beginning. */
const LONGEST_WORD = 64;

/**
 * The words of a text: runs of letters, digits and their marks. Everything else stands between words, so that no sign
 * can mean anything to a database. @param text in NFC, as the library keeps it
 */
export function placedWords(text: string): PlacedWord[] {
  const words: PlacedWord[] = [];
  let from = -1;
  for (let at = 0; at <= text.length; at++) {
    const kind = at === text.length ? BETWEEN : kindAt(text, at);
    if (kind === LETTER && from < 0) from = at;
    if (kind !== BETWEEN || from < 0) continue;
    const word = wordOf(text.slice(from, at));
    if (word.folded !== '') words.push({ word, from, to: at });
    from = -1;
  }
  return words;
}

export const wordsOf = (text: string): Word[] => placedWords(text.normalize('NFC')).map(({ word }) => word);

const BETWEEN = 0;
const LETTER = 1;
const MARK = 2;

function kindOf(sign: string): number {
  if (/[\p{L}\p{N}]/u.test(sign)) return LETTER;
  return /\p{M}/u.test(sign) ? MARK : BETWEEN;
}

/** Of the signs in which nearly all texts are written; asking a regular expression for each takes five times as long. */
const KINDS = Uint8Array.from({ length: 0x2000 }, (_, code) => kindOf(String.fromCharCode(code)));

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < KINDS.length) return KINDS[code] ?? BETWEEN;
  // The second half of a letter outside the basic plane belongs to the first.
  const before = text.charCodeAt(at - 1);
  const second = code >= 0xdc00 && code <= 0xdfff && before >= 0xd800 && before <= 0xdbff;
  return kindOf(String.fromCodePoint(text.codePointAt(second ? at - 1 : at) ?? 0));
}

/** Texts are made of a few thousand syllables, again and again. */
const known = new Map<string, Word>();
const MOST_KNOWN = 20_000;

function wordOf(written: string): Word {
  const before = known.get(written);
  if (before) return before;
  const exact = beginning(written.toLowerCase().normalize('NFC'));
  const word = { exact, folded: fold(exact) };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(written, word);
  return word;
}

const beginning = (word: string): string =>
  word.length <= LONGEST_WORD ? word : [...word].slice(0, LONGEST_WORD).join('');
