const LONGEST_NAME = 120;

/** What a header carries: UTF-8, percent-encoded. @returns null when it is not */
export function decodedName(header: string): string | null {
  // Header bytes beyond ASCII have no agreed meaning; Node would read them as Latin-1.
  if (!/^[\x20-\x7e]*$/.test(header)) return null;
  try {
    return decodeURIComponent(header);
  } catch {
    return null;
  }
}

/**
 * A name to show and to offer when it is downloaded; never a path of ours. Folders, hidden marks and what Windows does not
 * allow in names go; the ending stays.
 */
export function tidyName(name: string, fallback: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const clean = last
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ')
    .replace(/[<>:"|?*]/g, '-')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  if (clean === '') return fallback;
  const letters = [...clean];
  if (letters.length <= LONGEST_NAME) return clean;
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(clean)?.[0] ?? '';
  return `${letters.slice(0, LONGEST_NAME - ending.length).join('')}${ending}`;
}
