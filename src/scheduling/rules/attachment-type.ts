/** Enough of a file to know it by. */
export const HEAD_BYTES = 12;

/** What a scan of a paper is, by its first bytes, whatever its name says; null: none that is taken. */
export function attachmentTypeOf(head: Uint8Array): string | null {
  const text = Buffer.from(head).toString('latin1');
  if (text.startsWith('%PDF-')) return 'application/pdf';
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  return text.startsWith('RIFF') && text.startsWith('WEBP', 8) ? 'image/webp' : null;
}
