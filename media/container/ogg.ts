import { MediaProblem } from '../problem.js';
import type { Bytes } from './bytes.js';

/** RFC 3533: header of 27 bytes, 255 segments, each up to 255 bytes. */
const LARGEST_PAGE = 27 + 255 + 255 * 255;
const END_OF_STREAM = 4;

/** The last page of an Ogg must be whole and say that it is the last. */
export async function checkOgg(bytes: Bytes): Promise<void> {
  const start = Math.max(0, bytes.size - LARGEST_PAGE);
  const tail = await bytes.read(start, LARGEST_PAGE);
  for (let at = tail.lastIndexOf('OggS'); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf('OggS', at - 1)) {
    // The four letters may also stand inside the sound; only a page that ends exactly with the file is the last page.
    if (pageLength(tail, at) !== tail.length - at) continue;
    if ((tail.readUInt8(at + 5) & END_OF_STREAM) !== 0) return;
    break;
  }
  throw new MediaProblem('media.truncated', 'the Ogg does not end with an end-of-stream page');
}

function pageLength(tail: Buffer, at: number): number | undefined {
  if (at + 27 > tail.length) return undefined;
  const segments = tail.readUInt8(at + 26);
  if (at + 27 + segments > tail.length) return undefined;
  return tail.subarray(at + 27, at + 27 + segments).reduce((sum, length) => sum + length, 27 + segments);
}
