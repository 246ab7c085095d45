const LONGEST = 160;

export interface Excerpt {
  /** As it looked without its old font. */
  readonly before: string;
  readonly after: string;
}

/** The beginning of a text before and after it was converted, so that a person sees at a glance whether it came out right. */
export function excerptOf(before: string, after: string): Excerpt {
  const body = before.replace(/^\ufeff?---[ \t]*\r?\n[\s\S]*?\r?\n(---|\.\.\.)[ \t]*\r?\n/, '');
  return { before: shortened(body), after: shortened(after) };
}

function shortened(text: string): string {
  const line = [...text.replace(/[\p{Cc}\s]+/gu, ' ').trim()];
  return line.length <= LONGEST ? line.join('') : `${line.slice(0, LONGEST).join('')}…`;
}
