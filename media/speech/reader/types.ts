export type Accent = 'north' | 'central' | 'south';

/**
 * A word or abbreviation and what is said for it. Matches whole words, exact case first; another case matches only where no
 * Vietnamese word is written that way. An area's own list comes before the built-in one.
 */
export interface DictionaryEntry {
  readonly written: string;
  readonly said: string;
}

export interface ReadingOptions {
  readonly accent: Accent;
  readonly dictionary?: readonly DictionaryEntry[];
}

/** One piece that is synthesised and cached alone; `pause` is what follows it. */
export interface ReadSentence {
  readonly written: string;
  /** Latin letters, spaces and `, . ! ? ; : - '` only. */
  readonly said: string;
  readonly pause: 'sentence' | 'paragraph';
}

/** `from` and `to` are offsets in the NFC text, so that `nfc.slice(from, to) === written`. */
export interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly written: string;
  readonly said: string;
  readonly rule: string;
}

export type DoubtReason = 'unknownAbbreviation' | 'ambiguous' | 'unreadable';

/** A place that a person should look at before it goes on air. Offsets as in `Replacement`. */
export interface Doubt {
  readonly from: number;
  readonly to: number;
  readonly written: string;
  readonly reason: DoubtReason;
}

export interface Reading {
  readonly sentences: readonly ReadSentence[];
  readonly replacements: readonly Replacement[];
  readonly doubts: readonly Doubt[];
}
