import type { Readable, Writable } from 'node:stream';
import { execa, type Options } from 'execa';
import { MediaProblem } from './problem.js';
import type { FfmpegTool } from './tool.js';

/** ffmpeg may print as much as a hostile file has metadata; only the end, where errors and summaries are, is kept. */
const STDERR_KEPT = 32_768;
/** Where ffmpeg finds its second output, `pipe:3`. */
const SIDE = 3;

/** Takes a piece of output; false ends the run at once (`stopped`). ffmpeg waits while a promise is open. */
export type TakeOutput = (piece: Buffer) => boolean | Promise<boolean>;

export interface FfmpegRun {
  readonly tool: FfmpegTool;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Standard output. */
  readonly onOutput?: TakeOutput;
  /** What is written to `pipe:3`. */
  readonly onSide?: TakeOutput;
}

export interface FfmpegEnd {
  readonly exitCode: number;
  readonly stderr: string;
  readonly stopped: boolean;
}

/** A run that is fed. One that ended by itself takes no more and says so at the end only. */
export interface FedFfmpeg {
  /** Resolves when more may be written. */
  write(piece: Uint8Array): Promise<void>;
  /** Nothing more comes; waits for the end. */
  end(): Promise<FfmpegEnd>;
}

/**
 * Runs ffmpeg once, without a shell, and waits for its end. A non-zero exit is returned, not thrown: only the caller knows
 * whether the file or the tool is at fault. Throws the signal's reason on abort, `media.toolFailed` on timeout, and whatever
 * taking the output threw.
 */
export function runFfmpeg(run: FfmpegRun): Promise<FfmpegEnd> {
  return start(run, 'ignore').ended;
}

/** The same with a standard input that the caller writes; `end` must be waited for. */
export function feedFfmpeg(run: FfmpegRun): FedFfmpeg {
  const { ended, stdin } = start(run, 'pipe');
  // Looked at in `end`; until then nobody does.
  ended.catch(() => {});
  // A broken pipe: why it broke stands in the end of the run.
  stdin?.on('error', () => {});
  return {
    write: (piece) =>
      new Promise((resolve) => {
        if (stdin === undefined || !stdin.writable) return resolve();
        const done = () => {
          stdin.off('drain', done).off('close', done);
          resolve();
        };
        if (stdin.write(piece)) return resolve();
        stdin.on('drain', done).on('close', done);
      }),
    end: () => {
      stdin?.end();
      return ended;
    },
  };
}

function start(run: FfmpegRun, stdin: 'ignore' | 'pipe'): { ended: Promise<FfmpegEnd>; stdin?: Writable } {
  const { tool, args, timeoutMs, signal, onOutput, onSide } = run;
  if (signal?.aborted === true) return { ended: Promise.reject(signal.reason) };
  const stop = new AbortController();
  const options: Options = {
    reject: false,
    buffer: false,
    stdio: [stdin, 'pipe', 'pipe', ...(onSide === undefined ? [] : (['pipe'] as const))],
    timeout: timeoutMs,
    // Nothing that ffmpeg leaves behind is used after a stop, so there is no reason to let it finish in its own time.
    killSignal: 'SIGKILL',
    cancelSignal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
  };
  const child = execa(tool.path, args, options);
  let stderr = '';
  (child.stderr as Readable).setEncoding('utf8').on('data', (piece: string) => {
    stderr = (stderr + piece).slice(-STDERR_KEPT);
  });
  const taken = Promise.all([
    take(child.stdout as Readable, onOutput, stop),
    onSide === undefined ? undefined : take(child.stdio[SIDE] as unknown as Readable, onSide, stop),
  ]);
  const ended = (async (): Promise<FfmpegEnd> => {
    const [end, taking] = await Promise.allSettled([child, taken]);
    signal?.throwIfAborted();
    if (taking.status === 'rejected') throw taking.reason;
    if (stop.signal.aborted) return { exitCode: 0, stderr, stopped: true };
    if (end.status === 'rejected') throw end.reason;
    const { timedOut, exitCode, code, shortMessage, signal: killedBy } = end.value;
    if (timedOut) throw new MediaProblem('media.toolFailed', `ffmpeg took longer than ${timeoutMs} ms`);
    if (exitCode === undefined) {
      const missing = code === 'ENOENT' || code === 'EACCES';
      const why = `${tool.path}: ${shortMessage ?? killedBy ?? 'did not start'}`;
      throw new MediaProblem(missing ? 'media.toolMissing' : 'media.toolFailed', why);
    }
    return { exitCode, stderr, stopped: false };
  })();
  return { ended, stdin: child.stdin as Writable };
}

async function take(stream: Readable, use: TakeOutput | undefined, stop: AbortController): Promise<void> {
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      if (use !== undefined && !(await use(piece))) break;
    }
    if (use !== undefined && !stream.readableEnded) stop.abort();
  } catch (error) {
    // A killed ffmpeg breaks its pipes off; that it was killed is told elsewhere.
    if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    stop.abort();
    throw error;
  }
}

/** The last lines that ffmpeg printed, for the log. */
export function lastWords(stderr: string): string {
  return stderr.trim().split('\n').slice(-4).join(' | ').slice(-600);
}
