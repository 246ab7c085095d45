import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FileCache } from './cache.js';
import { identify } from './container/identify.js';
import { partOf } from './core/analysis.js';
import { judge } from './core/judge.js';
import { integratedLufs, loudnessRangeLu, STEP_MS } from './core/loudness.js';
import { levelsOf, withoutSilence } from './core/trim.js';
import { type EncodeRequest, encode, type ProductFormat, type Target, WAYS } from './encode.js';
import { type Aim, correctLevel, FIRST_AIM, type Levelling, planLevel } from './level.js';
import {
  AUDIO_TYPE,
  type AudioLimits,
  DEFAULT_LIMITS,
  MP3_TYPE,
  SAMPLE_RATE,
  SAMPLES_PER_MS,
  SILENT_BELOW_LUFS,
} from './limits.js';
import { type Measured, measureProduct } from './measure.js';
import { MediaProblem } from './problem.js';
import type { ProducedAudio } from './produced.js';
import { type CleanSettings, type Recording, readRecording } from './recording.js';
import { fromCache, hashOf, intoCache, type Paths, productKey } from './stored.js';
import type { FfmpegTool } from './tool.js';

export interface ProduceRequest {
  readonly tool: FfmpegTool;
  /** Path of the recording; it is only read. */
  readonly input: string;
  /** Folder for the results, made when missing; while working it also holds the decoded sound (0.35 GB an hour). */
  readonly outputDir: string;
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<AudioLimits> | undefined;
  /** Silence is trimmed and the low end cut unless told otherwise; noise is left alone unless told otherwise. */
  readonly clean?: Partial<CleanSettings> | undefined;
  /** Where results are kept, so that the same recording is worked on once. */
  readonly cache?: FileCache | undefined;
}

const DEFAULT_CLEAN: CleanSettings = { trimSilence: true, highPass: true, noiseReduction: 'none' };
/** What a codec does to loudness and peak is seen only in its result; so often may the level be corrected. */
const MAX_ENCODINGS = 8;
/** Frames end where they end; more than this between input and output and something was lost. */
const DURATION_TOLERANCE_MS = 60;
/** A stated length is not trusted for anything but to refuse at once what would be refused after minutes of decoding. */
const STATED_TOLERANCE_MS = 2000;

/**
 * Makes of any accepted recording the forms that go on air: Opus 24 kbit/s in Ogg and MP3 48 kbit/s, mono, both at −16 LUFS ± 0.5
 * with a true peak of −1.5 dBTP at most. Throws MediaProblem for a recording that must not go on air, the signal's reason on
 * abort; then no file is left.
 */
export async function produceAudio(request: ProduceRequest): Promise<ProducedAudio> {
  const { tool, input, signal, cache } = request;
  const limits = { ...DEFAULT_LIMITS, ...request.limits };
  const clean = { ...DEFAULT_CLEAN, ...request.clean };
  signal?.throwIfAborted();
  const container = await identify(input, limits.maxInputBytes);
  if ((container.statedMs ?? 0) > limits.maxDurationMs + STATED_TOLERANCE_MS) {
    throw new MediaProblem('media.tooLong', `states ${Math.round(container.statedMs ?? 0)} ms`);
  }
  await mkdir(request.outputDir, { recursive: true });
  const name = join(resolve(request.outputDir), `.producing-${randomUUID()}`);
  const paths: Paths = { opus: `${name}.ogg`, mp3: `${name}.mp3` };
  const pcm = `${name}.pcm`;
  try {
    const settings = { clean, limits };
    const key =
      cache && productKey({ inputSha256: (await hashOf(input, signal)).sha256, settings, ffmpeg: tool.version });
    const stored = key && (await fromCache(cache, key, paths));
    if (stored) return stored;
    const recording = await readRecording({ tool, path: input, container, limits, clean, pcm, signal });
    const produced = await produceFrom(recording, paths, { tool, limits, clean, signal });
    if (key) await intoCache(cache, key, produced);
    return produced;
  } catch (error) {
    await Promise.all([rm(paths.opus, { force: true }), rm(paths.mp3, { force: true })]);
    throw error;
  } finally {
    await rm(pcm, { force: true });
  }
}

interface Means {
  readonly tool: FfmpegTool;
  readonly limits: AudioLimits;
  readonly clean: CleanSettings;
  readonly signal: AbortSignal | undefined;
}

