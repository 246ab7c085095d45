import type { IncomingBody } from '../../platform/http/index.js';
import { BrokenBody, type ByteStream, type ContentStore, limitedBody } from '../../platform/storage/index.js';
import type { SentFile } from '../desk/request.entity.js';
import { type FileKind, fileKindOf, HEAD_BYTES, mayBeAudio, mayBeSent } from '../engine/file-kind.js';
import { decodedName, tidyName } from '../engine/file-name.js';
import { BYTES_PER_MB, MOST_FILE_MB } from '../engine/limits.js';
import { requestsProblem } from '../problems.js';

export const MOST_FILE_BYTES = MOST_FILE_MB * BYTES_PER_MB;

/** What is refused before the first byte is read. @returns the name as the sender wrote it */
export function demandTakable(upload: IncomingBody, nameHeader: string, only: 'audio' | 'any'): string {
  const takable = only === 'audio' ? mayBeAudio(upload.type) : mayBeSent(upload.type);
  if (!takable) throw requestsProblem('requests.fileType');
  if (upload.bytes !== null && upload.bytes > MOST_FILE_BYTES) throw tooLarge();
  const name = decodedName(nameHeader);
  if (name === null) throw requestsProblem('requests.fileName');
  return name;
}

/** Streams a file from somebody without an account into the store. Nothing is kept of one that is refused. */
export async function keepFile(
  store: ContentStore,
  upload: IncomingBody,
  name: string,
  only: 'audio' | 'any',
): Promise<SentFile> {
  let kind: FileKind | null = null;
  const look = (head: Uint8Array) => {
    if (head.byteLength === 0) throw requestsProblem('requests.fileEmpty');
    kind = fileKindOf(head, name, upload.type);
    if (kind === null || (only === 'audio' && kind.family !== 'audio')) throw requestsProblem('requests.fileType');
  };
  try {
    const stored = await store.put(looked(limitedBody(upload.body, MOST_FILE_BYTES, tooLarge), look));
    return { ...stored, ...described(kind, name) };
  } catch (error) {
    throw error instanceof BrokenBody ? requestsProblem('requests.fileBroken') : error;
  }
}

function described(kind: FileKind | null, name: string): Pick<SentFile, 'fileName' | 'type' | 'family'> {
  if (kind === null) throw requestsProblem('requests.fileType');
  return { fileName: tidyName(name, `tep.${kind.ending}`), type: kind.type, family: kind.family };
}

/** Passes the bytes on; `look` sees the first of them before the rest is read, and refuses by throwing. */
async function* looked(body: ByteStream, look: (head: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  let head = new Uint8Array();
  let seen = false;
  for await (const piece of body) {
    if (!seen) {
      head = Buffer.concat([head, piece.subarray(0, HEAD_BYTES)]);
      seen = head.byteLength >= HEAD_BYTES;
      if (seen) look(head);
    }
    yield piece;
  }
  if (!seen) look(head);
}

const tooLarge = () => requestsProblem('requests.fileTooLarge', { most: MOST_FILE_MB });
