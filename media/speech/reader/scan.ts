import type { NumberWords } from './numbers.js';
import type { DoubtReason } from './types.js';

/** Where the reader stands. Rules look ahead a bounded number of characters only, so that the whole stays linear. */
export interface Scan {
  readonly text: string;
  readonly at: number;
  /** The letters and digits from `at` on without a sign between. */
  readonly run: string;
  readonly words: NumberWords;
  /** The last words before `at` in this sentence, lower case, nearest first; a figure counts as the word `#`. */
  readonly before: readonly string[];
  /** The token that touches `at` on the left, as written; empty after a space. */
  readonly touching: string;
  /** Only white space and markdown signs stand before `at` on its line. */
  readonly lineStart: boolean;
}

/** What a rule makes of the characters from `at`. */
export interface Spoken {
  readonly length: number;
  readonly said: string;
  readonly rule: string;
  readonly doubt?: DoubtReason;
}

export type Rule = (scan: Scan) => Spoken | undefined;

/** Matches a sticky pattern at one place. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

const LETTER_OR_DIGIT = /[\p{L}\p{M}\p{Nd}]/u;

export function isWordSign(sign: string | undefined): boolean {
  return sign !== undefined && LETTER_OR_DIGIT.test(sign);
}

/** The next word after blanks, lower case; empty when something else follows. */
export function nextWord(text: string, at: number): string {
  return matchAt(/[ ]{0,3}([\p{L}\p{M}]{1,20})/uy, text, at)?.[1]?.toLowerCase() ?? '';
}
