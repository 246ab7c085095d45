import { execa, type Options } from 'execa';
import { MediaProblem } from './problem.js';
import type { FfmpegTool } from './tool.js';

/** ffmpeg may print as much as a hostile file has metadata; only the end, where errors and summaries are, is kept. */
const STDERR_KEPT = 32_768;

export interface FfmpegRun {
  readonly tool: FfmpegTool;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with each piece of standard output; returning false ends the run at once (`stopped`). */
  readonly onOutput?: (piece: Buffer) => boolean;
}

export interface FfmpegEnd {
  readonly exitCode: number;
  readonly stderr: string;
  readonly stopped: boolean;
}

/**
 * Runs ffmpeg once, without a shell, and waits for its end. A non-zero exit is returned, not thrown: only the caller knows
 * whether the file or the tool is at fault. Throws the signal's reason on abort and `media.toolFailed` on timeout.
 */
export async function runFfmpeg({ tool, args, timeoutMs, signal, onOutput }: FfmpegRun): Promise<FfmpegEnd> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  const options = {
    reject: false,
    buffer: false,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: timeoutMs,
    // Nothing that ffmpeg leaves behind is used after a stop, so there is no reason to let it finish in its own time.
    killSignal: 'SIGKILL',
    cancelSignal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
  } as const satisfies Options;

  let stderr = '';
  const child = execa(tool.path, args, options);
  child.stdout.on('data', (piece: Buffer) => {
    if (!stop.signal.aborted && onOutput !== undefined && !onOutput(piece)) stop.abort();
  });
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    stderr = (stderr + piece).slice(-STDERR_KEPT);
  });
  const end = await child;

  signal?.throwIfAborted();
  if (stop.signal.aborted) return { exitCode: 0, stderr, stopped: true };
  if (end.timedOut) throw new MediaProblem('media.toolFailed', `ffmpeg took longer than ${timeoutMs} ms`);
  if (end.exitCode === undefined) {
    const code = end.code === 'ENOENT' || end.code === 'EACCES' ? 'media.toolMissing' : 'media.toolFailed';
    throw new MediaProblem(code, `${tool.path}: ${end.shortMessage ?? end.signal ?? 'did not start'}`);
  }
  return { exitCode: end.exitCode, stderr, stopped: false };
}

/** The last lines that ffmpeg printed, for the log. */
export function lastWords(stderr: string): string {
  return stderr.trim().split('\n').slice(-4).join(' | ').slice(-600);
}
