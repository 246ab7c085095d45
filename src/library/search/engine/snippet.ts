import type { Term } from './query.js';
import { placedWords, type Word } from './words.js';

/** A piece of plain text and where in it the words stand that were looked for. UTF-16 offsets, `to` excluded. */
export interface Snippet {
  readonly text: string;
  readonly marks: readonly { readonly from: number; readonly to: number }[];
}

const LENGTH = 160;
const BEFORE = 40;
/** A word that comes first so late is shown by the beginning of the text instead. */
const LOOKED_AT = 30_000;

/** The piece of the text that shows most of the words; its beginning if it has none. @param text in NFC */
export function snippetOf(text: string, terms: readonly Term[]): Snippet {
  const found = foundIn(text.slice(0, LOOKED_AT), terms);
  let best = found[0];
  let most = 0;
  for (const [at, start] of found.entries()) {
    const seen = new Set<string>();
    for (let i = at; i < found.length; i++) {
      const { to, wanted } = found[i]!;
      if (to > start.from + LENGTH - BEFORE) break;
      seen.add(wanted);
    }
    if (seen.size > most) [best, most] = [start, seen.size];
  }
  const from = startAt(text, Math.max(0, (best?.from ?? 0) - BEFORE));
  const to = endAt(text, from + LENGTH);
  const marks = found
    .filter((word) => word.from >= from && word.to <= to)
    .map((word) => ({ from: word.from - from, to: word.to - from }));
  return { text: text.slice(from, to), marks };
}

function foundIn(text: string, terms: readonly Term[]) {
  const wanted = terms.flatMap((term) => (term.kind === 'word' ? [term] : term.words.map(whole)));
  const found: { readonly from: number; readonly to: number; readonly wanted: string }[] = [];
  for (const { word: each, from, to } of placedWords(text)) {
    const { folded } = each;
    const match = wanted.find(({ word, begins }) => (begins ? folded.startsWith(word.folded) : folded === word.folded));
    if (match) found.push({ from, to, wanted: match.word.folded });
  }
  return found;
}

const whole = (word: Word) => ({ word, begins: false });

/** Not in the middle of a word, if there is a gap near by. */
function startAt(text: string, from: number): number {
  if (from === 0) return 0;
  const gap = text.slice(from, from + BEFORE).search(/\s/);
  return gap < 0 ? wholeLetter(text, from) : from + gap + 1;
}

function endAt(text: string, to: number): number {
  if (to >= text.length) return text.length;
  const gap = text.lastIndexOf(' ', to);
  return gap > to - BEFORE ? gap : wholeLetter(text, to);
}

/** Never between the halves of a letter outside the basic plane. */
const wholeLetter = (text: string, at: number): number => (/[\udc00-\udfff]/.test(text[at] ?? '') ? at + 1 : at);
