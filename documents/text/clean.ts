import type { DocumentNote } from '../document.js';

export interface CleanText {
  readonly text: string;
  readonly notes: readonly DocumentNote[];
}

/**
 * Marks that reorder what is shown: a text must be read aloud as the approver saw it. Built from numbers, so that this file shows
 * what it holds.
 */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/**
 * Control characters, byte order marks inside, soft hyphens, tags, private use (symbol fonts), broken halves of characters. The
 * zero-width space and joiners stay: Khmer and emoji need them, and they hide nothing.
 */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\uffff\ufdd0-\ufdef\p{Co}\p{Cs}\u{e0000}-\u{e007f}]/gu;
const EMOJI = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f/u;

/** Any text as lines of NFC without what cannot be seen or read; blank lines are single, spaces too. */
export function cleanText(dirty: string): CleanText {
  const notes: DocumentNote[] = [];
  const broken = dirty
    .replaceAll('\v', '\n')
    .replaceAll('\f', '\n\n')
    .replace(/\r\n?|[\u0085\u2028]/g, '\n')
    .replaceAll('\u2029', '\n\n')
    .replace(/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, ' ');
  const straight = broken.replace(BIDI, '');
  if (straight !== broken) notes.push('bidiRemoved');
  const visible = straight.replace(INVISIBLE, '');
  // A mark at the very start is how a file says its encoding, not something that was hidden in it.
  if (visible !== straight.replace(/^\ufeff/, '')) notes.push('controlCharactersRemoved');
  if (EMOJI.test(visible)) notes.push('emojiKept');
  const text = visible
    .normalize('NFC')
    .split('\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return { text, notes };
}
