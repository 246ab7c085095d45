import type { DocumentNote } from '../document.js';
import { isVietnameseSyllable } from './syllable.js';
import { restoreCapitals, restoreHorns, tcvn3ToUnicode } from './tcvn3.js';
import { vniToUnicode } from './vni.js';
import { byteOf } from './windows-1252.js';

export type LegacyEncoding = 'tcvn3' | 'vni' | 'windows-1258';

const windows1258 = new TextDecoder('windows-1258');

function windows1258ToUnicode(text: string): string {
  let converted = '';
  let bytes: number[] = [];
  const flush = () => {
    converted += windows1258.decode(Uint8Array.from(bytes));
    bytes = [];
  };
  for (const character of text) {
    const byte = byteOf(character);
    if (byte !== undefined) {
      bytes.push(byte);
      continue;
    }
    flush();
    converted += character;
  }
  flush();
  return converted.normalize('NFC');
}

const CONVERTERS: Readonly<Record<LegacyEncoding, (text: string) => string>> = {
  tcvn3: tcvn3ToUnicode,
  vni: vniToUnicode,
  'windows-1258': windows1258ToUnicode,
};

export const NOTE_OF: Readonly<Record<LegacyEncoding, DocumentNote>> = {
  tcvn3: 'convertedTcvn3',
  vni: 'convertedVni',
  'windows-1258': 'convertedWindows1258',
};

/** A word as any of the encodings may spell it; curly quotes and dashes are not part of it. */
const WORD = /[A-Za-z\u00a1-\u00ff\u03bc]+/g;
const MARKED = /[\u00a1-\u00ff\u03bc]/;
/** Only Unicode can say these letters; a text that has them is not in one byte per letter. */
const UNICODE_ONLY =
  /[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]|[\u0300-\u0323]/;
/** More words say nothing new; the time stays bounded. */
const MAX_WORDS = 2_000;
const MAX_WORD = 40;
/** Below this share of possible syllables it is no Vietnamese in that encoding. */
const MIN_SHARE = 0.7;

/** Quotation marks « » and the like, which cling to a word when it is read as Western European. */
const CLINGING = /^[\u00a1-\u00bf]+|[\u00a1-\u00bf]+$/g;

/** Share of the words with marks that are possible Vietnamese syllables after `convert`. */
function shareOfSyllables(words: readonly string[], convert: (text: string) => string): number {
  return words.filter((word) => isVietnameseSyllable(convert(word))).length / words.length;
}

const asItStands = (word: string): string => word.replace(CLINGING, '');

function markedWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(WORD)) {
    // One sign alone (£, ©, §, ½) is a letter to one encoding or the other and proves nothing.
    if (word.length >= 2 && word.length <= MAX_WORD && MARKED.test(word)) words.push(word);
    if (words.length >= MAX_WORDS) break;
  }
  return words;
}

export const hasUnicodeOnly = (text: string): boolean => UNICODE_ONLY.test(text);

/** Whether text that is said to be in `encoding` does not read better as it stands. */
export function readsAs(text: string, encoding: LegacyEncoding): boolean {
  const words = markedWords(text);
  if (words.length === 0) return true;
  return shareOfSyllables(words, CONVERTERS[encoding]) > shareOfSyllables(words, asItStands);
}

/**
 * Which of the old encodings `text` is in, judged by how many of its words become possible Vietnamese syllables; null when it is
 * better as it stands. `text` is Unicode, or bytes read as Windows-1252.
 */
export function detectLegacyEncoding(text: string): LegacyEncoding | null {
  if (hasUnicodeOnly(text)) return null;
  const words = markedWords(text);
  if (words.length === 0) return null;
  let best: { encoding: LegacyEncoding; share: number } | null = null;
  for (const encoding of ['tcvn3', 'vni', 'windows-1258'] as const) {
    const share = shareOfSyllables(words, CONVERTERS[encoding]);
    if (share >= MIN_SHARE && share > (best?.share ?? 0)) best = { encoding, share };
  }
  if (best === null) return null;
  return best.share > shareOfSyllables(words, asItStands) ? best.encoding : null;
}

export interface ConvertedText {
  readonly text: string;
  readonly capitalsRestored: boolean;
}

export function convertLegacy(text: string, encoding: LegacyEncoding): ConvertedText {
  const converted = CONVERTERS[encoding](text);
  if (encoding !== 'tcvn3') return { text: converted, capitalsRestored: false };
  const whole = restoreHorns(converted);
  const restored = restoreCapitals(whole);
  return { text: restored, capitalsRestored: restored !== whole };
}

/** What a font's name says about the text set in it. */
export function encodingOfFont(font: string | null): { encoding: LegacyEncoding; capitals: boolean } | null {
  if (font === null) return null;
  if (/^\.vn/i.test(font)) return { encoding: 'tcvn3', capitals: /H(?: |$)/.test(font) };
  if (/^vni[- ]/i.test(font)) return { encoding: 'vni', capitals: false };
  return null;
}

/** A line among others in Unicode needs more than a few foreign or misread words (é) that happen to fit. */
function hasEvidence(line: string): boolean {
  const words = markedWords(line);
  const marks = new Set(words.flatMap((word) => [...word].filter((character) => MARKED.test(character))));
  return words.length >= 3 && marks.size >= 3;
}

/**
 * Unicode text with pieces that are still in an old encoding, as copying between documents leaves it. Judged as a whole first, then
 * line by line.
 */
export function convertLegacyParts(text: string): { readonly text: string; readonly notes: readonly DocumentNote[] } {
  const notes = new Set<DocumentNote>();
  const convert = (part: string, encoding: LegacyEncoding | null): string => {
    if (encoding === null) return part;
    const converted = convertLegacy(part, encoding);
    notes.add(NOTE_OF[encoding]);
    if (converted.capitalsRestored) notes.add('capitalsRestored');
    return converted.text;
  };
  const whole = detectLegacyEncoding(text);
  const converted =
    whole === null
      ? text
          .split('\n')
          .map((line) => convert(line, hasEvidence(line) ? detectLegacyEncoding(line) : null))
          .join('\n')
      : convert(text, whole);
  return { text: converted, notes: [...notes] };
}
