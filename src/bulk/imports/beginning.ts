import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HEAD_BYTES } from '../engine/file-family.js';

/** What a file begins with. */
export async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const head = new Uint8Array(HEAD_BYTES);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The beginning, and all of it once more. */
export async function peeked(
  stream: AsyncIterable<Uint8Array>,
): Promise<{ readonly head: Uint8Array; readonly bytes: AsyncIterable<Uint8Array> }> {
  const pieces = stream[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  let next = await pieces.next();
  for (; !next.done; next = await pieces.next()) {
    first.push(next.value);
    length += next.value.byteLength;
    if (length >= HEAD_BYTES) break;
  }
  async function* all() {
    yield* first;
    if (length < HEAD_BYTES) return;
    for (let more = await pieces.next(); !more.done; more = await pieces.next()) yield more.value;
  }
  return { head: Buffer.concat(first).subarray(0, HEAD_BYTES), bytes: all() };
}

/** A folder for one attempt; those of earlier attempts, whose process was killed, are removed. */
export async function freshFolder(jobId: string): Promise<string> {
  const prefix = `vang-import-${jobId}-`;
  for (const name of await readdir(tmpdir()))
    if (name.startsWith(prefix)) await rm(join(tmpdir(), name), { recursive: true, force: true });
  return mkdtemp(join(tmpdir(), prefix));
}
