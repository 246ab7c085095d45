import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { identify } from './container/identify.js';
import { encode } from './encode.js';
import { chooseMono, correctLevel, type Levelling, type Loudness, type MonoSource, planLevel } from './level.js';
import { AUDIO_TYPE, type AudioLimits, DEFAULT_LIMITS, MAX_TRUE_PEAK_DB } from './limits.js';
import { type Measured, type MeasureRequest, measureMono, measureRecording } from './measure.js';
import { MediaProblem } from './problem.js';
import type { FfmpegTool } from './tool.js';

export interface ProduceRequest {
  readonly tool: FfmpegTool;
  /** Path of the recording; it is only read. */
  readonly input: string;
  /** Folder for the result, made when missing. */
  readonly outputDir: string;
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<AudioLimits> | undefined;
}

export interface ProducedAudio {
  /** A file under a unique name in `outputDir`; from now on the caller's, to move or remove. */
  readonly path: string;
  readonly type: typeof AUDIO_TYPE;
  readonly bytes: number;
  /** Integer, counted by decoding the produced file. */
  readonly durationMs: number;
  /** Lower-case hex of the produced file. */
  readonly sha256: string;
  readonly loudness: ProducedLoudness;
}

export interface ProducedLoudness {
  readonly inputLufs: number;
  readonly outputLufs: number;
  readonly gainDb: number;
  /** Of the produced file. */
  readonly truePeakDb: number;
  /** Whether a limiter had to hold down peaks; otherwise the gain alone was enough. */
  readonly limited: boolean;
}

/** What Opus does to loudness and peak is seen only in its result; so often may the level be corrected. */
const MAX_ENCODINGS = 4;
/** Frames end where they end; more than this between input and output and something was lost. */
const DURATION_TOLERANCE_MS = 60;

/**
 * Makes of any accepted recording the one form that goes on air: Opus 24 kbit/s mono 48 kHz in Ogg at −16 LUFS, true peak at
 * most −1.5 dBTP. Throws MediaProblem for a recording that must not go on air, the signal's reason on abort; then no file is left.
 */
export async function produceAudio(request: ProduceRequest): Promise<ProducedAudio> {
  const { tool, input, signal } = request;
  const limits = { ...DEFAULT_LIMITS, ...request.limits };
  signal?.throwIfAborted();
  const container = await identify(input, limits.maxInputBytes);
  const recording: MeasureRequest = { tool, path: input, container, limits, signal };
  const measured = await measureRecording(recording);

  await mkdir(request.outputDir, { recursive: true });
  const output = join(resolve(request.outputDir), `.producing-${randomUUID()}.ogg`);
  try {
    const { loudness, durationMs } = await reachLevel(recording, measured, output);
    const { sha256, bytes } = await hash(output);
    return { path: output, type: AUDIO_TYPE, bytes, durationMs, sha256, loudness };
  } catch (error) {
    await rm(output, { force: true });
    throw error;
  }
}

/** Encodes, measures the result, and encodes anew with a better level until it is right or the tries are used up. */
async function reachLevel(
  recording: MeasureRequest,
  measured: Measured<MonoSource>,
  output: string,
): Promise<{ loudness: ProducedLoudness; durationMs: number }> {
  const source = chooseMono(measured.loudness);
  const input = measured.loudness[source];
  let level: Levelling = planLevel(input);
  for (let round = 1; ; round++) {
    await encode({ ...recording, output, source, level });
    const result = await measureOutput(recording, measured.durationMs, output);
    const better =
      round === MAX_ENCODINGS ? undefined : correctLevel(level, input, result.loudness, round === MAX_ENCODINGS - 1);
    if (better === undefined) {
      assertPeak(result.loudness);
      const { lufs, truePeakDb } = result.loudness;
      return {
        durationMs: result.durationMs,
        loudness: {
          inputLufs: input.lufs,
          outputLufs: lufs,
          gainDb: level.gainDb,
          truePeakDb,
          limited: level.ceilingDb !== undefined,
        },
      };
    }
    level = better;
  }
}

async function measureOutput(
  recording: MeasureRequest,
  inputMs: number,
  output: string,
): Promise<{ durationMs: number; loudness: Loudness }> {
  const limits = {
    ...recording.limits,
    minDurationMs: 1,
    maxDurationMs: recording.limits.maxDurationMs + DURATION_TOLERANCE_MS,
  };
  const { size } = await stat(output);
  if (size > limits.maxOutputBytes)
    throw new MediaProblem('media.toolFailed', `over ${limits.maxOutputBytes} bytes came out`);
  const container = await identify(output, limits.maxOutputBytes);
  const { durationMs, loudness } = await measureMono({ ...recording, path: output, container, limits });
  if (Math.abs(durationMs - inputMs) > DURATION_TOLERANCE_MS) {
    throw new MediaProblem('media.toolFailed', `${inputMs} ms went in, ${durationMs} ms came out`);
  }
  return { durationMs, loudness };
}

function assertPeak({ truePeakDb }: Loudness): void {
  if (truePeakDb > MAX_TRUE_PEAK_DB)
    throw new MediaProblem('media.toolFailed', `true peak stays at ${truePeakDb} dBTP`);
}

async function hash(path: string): Promise<{ sha256: string; bytes: number }> {
  const digest = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
    digest.update(piece);
    bytes += piece.length;
  }
  return { sha256: digest.digest('hex'), bytes };
}
