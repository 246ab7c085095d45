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
