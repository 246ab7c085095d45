import { MediaProblem } from '../problem.js';

/** About 25 minutes of speech. */
export const MAX_TEXT_LENGTH = 20_000;

/** Signs that a synthesizer may take for phonemes (`[[…]]`) or markup (`<…>`): spoken or paused at instead. */
const DEFUSED: Readonly<Record<string, string>> = { '[': ' (', ']': ') ', '<': ' nhỏ hơn ', '>': ' lớn hơn ' };

/**
 * Plain text that is safe to speak: NFC (espeak-ng misreads Vietnamese in NFD), without control, format, private and lone
 * surrogate characters (espeak-ng takes some as commands), without markup. Throws when empty or over 20,000 characters.
 */
export function speakableText(text: string): string {
  // NFC never makes Vietnamese longer; NFD has up to three characters for a letter, so this is only a bound on the work.
  if (text.length > 3 * MAX_TEXT_LENGTH) throw tooLong(text.length);
  const plain = text
    .normalize('NFC')
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/[\p{Cc}\p{Cs}\p{Co}]/gu, (sign) => (sign === '\n' ? '\n' : ' '))
    .replace(/\p{Cf}/gu, '')
    .trim();
  if (plain.length > MAX_TEXT_LENGTH) throw tooLong(plain.length);
  if (!hasWord(plain)) throw new MediaProblem('speech.textEmpty', 'the text has no word');
  return plain.replace(/[[\]<>]/g, (sign) => DEFUSED[sign] ?? ' ');
}

/** Whether there is anything to say at all: punctuation alone makes some synthesizers fail. */
export function hasWord(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

function tooLong(length: number): MediaProblem {
  return new MediaProblem('speech.textTooLong', `${length} characters, at most ${MAX_TEXT_LENGTH}`);
}
