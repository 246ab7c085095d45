import type { Container } from './container/identify.js';
import { inputArgs } from './input.js';
import { type Loudness, type MonoSource, monoFilter, TO_WORKING_FORMAT } from './level.js';
import { type AudioLimits, SAMPLE_RATE } from './limits.js';
import { MediaProblem } from './problem.js';
import { lastWords, runFfmpeg } from './run.js';
import type { FfmpegTool } from './tool.js';

const BYTES_PER_SAMPLE = 2;
/** R128 looks at blocks of 400 ms; a shorter clip is measured with silence behind it. */
const R128_BLOCK_MS = 400;

export interface MeasureRequest {
  readonly tool: FfmpegTool;
  readonly path: string;
  readonly container: Container;
  readonly limits: AudioLimits;
  readonly signal?: AbortSignal | undefined;
}

/** Length in milliseconds, counted from decoded samples and never read from a header; loudness of each source. */
export interface Measured<Source extends MonoSource> {
  readonly durationMs: number;
  readonly loudness: Readonly<Record<Source, Loudness>>;
}

/**
 * Decodes once: a meter reads each of the sources, and the samples of the first are counted on standard output.
 * `padMs` of silence are put behind the sound.
 */
export function measureArgs(
  path: string,
  container: Container,
  maxDurationMs: number,
  sources: readonly MonoSource[],
  padMs = 0,
): string[] {
  const pad = padMs === 0 ? '' : `apad=pad_len=${(padMs * SAMPLE_RATE) / 1000},`;
  const labels = sources.map((source) => `[in_${source}]`).join('');
  const graph = [
    `[0:a:0]${TO_WORKING_FORMAT},asplit=${sources.length}${labels}`,
    ...sources.map(
      (source, index) =>
        `[in_${source}]${monoFilter(source)},${pad}ebur128@${source}=framelog=verbose:peak=true` +
        (index === 0 ? '[counted]' : ',anullsink'),
    ),
  ].join(';');
  return [
    ...inputArgs({ path, container, maxDurationMs }),
    ...['-filter_complex', graph, '-map', '[counted]', '-c:a', 'pcm_s16le', '-f', 's16le', 'pipe:1'],
  ];
}

/** Reads the summary that the meter of this name printed; the last one, because tags of the file are printed before. */
export function readLoudness(stderr: string, source: MonoSource): Loudness {
  const summary = stderr.split(`[ebur128@${source} @ `).at(-1) ?? '';
  const lufs = Number(/\bI:\s+(-?\d+\.\d) LUFS/.exec(summary)?.[1]);
  const peak = /\bPeak:\s+(-inf|-?\d+\.\d) dBFS/.exec(summary)?.[1];
  if (Number.isNaN(lufs) || peak === undefined) {
    throw new MediaProblem('media.toolFailed', `no loudness was measured: ${lastWords(stderr)}`);
  }
  return { lufs, truePeakDb: peak === '-inf' ? Number.NEGATIVE_INFINITY : Number(peak) };
}

/** Length and loudness of a recording; refuses one that is no sound, ends early or is outside the limits. */
export function measureRecording(request: MeasureRequest): Promise<Measured<MonoSource>> {
  return measure(request, ['mix', 'left', 'right']);
}

/** The same for a file known to be mono, whose whole sound is its left channel: a third of the work. */
export async function measureMono(request: MeasureRequest): Promise<{ durationMs: number; loudness: Loudness }> {
  const { durationMs, loudness } = await measure(request, ['left']);
  return { durationMs, loudness: loudness.left };
}

async function measure<Source extends MonoSource>(
  request: MeasureRequest,
  sources: readonly Source[],
): Promise<Measured<Source>> {
  const first = await meterRun(request, sources, 0);
  assertLength(first.durationMs, request.container, request.limits);
  if (first.durationMs >= R128_BLOCK_MS) return first;
  return { ...(await meterRun(request, sources, R128_BLOCK_MS)), durationMs: first.durationMs };
}

async function meterRun<Source extends MonoSource>(
  { tool, path, container, limits, signal }: MeasureRequest,
  sources: readonly Source[],
  padMs: number,
): Promise<Measured<Source>> {
  let bytes = 0;
  const most = ((limits.maxDurationMs + padMs) / 1000) * SAMPLE_RATE * BYTES_PER_SAMPLE;
  const end = await runFfmpeg({
    tool,
    args: measureArgs(path, container, limits.maxDurationMs, sources, padMs),
    timeoutMs: limits.runTimeoutMs,
    signal,
    onOutput: (piece) => {
      bytes += piece.length;
      return bytes <= most;
    },
  });
  if (end.stopped) throw new MediaProblem('media.tooLong', `longer than ${limits.maxDurationMs} ms`);
  if (end.exitCode !== 0) throw blame(end.stderr, bytes);
  const loudness = Object.fromEntries(sources.map((source) => [source, readLoudness(end.stderr, source)]));
  return { durationMs: toMs(bytes), loudness: loudness as Record<Source, Loudness> };
}

/** Length of this much decoded sound. None is no length: it is refused and never given as 0 (fault case 4). */
export function toMs(bytes: number): number {
  if (bytes === 0) throw new MediaProblem('media.durationUnknown', 'no sound could be decoded');
  return Math.round((bytes / BYTES_PER_SAMPLE / SAMPLE_RATE) * 1000);
}

/** An error before the first sample means that this is no sound at all; behind it, that the file breaks off. */
function blame(stderr: string, decodedBytes: number): MediaProblem {
  if (/Cannot allocate memory|Unrecognized option|Option not found|No such filter/.test(stderr)) {
    return new MediaProblem('media.toolFailed', lastWords(stderr));
  }
  return new MediaProblem(decodedBytes === 0 ? 'media.notAudio' : 'media.truncated', lastWords(stderr));
}

function assertLength(durationMs: number, { statedMs }: Container, limits: AudioLimits): void {
  // Encoders pad and trim some frames at both ends; a part that is really missing is longer than that.
  const toleratedMs = statedMs === undefined ? 0 : Math.max(200, statedMs * 0.005);
  if (statedMs !== undefined && durationMs < statedMs - toleratedMs) {
    throw new MediaProblem('media.truncated', `${durationMs} of ${Math.round(statedMs)} stated ms could be decoded`);
  }
  if (durationMs < limits.minDurationMs) throw new MediaProblem('media.tooShort', `${durationMs} ms`);
  if (durationMs > limits.maxDurationMs) throw new MediaProblem('media.tooLong', `${durationMs} ms`);
}
