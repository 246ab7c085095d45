import type { SoundReport, SoundVerdict } from '../report.js';
import { STEP_MS } from './loudness.js';
import type { Levels } from './trim.js';

/**
 * Speakers at the right distance are recorded between −30 and −18 LUFS. Who needs more than this stood too far away or spoke to the
 * wrong side, and what is lifted with him is the room.
 */
const QUIET_ABOVE_GAIN_DB = 18;
/** One sample in 2,000 cut off, some 20 a second: from about here on a listener hears the crackling. */
const CLIPPED_PART = 1 / 2000;
/** A click at full scale is not yet a distorted recording. */
const CLIPPED_AT_LEAST = 30;
/**
 * Speech goes on air with levels around −16 dBFS. Noise 30 dB below is what a listener calls noise (ITU-T P.56 speech level against
 * idle noise: good lines keep 40 dB, poor ones 25); the wind in a horn's cluster hides what is weaker.
 */
const NOISY_ABOVE_DB = -46;
/** Pauses lie this far below the loud parts; a sound without them (siren, tone, rain) has no floor that could be told. */
const PAUSES_BELOW_LOUD_DB = 6;
/** The floor of a recording is even; the softest moments of music are not. */
const EVEN_FLOOR_DB = 4;
const DIGITAL_SILENCE_DB = -100;

const ACTIVE_ABOVE_QUIET_DB = 6;
const ACTIVE_BELOW_LOUD_DB = 30;
const PAUSE_AT_LEAST_MS = 150;

export interface Judged {
  readonly levels: Levels;
  readonly rangeLu: number;
  /** By how much the levelling lifts the recording. */
  readonly gainDb: number;
  readonly clippedSamples: number;
  /** All samples of the recording as it was recorded. */
  readonly recordedSamples: number;
  readonly repairedSamples: number;
  readonly trimmedStartMs: number;
  readonly trimmedEndMs: number;
}

/** What the recording was like. Levels are those of the produced part before its gain. */
export function judge(sound: Judged): SoundReport {
  const floorDb = noiseFloor(sound.levels);
  const noiseFloorDb = floorDb === null ? null : round(floorDb + sound.gainDb, 10);
  const clippedAt = Math.max(CLIPPED_AT_LEAST, sound.recordedSamples * CLIPPED_PART);
  const verdict: SoundVerdict[] = [];
  if (sound.gainDb > QUIET_ABOVE_GAIN_DB) verdict.push('tooQuiet');
  if (sound.clippedSamples >= clippedAt) verdict.push('clipped');
  if (noiseFloorDb !== null && noiseFloorDb > NOISY_ABOVE_DB) verdict.push('noisy');
  return {
    rangeLu: round(sound.rangeLu, 10),
    noiseFloorDb,
    clippedSamples: sound.clippedSamples,
    speechRatio: round(speechRatio(sound.levels), 1000),
    trimmedStartMs: sound.trimmedStartMs,
    trimmedEndMs: sound.trimmedEndMs,
    ...(sound.repairedSamples > 0 ? { repairedSamples: sound.repairedSamples } : {}),
    verdict,
  };
}

/** Level of the pauses in dBFS, or null when they are digital silence, or cannot be told from the sound. */
function noiseFloor({ stepsDb, loudDb }: Levels): number | null {
  // Digital silence between the words is no floor: the noise, if there is any, is in the steps above it.
  const sorted = stepsDb.filter((db) => db > DIGITAL_SILENCE_DB).sort();
  if (sorted.length < stepsDb.length * 0.9) return null;
  const at = (part: number) => sorted[Math.round((sorted.length - 1) * part)] as number;
  const floorDb = at(0.1);
  if (loudDb - floorDb < PAUSES_BELOW_LOUD_DB) return null;
  return at(0.15) - at(0.05) > EVEN_FLOOR_DB ? null : floorDb;
}

/** Part of the steps that are no pause; a gap shorter than between two words belongs to the speech. */
function speechRatio({ stepsDb, loudDb, quietDb }: Levels): number {
  const activeDb = Math.min(
    Math.max(quietDb + ACTIVE_ABOVE_QUIET_DB, loudDb - ACTIVE_BELOW_LOUD_DB),
    loudDb - PAUSES_BELOW_LOUD_DB,
  );
  let active = 0;
  let gap = 0;
  let begun = false;
  for (const db of stepsDb) {
    if (db > activeDb) {
      active += 1 + (begun && gap * STEP_MS < PAUSE_AT_LEAST_MS ? gap : 0);
      gap = 0;
      begun = true;
    } else gap++;
  }
  return stepsDb.length === 0 ? 0 : active / stepsDb.length;
}

const round = (value: number, steps: number): number => Math.round(value * steps) / steps;
