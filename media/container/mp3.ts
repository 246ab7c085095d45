import { MediaProblem } from '../problem.js';
import type { Bytes } from './bytes.js';

/** Encoders round, and taggers cut a few bytes; more than this was lost on the way. */
const TOLERATED_BYTES = 4096;

interface FrameHead {
  readonly sampleRate: number;
  readonly samples: number;
  /** Where a Xing or Info tag stands when the frame carries one, counted from the frame's start. */
  readonly tagAt: number;
}

/** Reads an MPEG layer III frame header, or undefined when it is none (AAC, layers I and II, other bytes). */
export function readMp3Head(head: Buffer): FrameHead | undefined {
  if (head.length < 4) return undefined;
  const word = head.readUInt32BE(0);
  const version = (word >>> 19) & 3; // 0: MPEG 2.5, 2: MPEG 2, 3: MPEG 1
  const layer = (word >>> 17) & 3; // 1: layer III
  const bitrate = (word >>> 12) & 15;
  const rate = [44_100, 48_000, 32_000][(word >>> 10) & 3];
  if (word >>> 21 !== 0x7ff || version === 1 || layer !== 1 || bitrate === 0 || bitrate === 15 || rate === undefined) {
    return undefined;
  }
  const mono = ((word >>> 6) & 3) === 3;
  const sideBytes = version === 3 ? (mono ? 17 : 32) : mono ? 9 : 17;
  const halvings = version === 3 ? 0 : version === 2 ? 1 : 2;
  return { sampleRate: rate / 2 ** halvings, samples: version === 3 ? 1152 : 576, tagAt: 4 + sideBytes };
}

/**
 * Length in milliseconds that a Xing or Info tag states, or undefined without one. With the tag a cut file is found by its
 * bytes; without it a cut MP3 is simply a shorter MP3, which nothing can tell.
 */
export async function statedMp3Ms(bytes: Bytes, offset: number): Promise<number | undefined> {
  const frame = await bytes.read(offset, 64);
  const head = readMp3Head(frame);
  if (head === undefined || frame.length < head.tagAt + 16) return undefined;
  const tag = frame.toString('latin1', head.tagAt, head.tagAt + 4);
  if (tag !== 'Xing' && tag !== 'Info') return undefined;
  const flags = frame.readUInt32BE(head.tagAt + 4);
  const hasFrames = (flags & 1) !== 0;
  const hasBytes = (flags & 2) !== 0;
  if (hasBytes) {
    const stated = frame.readUInt32BE(head.tagAt + (hasFrames ? 12 : 8));
    const missing = offset + stated - bytes.size;
    if (missing > TOLERATED_BYTES) throw new MediaProblem('media.truncated', `${missing} bytes of the MP3 are missing`);
  }
  return hasFrames ? ((frame.readUInt32BE(head.tagAt + 8) * head.samples) / head.sampleRate) * 1000 : undefined;
}
