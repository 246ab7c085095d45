/** Characters (code points) of one script: about 25 minutes of speech. */
export const LONGEST_TEXT = 20_000;
export const LONGEST_TITLE = 200;

/**
 * A script as it is kept, hashed, shown and spoken: NFC, so that the same text has one hash however it was typed
 * (case 21); lines end in \n; no control characters, no half surrogate pairs, and none of the invisible marks that turn
 * the reading direction, with which the text that an approver reads could differ from the one that is spoken.
 */
export function cleanText(raw: string): string {
  return raw
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/\t/g, ' ')
    .replace(/(?!\n)[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, '')
    .normalize('NFC')
    .trim();
}

/** The same for what stands on one line. */
export const cleanLine = (raw: string): string => cleanText(raw).replace(/\s+/g, ' ');

export type TextFault = 'empty' | 'tooLong';

/** @param text as `cleanText` made it */
export function textFault(text: string): TextFault | null {
  if (text === '') return 'empty';
  return lengthOf(text) > LONGEST_TEXT ? 'tooLong' : null;
}

/** Characters as people count them, more or less: a letter outside the basic plane is one. */
function lengthOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
