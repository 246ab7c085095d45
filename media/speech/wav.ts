import { MediaProblem } from '../problem.js';
import type { SpokenAudio } from './port.js';

/** Reads the plain WAV that a synthesizer wrote: PCM, mono, 16 bit. */
export function readSpokenWav(wav: Uint8Array): SpokenAudio {
  const bytes = Buffer.from(wav.buffer, wav.byteOffset, wav.byteLength);
  if (bytes.length < 44 || bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 36, 40) !== 'data') {
    throw new MediaProblem('speech.failed', `the synthesizer gave ${bytes.length} bytes that are no plain WAV`);
  }
  const [format, channels, bits] = [bytes.readUInt16LE(20), bytes.readUInt16LE(22), bytes.readUInt16LE(34)];
  if (format !== 1 || channels !== 1 || bits !== 16) {
    throw new MediaProblem('speech.failed', `format ${format}, ${channels} channels, ${bits} bit`);
  }
  const sampleRate = bytes.readUInt32LE(24);
  const samples = Math.min(bytes.readUInt32LE(40), bytes.length - 44) >> 1;
  if (samples === 0 || sampleRate === 0) throw new MediaProblem('speech.failed', 'the synthesizer said nothing');
  return { wav, sampleRate, durationMs: Math.round((samples / sampleRate) * 1000) };
}
