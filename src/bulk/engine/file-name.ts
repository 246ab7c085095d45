/** What a header carries: UTF-8, percent-encoded (encodeURIComponent). @returns null when it is not */
export function decodedName(header: string): string | null {
  // Header bytes beyond ASCII have no agreed meaning; Node would read them as Latin-1.
  if (!/^[\x20-\x7e]*$/.test(header)) return null;
  try {
    return decodeURIComponent(header);
  } catch {
    return null;
  }
}

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\ufffd]+/gu;
const LONGEST_SHOWN = 300;

/** For a report only: what can be shown of a name, also of one that is refused. */
export const showableName = (name: string): string =>
  [...name.replace(HIDDEN, '\ufffd').normalize('NFC')].slice(0, LONGEST_SHOWN).join('') || '?';

/** Last part of a path without its ending, as people would call the content. */
export function titleOfName(name: string): string {
  const last = name.split('/').at(-1) ?? '';
  const bare = last.replace(/\.[A-Za-z0-9]{1,8}$/, '').replace(/[_]+/g, ' ');
  return bare.replace(/\s+/g, ' ').trim() || last;
}
