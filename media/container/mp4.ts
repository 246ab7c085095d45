import { MediaProblem } from '../problem.js';
import type { Bytes } from './bytes.js';

/** 4 h in fragments of a quarter of a second, two boxes each, with room to spare. */
const MAX_BOXES = 200_000;

/** The boxes of an MP4 must tile the file, and its index (`moov`) and sound (`mdat`) must be there. */
export async function checkMp4(bytes: Bytes): Promise<void> {
  const seen = new Set<string>();
  let offset = 0;
  for (let boxes = 0; offset + 8 <= bytes.size; boxes++) {
    if (boxes > MAX_BOXES) throw new MediaProblem('media.notAudio', 'the MP4 has too many boxes');
    const head = await bytes.read(offset, 16);
    const name = head.toString('latin1', 4, 8);
    const length = boxLength(head, bytes.size - offset);
    if (length < 8) throw new MediaProblem('media.truncated', `box ${JSON.stringify(name)} has no valid length`);
    seen.add(name);
    offset += length;
  }
  if (offset !== bytes.size) throw new MediaProblem('media.truncated', 'the MP4 ends inside a box');
  // A telephone whose battery died leaves the sound without the index that says where it is.
  if (!seen.has('moov')) throw new MediaProblem('media.truncated', 'the MP4 has no index');
  if (!seen.has('mdat')) throw new MediaProblem('media.notAudio', 'the MP4 has no content');
}

function boxLength(head: Buffer, rest: number): number {
  const short = head.readUInt32BE(0);
  if (short === 0) return rest;
  if (short !== 1) return short;
  return head.length < 16 ? 0 : Number(head.readBigUInt64BE(8));
}
