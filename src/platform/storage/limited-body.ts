import type { ByteStream } from './content.store.js';

/** The body failed on its way here; the store did not. */
export class BrokenBody extends Error {
  override readonly name = 'BrokenBody';
}

/**
 * The body, piece by piece, never as a whole.
 * @param refusal thrown when more than `mostBytes` have come; the rest is left unread, so that it can still be sent
 * @throws BrokenBody when the body fails
 */
export async function* limitedBody(
  body: ByteStream,
  mostBytes: number,
  refusal: () => Error,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  const pieces = body[Symbol.asyncIterator]();
  const next = async () => {
    try {
      return await pieces.next();
    } catch (error) {
      throw new BrokenBody('the body broke off', { cause: error });
    }
  };
  for (let piece = await next(); !piece.done; piece = await next()) {
    bytes += piece.value.byteLength;
    if (bytes > mostBytes) throw refusal();
    yield piece.value;
  }
}
