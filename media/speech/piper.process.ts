import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, rm, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { MediaProblem } from '../problem.js';
import { jsonLine, keptArguments, type PiperOptions, textArguments, textLine } from './piper.arguments.js';
import type { Speaker } from './speakers.js';
import { readWav } from './wav.js';

export interface PiperText {
  readonly text: string;
  readonly lengthScale: number;
  /** Where Piper writes; removed when it was read. */
  readonly outputFile: string;
}

/** 20,000 characters at half speed are 50 minutes, 130 MB. */
const MAX_WAV_BYTES = 512 * 1024 ** 2;
const STDERR_KEPT = 300;
const FLUSH_TRIES = 100;
const FLUSH_MS = 10;

/** Starts a process of its own for every text: the model is loaded each time, but every release of Piper can do it. */
export function piperPerText(executable: string, model: string): Speaker<PiperText> {
  let running: PiperProcess | undefined;
  let lost: (how: string) => void = () => {};
  const ended = new Promise<string>((resolve) => {
    lost = resolve;
  });
  return {
    ready: Promise.resolve(),
    ended,
    async speak({ text, outputFile, ...options }) {
      running = startPiper(executable, textArguments({ model, ...options }, outputFile));
      running.stdin.end(textLine(text));
      const { how, killed } = await running.ended;
      if (killed) {
        await rm(outputFile, { force: true });
        lost(how);
      }
      if (how !== '0') throw new MediaProblem('speech.failed', `Piper ended (${how}): ${running.said()}`);
      return takeWav(outputFile);
    },
    async stop() {
      running?.child.kill('SIGKILL');
      await running?.ended;
      lost('stopped');
    },
    // Each process holds on to its caller by itself, as long as it lives.
    hold() {},
  };
}

/** One process that keeps the model loaded and is given a line for each text. */
export function piperKept(executable: string, options: PiperOptions): Speaker<PiperText> {
  const piper = startPiper(executable, keptArguments(options));
  let spoken: ((path: string) => void) | undefined;
  createInterface({ input: piper.stdout }).on('line', (path) => spoken?.(path));
  const pipes = [piper.stdin, piper.stdout, piper.stderr].filter((pipe) => pipe instanceof Socket);
  let writing: string | undefined;
  const ended = piper.ended.then(async ({ how }) => {
    // Half a file of a text that nobody waits for any more.
    if (writing !== undefined) await rm(writing, { force: true });
    return `${how}: ${piper.said()}`;
  });
  return {
    ready: new Promise((resolve, reject) => {
      piper.child.once('spawn', resolve);
      void piper.ended.then(({ how }) => reject(new MediaProblem('speech.failed', `Piper did not start (${how})`)));
    }),
    ended,
    async speak({ text, outputFile }) {
      writing = outputFile;
      const written = new Promise<void>((resolve) => {
        spoken = (path) => {
          if (path === outputFile) resolve();
        };
      });
      piper.stdin.write(jsonLine(text, outputFile));
      await written;
      return flushedWav(outputFile);
    },
    async stop() {
      // Whoever waits for the end of an idle one must live to see it.
      piper.child.ref();
      piper.child.kill('SIGKILL');
      await ended;
    },
    hold(busy) {
      for (const held of [piper.child, ...pipes]) {
        if (busy) held.ref();
        else held.unref();
      }
    },
  };
}

interface PiperProcess {
  readonly child: ChildProcess;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** `how`: exit code, signal or why it did not start. `killed`: by somebody, not by its own fault. Never rejects. */
  readonly ended: Promise<{ readonly how: string; readonly killed: boolean }>;
  said(): string;
}

function startPiper(executable: string, args: readonly string[]): PiperProcess {
  const child = spawn(executable, args, { stdio: ['pipe', 'pipe', 'pipe'], shell: false });
  const { stdin, stdout, stderr } = child;
  let said = '';
  stderr.setEncoding('utf8').on('data', (piece: string) => {
    said = (said + piece).slice(-STDERR_KEPT);
  });
  stdout.resume();
  // A process that ends without reading is told by its end.
  stdin.on('error', () => {});
  const ended = new Promise<{ how: string; killed: boolean }>((resolve) => {
    child.once('error', ({ message }) => resolve({ how: message, killed: false }));
    child.once('close', (code, signal) => resolve({ how: `${signal ?? code}`, killed: signal !== null }));
  });
  return { child, stdin, stdout, stderr, ended, said: () => said.trim() };
}

async function takeWav(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > MAX_WAV_BYTES) throw new MediaProblem('speech.failed', `Piper wrote ${size} bytes`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof MediaProblem) throw error;
    throw new MediaProblem('speech.failed', 'Piper wrote no file', { cause: error });
  } finally {
    await rm(path, { force: true });
  }
}

/** Piper names the file before it has closed it: the last bytes may come a moment later. */
async function flushedWav(path: string): Promise<Buffer> {
  for (let tries = 0; tries < FLUSH_TRIES; tries++) {
    try {
      readWav(await readFile(path));
      break;
    } catch {
      await pause(FLUSH_MS);
    }
  }
  return takeWav(path);
}
