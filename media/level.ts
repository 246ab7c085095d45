import { setImmediate } from 'node:timers/promises';
import type { Analysis } from './core/analysis.js';
import { duckedPeaks } from './core/duck.js';
import { limiterGains } from './core/limiter.js';
import { integratedLufs, STEP_MS } from './core/loudness.js';
import { type Loudness, toDb } from './core/meter.js';
import { MAX_TRUE_PEAK_DB, TARGET_LUFS } from './limits.js';
import { MediaProblem } from './problem.js';

/** A linear gain, and the ceiling of the limiter where one is needed. */
export interface Levelling {
  readonly gainDb: number;
  readonly ceilingDb: number | undefined;
}

/** What a levelling is to reach: more or less than the target where a codec is known to take or add. */
export interface Aim {
  readonly lufs: number;
  readonly ceilingDb: number;
}

/** Codecs at these bit rates add up to 1 dB to the peaks of speech (measured on espeak-ng; more room costs more than it saves) … */
const CODEC_HEADROOM_DB = 1.1;
/** … and take 0.3 to 0.45 LU of its loudness, of tones nothing. Half of it keeps either within what needs no second encoding. */
const CODEC_LOSS_LU = 0.22;
export const FIRST_AIM: Aim = { lufs: TARGET_LUFS + CODEC_LOSS_LU, ceilingDb: MAX_TRUE_PEAK_DB - CODEC_HEADROOM_DB };

/** A limiter that holds peaks down by more than this leaves nothing of the sound but its noise. */
const MAX_LIMITING_DB = 24;
const CLOSE_LU = 0.02;
/** What is no nearer than this is not worth encoding; the rest is corrected by what the codec really did. */
const NEAR_LU = 0.3;
const MAX_TRIES = 16;
/** Work of this length at a time: long recordings must not hold up the event loop. */
export const PART_MS = 60_000;

/**
 * The levelling that reaches this aim: the plain gain when no peak then passes the ceiling, else gain and limiter, whose loudness is
 * computed from the analysis. Throws `media.cannotLevel` for sound that is nothing but peaks.
 */
export async function planLevel(analysis: Analysis, inputLufs: number, aim: Aim): Promise<Levelling> {
  const linearDb = round(aim.lufs - inputLufs);
  const peakDb = toDb(analysis.peaks.reduce((highest, peak) => Math.max(highest, peak), 0));
  if (peakDb + linearDb <= aim.ceilingDb) return { gainDb: linearDb, ceilingDb: undefined };
  // More gain never makes it quieter, apart from small jumps at the gate of R128: halving finds the place, jumps and all.
  let from = linearDb;
  let to = Math.max(linearDb, MAX_LIMITING_DB + aim.ceilingDb - peakDb);
  let best = { gainDb: to, offLu: Number.POSITIVE_INFINITY };
  for (let tries = 0, gainDb = to; tries < MAX_TRIES && Math.abs(best.offLu) > CLOSE_LU; tries++) {
    const offLu = (await limitedLufs(analysis, { gainDb, ceilingDb: aim.ceilingDb })) - aim.lufs;
    if (Math.abs(offLu) < Math.abs(best.offLu)) best = { gainDb, offLu };
    // All that may be held down is not enough.
    if (tries === 0 && offLu < 0) break;
    if (offLu < 0) from = gainDb;
    else to = gainDb;
    gainDb = (from + to) / 2;
  }
  if (Math.abs(best.offLu) <= NEAR_LU) return { gainDb: round(best.gainDb), ceilingDb: aim.ceilingDb };
  throw new MediaProblem(
    'media.cannotLevel',
    `only peaks: ${best.offLu.toFixed(1)} LU off at ${best.gainDb.toFixed(1)} dB`,
  );
}

/** Loudness behind this gain and limiter. */
async function limitedLufs(analysis: Analysis, level: Levelling): Promise<number> {
  const steps = new Float32Array(analysis.weighted.length);
  const gain = amplitude(level.gainDb);
  for (let from = 0; from < analysis.peaks.length; from += PART_MS) {
    const to = Math.min(from + PART_MS, analysis.peaks.length);
    const gains = limiterGains(analysis.peaks, { from, to, gain, ceiling: amplitude(level.ceilingDb ?? 0) });
    for (let step = from / STEP_MS; step * STEP_MS < to; step++) {
      const end = Math.min((step + 1) * STEP_MS, to);
      let before = 1e-30;
      let behind = 1e-30;
      for (let ms = step * STEP_MS; ms < end; ms++) {
        // Where in the step its energy is: about where its peaks are.
        const weight = (analysis.peaks[ms] as number) ** 2;
        before += weight;
        behind += weight * (gains[ms - from] as number) ** 2;
      }
      steps[step] = ((analysis.weighted[step] as number) * gain ** 2 * behind) / before;
    }
    if (to < analysis.peaks.length) await setImmediate();
  }
  return integratedLufs(steps);
}

export const amplitude = (db: number): number => 10 ** (db / 20);

function round(db: number): number {
  return Math.round(db * 100) / 100;
}

/** Near enough; ffmpeg's own summary is rounded to 0.1, and each further try costs an encoding. */
const RIGHT_LU = 0.35;
/** Two meters may differ by so much about a peak. */
const PEAK_MARGIN_DB = 0.1;

/** A codec adds less than this to the peaks of any sound; more is a click that it made itself. */
const CLICK_DB = 1;
/** So much more than the excess is taken away where it was; twice as much with each try, as a codec may answer with another one. */
const DUCK_MARGIN_DB = 0.3;
const MAX_DUCK_MARGIN_DB = 2.4;

/** What to do better, or undefined when the result is right. */
export interface Correction {
  readonly aim: Aim;
  /** Peaks for the limiter, lowered where the result was too high. */
  readonly peaks: Float32Array;
  /** Whether to encode in another way: the codec made a click that no level explains. */
  readonly otherWay: boolean;
}

export interface Result extends Loudness {
  /** Highest point of each 10 ms. */
  readonly peaks: ArrayLike<number>;
}

/** Makes up for what the codec did to loudness and peak. `otherWays`: whether there is another way to encode; `tries`: so far. */
export function correctLevel(
  { aim, level, peaks }: { readonly aim: Aim; readonly level: Levelling; readonly peaks: Float32Array },
  result: Result,
  { otherWays, tries }: { readonly otherWays: boolean; readonly tries: number },
): Correction | undefined {
  const offLu = TARGET_LUFS - result.lufs;
  const excessDb = result.truePeakDb + PEAK_MARGIN_DB - MAX_TRUE_PEAK_DB;
  if (Math.abs(offLu) <= RIGHT_LU && excessDb <= 0) return undefined;
  return {
    otherWay: otherWays && excessDb > CLICK_DB,
    // Only what is wrong is changed: more gain makes more peaks.
    aim: Math.abs(offLu) > RIGHT_LU ? { ...aim, lufs: aim.lufs + offLu } : aim,
    peaks:
      excessDb <= 0
        ? peaks
        : duckedPeaks(peaks, result.peaks, {
            highest: amplitude(MAX_TRUE_PEAK_DB - PEAK_MARGIN_DB),
            more: amplitude(Math.min(MAX_DUCK_MARGIN_DB, DUCK_MARGIN_DB * 2 ** (tries - 1))),
            held: amplitude(aim.ceilingDb - level.gainDb),
          }),
  };
}
