import { MediaProblem } from '../problem.js';
import type { Bytes } from './bytes.js';

/** Length in milliseconds that STREAMINFO states (RFC 9639 §8.2), or undefined when the writer did not know it. */
export async function statedFlacMs(bytes: Bytes, offset: number): Promise<number | undefined> {
  const head = await bytes.read(offset, 26);
  if (head.length < 26) throw new MediaProblem('media.truncated', 'the FLAC ends inside its header');
  const packed = head.readBigUInt64BE(18); // rate 20 bits, channels 3, bits per sample 5, samples 36
  const sampleRate = Number(packed >> 44n);
  const samples = Number(packed & 0xf_ffff_ffffn);
  return samples === 0 || sampleRate === 0 ? undefined : (samples / sampleRate) * 1000;
}
