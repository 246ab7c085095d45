import { identify } from './container/identify.js';
import { inputArgs } from './input.js';
import { DEFAULT_LIMITS } from './limits.js';
import { MediaProblem } from './problem.js';
import { lastWords, runFfmpeg } from './run.js';
import type { FfmpegTool } from './tool.js';

export interface DecodeRequest {
  readonly tool: FfmpegTool;
  readonly path: string;
  /** Samples per second of the result; 16 000 is plenty to compare speech. */
  readonly sampleRate: number;
  /** The whole result is held in memory, so it has a bound of its own: 30 minutes unless told. */
  readonly maxDurationMs?: number;
  readonly signal?: AbortSignal;
}

function decodeArgs(input: Parameters<typeof inputArgs>[0], sampleRate: number): string[] {
  return [
    ...inputArgs(input),
    ...['-map', '0:a:0', '-ac', '1', '-ar', String(sampleRate), '-c:a', 'pcm_s16le', '-f', 's16le', 'pipe:1'],
  ];
}

/** The sound of a file as mono signed 16-bit samples in memory. Refuses the same damaged and foreign files as `produceAudio`. */
export async function decodeToPcm(request: DecodeRequest): Promise<Int16Array> {
  const { tool, path, sampleRate, signal, maxDurationMs = 30 * 60_000 } = request;
  const container = await identify(path, DEFAULT_LIMITS.maxInputBytes);
  const pieces: Buffer[] = [];
  const most = (maxDurationMs / 1000) * sampleRate * 2;
  let bytes = 0;
  const end = await runFfmpeg({
    tool,
    args: decodeArgs({ path, container, maxDurationMs }, sampleRate),
    timeoutMs: DEFAULT_LIMITS.runTimeoutMs,
    signal,
    onOutput: (piece) => {
      pieces.push(piece);
      bytes += piece.length;
      return bytes <= most;
    },
  });
  if (end.stopped) throw new MediaProblem('media.tooLong', `longer than ${maxDurationMs} ms`);
  if (end.exitCode !== 0) {
    throw new MediaProblem(bytes === 0 ? 'media.notAudio' : 'media.truncated', lastWords(end.stderr));
  }
  const pcm = new Int16Array(bytes >> 1);
  new Uint8Array(pcm.buffer).set(Buffer.concat(pieces).subarray(0, pcm.byteLength));
  return pcm;
}
