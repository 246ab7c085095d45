/** A run of 200 receipts of the largest size, escaped, and some room. */
const LONGEST_LINE = 4 * 1024 * 1024;
const NEWLINE = 10;

/**
 * Lines of UTF-8, each ended by a newline; null for one that is no text, too long or not ended. One line is in memory.
 */
export function* linesOf(pieces: Iterable<Uint8Array>): Generator<string | null> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let held: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      held.push(piece.subarray(from, end));
      bytes += end - from;
      yield bytes > LONGEST_LINE ? null : decoded(held, bytes, decoder);
      held = [];
      bytes = 0;
      from = end + 1;
    }
    bytes += piece.length - from;
    // Of a line that is too long only the length is kept.
    if (bytes <= LONGEST_LINE) held.push(piece.slice(from));
  }
  if (bytes > 0) yield null;
}

function decoded(
  pieces: readonly Uint8Array[],
  bytes: number,
  decoder: InstanceType<typeof TextDecoder>,
): string | null {
  const line = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    line.set(piece, at);
    at += piece.length;
  }
  try {
    return decoder.decode(line);
  } catch {
    return null;
  }
}
