import { MediaProblem } from './problem.js';

/** ffmpeg's own header has some 60 bytes; more is not a WAV of ours. */
const LONGEST_HEADER = 4096;

/** Takes a WAV apart that comes in pieces through a pipe, so that ffmpeg itself says how many channels it decoded. */
export class WavStream {
  #held: Buffer = Buffer.alloc(0);
  #channels = 0;
  #frameBytes = 0;

  /** 0 before the header came. */
  get channels(): number {
    return this.#channels;
  }

  /** The whole frames of sound that are there now, in memory of their own. */
  push(piece: Buffer): ArrayBuffer {
    let held = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    if (this.#channels === 0) {
      const start = this.#readHeader(held);
      if (start === undefined) {
        this.#held = held;
        return new ArrayBuffer(0);
      }
      held = held.subarray(start);
    }
    const whole = held.length - (held.length % this.#frameBytes);
    this.#held = held.subarray(whole);
    const sound = new Uint8Array(whole);
    sound.set(held.subarray(0, whole));
    return sound.buffer;
  }

  #readHeader(head: Buffer): number | undefined {
    let format: { channels: number; frameBytes: number } | undefined;
    for (let at = 12; at + 8 <= head.length; ) {
      const name = head.toString('latin1', at, at + 4);
      if (name === 'data' && format !== undefined) {
        this.#channels = format.channels;
        this.#frameBytes = format.frameBytes;
        return at + 8;
      }
      const length = head.readUInt32LE(at + 4);
      if (name === 'fmt ' && at + 24 <= head.length) {
        format = { channels: head.readUInt16LE(at + 10), frameBytes: head.readUInt16LE(at + 20) };
      }
      at += 8 + length + (length % 2);
    }
    if (head.length > LONGEST_HEADER) throw new MediaProblem('media.toolFailed', 'ffmpeg wrote no WAV header');
    return undefined;
  }
}
