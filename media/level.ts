import { MAX_TRUE_PEAK_DB, SAMPLE_RATE, SILENT_BELOW_LUFS, TARGET_LUFS } from './limits.js';
import { MediaProblem } from './problem.js';

/** Integrated loudness and true peak of one signal (EBU R128). Silence is −70 LUFS, its peak −Infinity. */
export interface Loudness {
  readonly lufs: number;
  readonly truePeakDb: number;
}

/** Which signal of a recording becomes the mono one. */
export type MonoSource = 'mix' | 'left' | 'right';

const PAN: Record<MonoSource, string> = { mix: '0.5*c0+0.5*c1', left: 'c0', right: 'c1' };

/** From here on the signal is float at 48 kHz: peaks above full scale are kept until the gain is known. */
export const TO_WORKING_FORMAT = `aresample=${SAMPLE_RATE},aformat=sample_fmts=fltp:channel_layouts=stereo|mono`;

/** A mono file has only c0: its left is the sound and its right is silent. */
export function monoFilter(source: MonoSource): string {
  return `pan=mono|c0=${PAN[source]}`;
}

/**
 * A mix that lies this far below the louder channel lost sound by cancelling. A voice on one channel alone lies 6.02 LU
 * below, which is no loss.
 */
const CANCELLED_LU = 7;

/** Takes the mix, unless one channel is silent or the two cancel each other (a microphone wired in opposite phase). */
export function chooseMono(loudness: Readonly<Record<MonoSource, Loudness>>): MonoSource {
  const { mix, left, right } = loudness;
  const louder = left.lufs >= right.lufs ? 'left' : 'right';
  const quieter = Math.min(left.lufs, right.lufs);
  if (loudness[louder].lufs < SILENT_BELOW_LUFS) {
    throw new MediaProblem('media.silent', `loudness ${loudness[louder].lufs} LUFS`);
  }
  if (quieter < SILENT_BELOW_LUFS) return louder;
  return loudness[louder].lufs - mix.lufs > CANCELLED_LU ? louder : 'mix';
}

/** A linear gain, and the ceiling of the limiter where one is needed. */
export interface Levelling {
  readonly gainDb: number;
  readonly ceilingDb: number | undefined;
}

/** The codec may add a little to a peak, so the limiter works this far below what is allowed. */
const CODEC_HEADROOM_DB = 0.7;
/** Near enough: the summary of ffmpeg is rounded to 0.1 LU, and each further try costs an encoding. */
const CLOSE_LU = 0.35;
/** What speech loses when its peaks are held down, per decibel (measured on espeak-ng); a good start saves encodings. */
const LIMITER_LOSS_PER_DB = 0.3;
const MAX_EXPECTED_LOSS_LU = 2;
/** Behind a limiter more gain gives less than as much loudness. */
const GAIN_PER_LIMITED_LU = 1.6;
/** Opus drops what a horn cannot sound, which may cost loudness; but a limiter must not be driven without end. */
const MAX_EXTRA_GAIN_DB = 9;

/** First levelling of a recording of this loudness. */
export function planLevel(input: Loudness): Levelling {
  const gainDb = TARGET_LUFS - input.lufs;
  const ceilingDb = MAX_TRUE_PEAK_DB - CODEC_HEADROOM_DB;
  const excessDb = input.truePeakDb + gainDb - MAX_TRUE_PEAK_DB;
  if (excessDb <= 0) return { gainDb: round(gainDb), ceilingDb: undefined };
  const lossLu = Math.min(LIMITER_LOSS_PER_DB * excessDb, MAX_EXPECTED_LOSS_LU);
  return { gainDb: round(gainDb + lossLu), ceilingDb };
}

/**
 * What to do better after the result was measured, or undefined when it is right. The peak is a limit, the loudness an aim:
 * `lastChance` gives up loudness to keep the peak.
 */
export function correctLevel(
  used: Levelling,
  input: Loudness,
  output: Loudness,
  lastChance: boolean,
): Levelling | undefined {
  const excessDb = output.truePeakDb - MAX_TRUE_PEAK_DB;
  if (excessDb > 0 && lastChance) {
    const lowerDb = excessDb + 0.5;
    return {
      gainDb: round(used.gainDb - lowerDb),
      ceilingDb: used.ceilingDb === undefined ? undefined : round(used.ceilingDb - lowerDb),
    };
  }
  const offLu = (TARGET_LUFS - output.lufs) * (used.ceilingDb === undefined ? 1 : GAIN_PER_LIMITED_LU);
  const highestDb = TARGET_LUFS - input.lufs + MAX_EXTRA_GAIN_DB;
  const gainDb =
    Math.abs(TARGET_LUFS - output.lufs) <= CLOSE_LU ? used.gainDb : round(Math.min(used.gainDb + offLu, highestDb));
  if (excessDb <= 0 && Math.abs(gainDb - used.gainDb) < 0.05) return undefined;
  return { gainDb, ceilingDb: nextCeiling(used, gainDb, output) };
}

function nextCeiling(used: Levelling, gainDb: number, output: Loudness): number | undefined {
  const excessDb = output.truePeakDb - MAX_TRUE_PEAK_DB;
  if (used.ceilingDb !== undefined) return excessDb > 0 ? round(used.ceilingDb - excessDb - 0.2) : used.ceilingDb;
  const expectedDb = output.truePeakDb + gainDb - used.gainDb;
  return expectedDb > MAX_TRUE_PEAK_DB ? MAX_TRUE_PEAK_DB - CODEC_HEADROOM_DB : undefined;
}

const LIMITER_RATE = 4 * SAMPLE_RATE;
const LOOKAHEAD_MS = 5;

/** The limiter sees samples only, so it works at four times the rate, where samples come close to the true peak. */
export function levelFilters({ gainDb, ceilingDb }: Levelling): string[] {
  const volume = `volume=${gainDb.toFixed(2)}dB:precision=float`;
  if (ceilingDb === undefined) return [volume];
  const lookahead = (LIMITER_RATE * LOOKAHEAD_MS) / 1000;
  return [
    volume,
    `aresample=${LIMITER_RATE}`,
    // alimiter delays by its lookahead and swallows as much at the end: lent before, taken back behind.
    `apad=pad_len=${lookahead}`,
    `alimiter=limit=${(10 ** (ceilingDb / 20)).toFixed(5)}:attack=${LOOKAHEAD_MS}:release=60:level=false`,
    `atrim=start_sample=${lookahead}`,
    'asetpts=PTS-STARTPTS',
    `aresample=${SAMPLE_RATE}`,
  ];
}

function round(db: number): number {
  return Math.round(db * 100) / 100;
}
