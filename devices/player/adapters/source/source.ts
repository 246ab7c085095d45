import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { RelaySource } from '../../../protocol/index.js';
import { captureArguments, streamArguments } from './arguments.js';

/** Sound on its way from elsewhere, until it ends or is closed. */
export interface Listening {
  /** Mono 48 kHz s16le. */
  readonly pcm: Readable;
  /** Resolves with the reason once it gives nothing more. */
  readonly ended: Promise<string>;
  close(): void;
}

/** Where a relay gets its sound. */
export interface Sources {
  /** Null: this device has no such source. */
  open(source: RelaySource): Listening | null;
}

export interface SourceSettings {
  readonly ffmpeg: string;
  /** ALSA input of what is plugged in; absent: nothing is. */
  readonly lineIn?: string | undefined;
  /** ALSA input of a tuner that was set by hand to one frequency. */
  readonly fm?: { readonly card: string; readonly mhz: number } | undefined;
  readonly arecord?: string;
}

/** ffmpeg gives up a stream that has sent nothing for so long. */
export const STREAM_SILENT_MS = 10_000;
const SAME_MHZ = 0.005;

/** Streams over HTTP through ffmpeg; line-in and tuner through arecord. Argument arrays, never a shell. */
export class MachineSources implements Sources {
  constructor(private readonly settings: SourceSettings) {}

  open(source: RelaySource): Listening | null {
    const { ffmpeg, lineIn, fm, arecord = 'arecord' } = this.settings;
    switch (source.kind) {
      case 'stream':
        return listen(ffmpeg, streamArguments(source.url, STREAM_SILENT_MS));
      case 'lineIn':
        return lineIn === undefined ? null : listen(arecord, captureArguments(lineIn));
      case 'fm':
        return fm && Math.abs(fm.mhz - source.mhz) < SAME_MHZ ? listen(arecord, captureArguments(fm.card)) : null;
    }
  }
}

function listen(program: string, args: readonly string[]): Listening {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-500);
  });
  child.stdout.on('error', () => undefined);
  const ended = new Promise<string>((done) => {
    child.on('error', (error) => done(error.message));
    child.on('close', (code, signal) => done(said.trim() || `ended with ${signal ?? code}`));
  });
  return { pcm: child.stdout, ended, close: () => void child.kill('SIGKILL') };
}
