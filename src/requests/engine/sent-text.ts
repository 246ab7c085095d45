/** What was changed in a text on its way in, or should be looked at; the sender and the operator are told. */
export const SENT_NOTES = ['controlCharactersRemoved', 'bidiRemoved', 'emojiKept'] as const;
export type SentNote = (typeof SENT_NOTES)[number];

const LONGEST_DERIVED_TITLE = 80;

/** @param raw as the sender typed it */
export function notesOn(raw: string): SentNote[] {
  const notes: SentNote[] = [];
  // Line ends and tabs are typed by people; nothing is lost with them.
  if (/(?![\n\r\t])[\p{Cc}\p{Cs}]/u.test(raw)) notes.push('controlCharactersRemoved');
  if (/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(raw)) notes.push('bidiRemoved');
  if (/\p{Extended_Pictographic}/u.test(raw)) notes.push('emojiKept');
  return notes;
}

/** A title for who sends without one, on a telephone: the first line of the text, else who asks. Cleaned texts only. */
export function titleFor(title: string, text: string | null, senderName: string): string {
  if (title !== '') return title;
  const [firstLine = ''] = (text ?? '').split('\n', 1);
  if (firstLine === '') return `Đề nghị của ${senderName}`;
  const letters = [...firstLine];
  return letters.length <= LONGEST_DERIVED_TITLE
    ? firstLine
    : `${letters.slice(0, LONGEST_DERIVED_TITLE - 1).join('')}…`;
}
