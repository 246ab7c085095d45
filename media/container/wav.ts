import { MediaProblem } from '../problem.js';
import type { Bytes } from './bytes.js';

/** Written by a program that streamed and could not know the length: the sound ends where the file ends. */
const STREAMED = 0xffff_ffff;
const MAX_CHUNKS = 4096;

/** A WAV must hold the sound that its header states. Tells whether it states a length at all. */
export async function checkWav(bytes: Bytes): Promise<'stated' | 'streamed'> {
  let offset = 12;
  for (let chunks = 0; chunks < MAX_CHUNKS && offset + 8 <= bytes.size; chunks++) {
    const head = await bytes.read(offset, 8);
    const name = head.toString('latin1', 0, 4);
    const length = head.readUInt32LE(4);
    if (name === 'data') {
      // The recorder lost power before it came back to write the length (fault case 4).
      if (length === 0) throw new MediaProblem('media.durationUnknown', 'the WAV header states no length');
      if (length !== STREAMED && offset + 8 + length > bytes.size) {
        const missing = offset + 8 + length - bytes.size;
        throw new MediaProblem('media.truncated', `${missing} of ${length} bytes of sound are missing`);
      }
      return length === STREAMED ? 'streamed' : 'stated';
    }
    offset += 8 + length + (length % 2);
  }
  if (offset > bytes.size) throw new MediaProblem('media.truncated', 'the WAV ends before its sound');
  throw new MediaProblem('media.notAudio', 'the WAV has no data chunk');
}

/** PCM, float, A-law, µ-law, and the extended header, which holds one of them: a frame has a fixed size. */
const FIXED_FRAMES = new Set([1, 3, 6, 7, 0xfffe]);

/** Length in milliseconds that the header states, or undefined where frames have no fixed size. */
export async function statedWavMs(bytes: Bytes): Promise<number | undefined> {
  let msPerByte: number | undefined;
  for (let offset = 12, chunks = 0; chunks < MAX_CHUNKS && offset + 8 <= bytes.size; chunks++) {
    const head = await bytes.read(offset, 24);
    const name = head.toString('latin1', 0, 4);
    const length = head.readUInt32LE(4);
    if (name === 'data') return msPerByte === undefined ? undefined : length * msPerByte;
    if (name === 'fmt ' && head.length === 24 && FIXED_FRAMES.has(head.readUInt16LE(8))) {
      const bytesPerMs = (head.readUInt32LE(12) * head.readUInt16LE(20)) / 1000;
      msPerByte = bytesPerMs === 0 ? undefined : 1 / bytesPerMs;
    }
    offset += 8 + length + (length % 2);
  }
  return undefined;
}
