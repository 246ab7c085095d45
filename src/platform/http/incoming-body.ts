import type { Request, Response } from 'express';

/** One file as the body of a request, still on its way. */
export interface IncomingBody {
  /** Content type without parameters, as the sender states it; what the file really is, is found out later. */
  readonly type: string;
  /** As announced; null: not. */
  readonly bytes: number | null;
  readonly body: AsyncIterable<Uint8Array>;
}

export function incomingBody(request: Request): IncomingBody {
  const length = request.headers['content-length'];
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim() ?? '';
  return { type, bytes: length === undefined ? null : Number(length), body: pieces(request) };
}

/** After a refusal: a sender that is still sending reads no answer on a connection that it may use again. */
export function closeUnread(request: Request, response: Response): void {
  if (!request.complete && !response.headersSent) response.setHeader('connection', 'close');
}

/** The body as it comes in. Leaving it early does not destroy the connection, on which the refusal must still be sent. */
async function* pieces(request: Request): AsyncGenerator<Uint8Array> {
  const body: AsyncIterable<Uint8Array> = request.iterator({ destroyOnReturn: false });
  yield* body;
  // Node says so itself in most cases; a body that is not whole must not pass in any.
  if (!request.complete) throw new Error('the upload broke off');
}