async function produceFrom(recording: Recording, paths: Paths, means: Means): Promise<ProducedAudio> {
  const { clean, limits } = means;
  const whole = levelsOf(recording.analysis.power);
  const steps = whole.stepsDb.length;
  const { from, to } = clean.trimSilence ? withoutSilence(whole, limits.minDurationMs) : { from: 0, to: steps };
  const analysis = partOf(recording.analysis, from, to, SAMPLE_RATE);
  const inputLufs = integratedLufs(analysis.weighted);
  if (inputLufs < SILENT_BELOW_LUFS) throw new MediaProblem('media.silent', `loudness ${inputLufs} LUFS`);

  const part = { pcm: recording.pcm, firstSample: from * STEP_MS * SAMPLES_PER_MS, analysis };
  const { products, level, heights } = await reachLevel(part, inputLufs, paths, means);
  const [opus, mp3] = await Promise.all([hashOf(paths.opus), hashOf(paths.mp3)]);
  const { lufs, truePeakDb } = products.opus.loudness;
  return {
    path: paths.opus,
    type: AUDIO_TYPE,
    ...opus,
    durationMs: products.opus.durationMs,
    loudness: {
      inputLufs: round(inputLufs),
      outputLufs: round(lufs),
      gainDb: level.gainDb,
      truePeakDb: round(truePeakDb),
      limited: level.ceilingDb !== undefined,
    },
    mp3: { path: paths.mp3, type: MP3_TYPE, ...mp3 },
    sound: judge({
      levels: levelsOf(analysis.power),
      rangeLu: loudnessRangeLu(analysis.weighted),
      gainDb: level.gainDb,
      clippedSamples: recording.clipped.clippedSamples,
      recordedSamples: recording.clipped.samples,
      repairedSamples: recording.repairedSamples,
      trimmedStartMs: from * STEP_MS,
      trimmedEndMs: Math.round(recording.analysis.samples / SAMPLES_PER_MS) - endMs(analysis.samples, from),
    }),
    peaks: heights,
  };
}

const endMs = (samples: number, fromStep: number): number => Math.round(samples / SAMPLES_PER_MS) + fromStep * STEP_MS;

type Part = Pick<EncodeRequest, 'pcm' | 'firstSample' | 'analysis'>;

interface Reached {
  readonly products: Readonly<Record<ProductFormat, Measured>>;
  /** Of the Opus file. */
  readonly level: Levelling;
  readonly heights: readonly number[];
}

/** Both formats side by side, each as often as it needs: the one that is right does not wait for the other. */
async function reachLevel(part: Part, inputLufs: number, paths: Paths, means: Means): Promise<Reached> {
  const level = await planLevel(part.analysis, inputLufs, FIRST_AIM);
  const plan: Plan = { aim: FIRST_AIM, level, peaks: part.analysis.peaks };
  const of = (format: ProductFormat) =>
    reachRight(part, inputLufs, { format, output: paths[format], way: 0 }, plan, means);
  const ends = await Promise.allSettled([of('opus'), of('mp3')]);
  // Whoever comes first may fail; files are taken away by the caller only when nobody writes them any more.
  const [opus, mp3] = ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  }) as [Right, Right];
  return { products: { opus: opus.measured, mp3: mp3.measured }, level: opus.level, heights: opus.heights };
}

interface Plan {
  readonly aim: Aim;
  readonly level: Levelling;
  /** What the limiter goes by. */
  readonly peaks: Float32Array;
}

interface Right extends Plan {
  readonly measured: Measured;
  readonly heights: readonly number[];
}

/** Encodes, measures, and encodes anew with a better level until it is right. */
async function reachRight(
  part: Part,
  inputLufs: number,
  firstTarget: Target,
  firstPlan: Plan,
  means: Means,
): Promise<Right> {
  let plan = firstPlan;
  let target = firstTarget;
  for (let encodings = 1; ; encodings++) {
    const analysis = { ...part.analysis, peaks: plan.peaks };
    const heights = await encode({ ...part, ...means, analysis, level: plan.level, target });
    const measured = await measureProduct({ ...means, target });
    assertWhole(measured, part.analysis.samples);
    const otherWays = target.way + 1 < WAYS[target.format].length;
    const better = correctLevel(plan, measured.loudness, { otherWays, tries: encodings });
    if (better === undefined) return { ...plan, measured, heights };
    if (encodings === MAX_ENCODINGS) {
      const { lufs, truePeakDb } = measured.loudness;
      throw new MediaProblem('media.cannotLevel', `${target.format} stays at ${lufs} LUFS, ${truePeakDb} dBTP`);
    }
    if (better.otherWay) target = { ...target, way: target.way + 1 };
    const level = await planLevel({ ...part.analysis, peaks: better.peaks }, inputLufs, better.aim);
    plan = { aim: better.aim, level, peaks: better.peaks };
  }
}

function assertWhole({ durationMs }: Measured, samples: number): void {
  const wantedMs = samples / SAMPLES_PER_MS;
  if (Math.abs(durationMs - wantedMs) > DURATION_TOLERANCE_MS) {
    throw new MediaProblem('media.toolFailed', `${wantedMs} ms went in, ${durationMs} ms came out`);
  }
}

const round = (value: number): number => Math.round(value * 100) / 100;
