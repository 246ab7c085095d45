import { isWordSign } from './scan.js';
import { isSyllable } from './syllables.js';
import type { DictionaryEntry } from './types.js';

export interface Found {
  readonly entry: DictionaryEntry;
  readonly length: number;
}

const KEY = /^[\p{L}\p{M}\p{Nd}]+/u;
/** An entry in another case must be long enough that no foreign word is written alike. */
const SHORTEST_FOLDED = 4;
/** Characters of an entry; longer ones are ignored. */
const LONGEST_WRITTEN = 100;

/** Entries by their first run of letters and digits, longest first. */
export class Vocabulary {
  private readonly exact = new Map<string, DictionaryEntry[]>();
  private readonly folded = new Map<string, DictionaryEntry[]>();

  constructor(entries: readonly DictionaryEntry[]) {
    const seen = new Set<string>();
    for (const entry of entries) {
      const plain = { written: entry.written.normalize('NFC').trim(), said: entry.said };
      const key = KEY.exec(plain.written)?.[0];
      // The last word on a matter counts, as in an edited list: an earlier line of the same spelling is replaced.
      if (key === undefined || plain.written.length > LONGEST_WRITTEN) continue;
      if (seen.has(plain.written)) remove(this.exact.get(key), plain.written);
      seen.add(plain.written);
      add(this.exact, key, plain);
      if (key.length >= SHORTEST_FOLDED) add(this.folded, key.toLowerCase(), plain);
    }
    for (const index of [this.exact, this.folded]) {
      for (const list of index.values()) list.sort((a, b) => b.written.length - a.written.length);
    }
  }

  /** The longest entry at `at`, whose first run of letters and digits is `key`. */
  find(text: string, at: number, key: string): Found | undefined {
    const exact = this.exact.get(key)?.find(({ written }) => text.startsWith(written, at) && ends(text, at, written));
    if (exact !== undefined) return { entry: exact, length: exact.written.length };
    if (key.length < SHORTEST_FOLDED) return undefined;
    const alike = this.folded.get(key.toLowerCase());
    if (alike === undefined || isSyllable(key)) return undefined;
    const folded = alike.find(({ written }) => {
      const there = text.slice(at, at + written.length);
      return there.toLowerCase() === written.toLowerCase() && ends(text, at, written);
    });
    return folded === undefined ? undefined : { entry: folded, length: folded.written.length };
  }
}

function add(index: Map<string, DictionaryEntry[]>, key: string, entry: DictionaryEntry): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [entry]);
  else list.push(entry);
}

function remove(list: DictionaryEntry[] | undefined, written: string): void {
  const index = list?.findIndex((entry) => entry.written === written) ?? -1;
  if (index >= 0) list?.splice(index, 1);
}

function ends(text: string, at: number, written: string): boolean {
  return !isWordSign(written.at(-1)) || !isWordSign(text[at + written.length]);
}
