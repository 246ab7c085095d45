import { MediaProblem } from '../problem.js';
import type { SpokenAudio } from './port.js';

export const HEADER_BYTES = 44;
const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** A synthesizer that streams cannot know the length and states one of these: its sound ends where the file ends. */
const STREAMED_FROM = 0x7fff_f000;
const MIN_RATE = 8_000;
const MAX_RATE = 96_000;

/** Mono, 16 bit. */
export interface Pcm {
  readonly samples: Int16Array;
  readonly sampleRate: number;
}

interface Format {
  readonly kind: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
}

/**
 * Reads the plain WAV that a synthesizer wrote: mono or stereo, 16, 24 or 32 bit or float, 8 to 96 kHz; stereo is mixed. Throws
 * `speech.failed` for everything else, also for a file that is cut off.
 */
export function readWav(wav: Uint8Array): Pcm {
  const bytes = Buffer.from(wav.buffer, wav.byteOffset, wav.byteLength);
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') {
    throw failed(`${bytes.length} bytes that are no WAV`);
  }
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const start = at + 8;
    if (name === 'fmt ') format = readFormat(bytes.subarray(start, start + length));
    if (name === 'data') {
      if (format === undefined) throw failed('a WAV without a format');
      const end = length >= STREAMED_FROM ? bytes.length : start + length;
      if (end > bytes.length) throw failed(`a WAV that lacks ${end - bytes.length} of ${length} bytes of sound`);
      return { samples: toMono(bytes.subarray(start, end), format), sampleRate: format.sampleRate };
    }
    at = start + length + (length % 2);
  }
  throw failed('a WAV without sound');
}

export function writeWav({ samples, sampleRate }: Pcm): Buffer {
  const wav = Buffer.allocUnsafe(HEADER_BYTES + samples.length * 2);
  wavHeader(samples.length, sampleRate).copy(wav);
  littleEndian(samples).copy(wav, HEADER_BYTES);
  return wav;
}

export function wavHeader(samples: number, sampleRate: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(HEADER_BYTES - 8 + samples * 2, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(PCM, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples * 2, 40);
  return header;
}

/** The bytes of samples as a WAV holds them; a view of the same memory where the machine has that order, as nearly all do. */
export function littleEndian(samples: Int16Array): Buffer {
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  return LITTLE_ENDIAN ? bytes : Buffer.from(bytes).swap16();
}

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** A driver's answer: whatever plain WAV came, as mono of 16 bit. */
export function readSpokenWav(wav: Uint8Array): SpokenAudio {
  return spokenAudio(readWav(wav));
}

export function spokenAudio(pcm: Pcm): SpokenAudio {
  if (pcm.samples.length === 0) throw failed('no sound at all');
  return {
    wav: writeWav(pcm),
    sampleRate: pcm.sampleRate,
    durationMs: Math.round((pcm.samples.length / pcm.sampleRate) * 1000),
  };
}

function readFormat(chunk: Buffer): Format {
  if (chunk.length < 16) throw failed('a WAV with a broken format');
  const stated = chunk.readUInt16LE(0);
  const kind = stated === EXTENSIBLE && chunk.length >= 26 ? chunk.readUInt16LE(24) : stated;
  const [channels, sampleRate, bits] = [chunk.readUInt16LE(2), chunk.readUInt32LE(4), chunk.readUInt16LE(14)];
  const readable = (kind === PCM && (bits === 16 || bits === 24 || bits === 32)) || (kind === FLOAT && bits === 32);
  if (!readable || (channels !== 1 && channels !== 2) || sampleRate < MIN_RATE || sampleRate > MAX_RATE) {
    throw failed(`format ${kind}, ${channels} channels, ${bits} bit, ${sampleRate} Hz`);
  }
  return { kind, channels, sampleRate, bits };
}

function toMono(bytes: Buffer, { kind, channels, bits }: Format): Int16Array {
  const width = bits / 8;
  const samples = new Int16Array(Math.floor(bytes.length / (width * channels)));
  if (kind === PCM && bits === 16 && channels === 1 && LITTLE_ENDIAN) {
    // What every driver gives, and a hundred times as fast.
    littleEndian(samples).set(bytes.subarray(0, samples.byteLength));
    return samples;
  }
  const read = reader(bytes, kind, bits);
  for (let index = 0; index < samples.length; index++) {
    const at = index * width * channels;
    samples[index] = channels === 1 ? read(at) : Math.round((read(at) + read(at + width)) / 2);
  }
  return samples;
}

function reader(bytes: Buffer, kind: number, bits: number): (at: number) => number {
  if (kind === FLOAT) return (at) => fromFloat(bytes.readFloatLE(at));
  // The two upper bytes: what is cut off is 96 dB down.
  return (at) => bytes.readInt16LE(at + bits / 8 - 2);
}

/** NaN is silence: one broken sample must not become a click of full strength. */
const fromFloat = (value: number): number =>
  Number.isNaN(value) ? 0 : Math.round(Math.min(1, Math.max(-1, value)) * 32_767);

const failed = (what: string): MediaProblem => new MediaProblem('speech.failed', `the synthesizer gave ${what}`);
