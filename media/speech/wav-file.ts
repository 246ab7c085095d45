import { type FileHandle, open } from 'node:fs/promises';
import { MediaProblem } from '../problem.js';
import { HEADER_BYTES, littleEndian, wavHeader } from './wav.js';

/** A WAV states its length in 32 bits. */
const MAX_SAMPLES = 2 ** 31 - HEADER_BYTES;
const MAX_PAUSE_MS = 60_000;
const BLOCK_BYTES = 65_536;

/** A WAV that grows at its end, mono, 16 bit. The header is written last: cut off before, it is no sound at all. */
export class WavFile {
  samples = 0;
  sampleRate = 0;

  private constructor(private readonly file: FileHandle) {}

  static async create(path: string): Promise<WavFile> {
    const file = new WavFile(await open(path, 'wx+'));
    await file.write(Buffer.alloc(HEADER_BYTES), 0);
    return file;
  }

  get durationMs(): number {
    return this.sampleRate === 0 ? 0 : Math.round((this.samples / this.sampleRate) * 1000);
  }

  /** Before the first sound. */
  setRate(sampleRate: number): void {
    this.sampleRate = sampleRate;
  }

  /** Of the same rate as all before: `speech.failed` otherwise. */
  async append(samples: Int16Array, sampleRate: number): Promise<void> {
    if (samples.length === 0) return;
    if (sampleRate !== this.sampleRate) {
      throw new MediaProblem('speech.failed', `sentences of ${this.sampleRate} Hz and of ${sampleRate} Hz`);
    }
    await this.appendBytes(littleEndian(samples));
  }

  async pause(durationMs: number): Promise<void> {
    const bounded = Math.min(MAX_PAUSE_MS, Math.max(0, durationMs || 0));
    await this.appendBytes(Buffer.alloc(Math.round((bounded / 1000) * this.sampleRate) * 2));
  }

  /** Appends what is there from sample `start` to `end` once more. */
  async repeat(start: number, end: number): Promise<void> {
    const block = Buffer.alloc(BLOCK_BYTES);
    for (let at = HEADER_BYTES + start * 2; at < HEADER_BYTES + end * 2; ) {
      const length = Math.min(block.length, HEADER_BYTES + end * 2 - at);
      const { bytesRead } = await this.file.read(block, 0, length, at);
      if (bytesRead < 2) throw new MediaProblem('speech.failed', 'the file was cut while it was written');
      await this.appendBytes(block.subarray(0, bytesRead - (bytesRead % 2)));
      at += bytesRead - (bytesRead % 2);
    }
  }

  /** @returns the length of the whole, in whole milliseconds */
  async finish(): Promise<number> {
    await this.write(wavHeader(this.samples, this.sampleRate), 0);
    return this.durationMs;
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async appendBytes(bytes: Buffer): Promise<void> {
    if (this.samples + bytes.length / 2 > MAX_SAMPLES) {
      throw new MediaProblem('speech.textTooLong', 'the spoken text is longer than a WAV can be');
    }
    await this.write(bytes, HEADER_BYTES + this.samples * 2);
    this.samples += bytes.length / 2;
  }

  /** One call of the system may write less than asked. */
  private async write(bytes: Buffer, position: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      done += (await this.file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
    }
  }
}
