import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { BYTES_PER_FRAME, FRAMES_PER_MS } from '../../sink/pace.js';
import { AHEAD_MS, type PcmPlay, type PcmSink, type SinkListener } from './sink.js';

const STOP_MS = 2_000;
const AHEAD_BYTES = AHEAD_MS * FRAMES_PER_MS * BYTES_PER_FRAME;

/** The WAV file as a sound card (sink/wav-sink.ts). What it reports is what it consumed: nothing is estimated here. */
export class WavSink implements PcmSink {
  readonly shared = true;

  constructor(
    private readonly path: string,
    private readonly program = fileURLToPath(new URL('../../sink/wav-sink.js', import.meta.url)),
  ) {}

  open(name: string, listener: SinkListener): PcmPlay {
    // A process group of its own, as a card would not die of the player's Ctrl-C either.
    const child = spawn(process.execPath, [this.program, this.path, name, 'held'], {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    const [input, output, errors, orders] = child.stdio as unknown as [
      Writable,
      typeof child.stdout,
      typeof child.stderr,
      Writable,
    ];
    let written = 0;
    let frames = 0;
    let startedMonoMs: number | null = null;
    let said = '';
    let asked = false;
    errors?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-500);
    });
    input.on('error', () => undefined);
    orders.on('error', () => undefined);
    if (output)
      createInterface({ input: output }).on('line', (line) => {
        const report = JSON.parse(line) as { frames: number; monoMs: number };
        startedMonoMs ??= report.monoMs;
        frames = report.frames;
        listener.heard(frames, startedMonoMs);
      });
    const gone = new Promise<number>((done) => {
      child.on('error', (error) => {
        listener.failed(error.message);
        done(frames);
      });
      child.on('close', (code, signal) => {
        if (!asked || (code !== 0 && signal === null))
          listener.failed(said.trim() || `sink ended with ${signal ?? code}`);
        done(frames);
      });
    });
    return {
      begin: (atMonoMs) => void orders.write(`${atMonoMs}\n`),
      room: () => AHEAD_BYTES - (written - frames * BYTES_PER_FRAME),
      write: (pcm) => {
        written += pcm.length;
        input.write(pcm);
      },
      finish: () => {
        asked = true;
        input.end();
        return gone;
      },
      stop: () => {
        asked = true;
        child.kill('SIGTERM');
        const unwilling = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
        return gone.finally(() => clearTimeout(unwilling));
      },
    };
  }
}
