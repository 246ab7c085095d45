/** As long as the device contract carries them. */
const LONGEST = 500;

/**
 * The address of a relay as players open it: http or https, without a login in it (it would reach every device and every
 * report). Null when it is none.
 */
export function streamAddress(raw: string): string | null {
  const text = raw.trim();
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  if (url.username !== '' || url.password !== '' || url.hostname === '') return null;
  url.hash = '';
  const address = url.toString();
  return address.length > LONGEST ? null : address;
}
