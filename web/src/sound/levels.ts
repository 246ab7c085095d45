/** How loud a microphone is, for a person who looks at a telephone while reading. */

/** Below this for some seconds, nobody would understand what was said, dBFS of the peak. */
const FAINT_DB = -34;
const FAINT_FOR_MS = 4_000;
/** Samples this near to full scale are cut off. */
const OVERLOADED_DB = -0.3;
const OVERLOAD_TOLD_MS = 2_000;
/** Left end of the meter. */
const FLOOR_DB = -60;

export type Loudness = 'good' | 'faint' | 'overloaded';

/** Peak of one block of samples, dBFS; silence is the floor of the meter. */
export function peakDb(samples: ArrayLike<number>): number {
  let peak = 0;
  for (let i = 0; i < samples.length; i++) peak = Math.max(peak, Math.abs(samples[i] ?? 0));
  return peak === 0 ? FLOOR_DB : Math.max(FLOOR_DB, 20 * Math.log10(peak));
}

/** Length of the bar, 0 to 1. */
export const barLength = (db: number): number => Math.min(1, Math.max(0, 1 - db / FLOOR_DB));

/** Says what to tell the speaker; a pause between two sentences is no fault. */
export class LoudnessWatch {
  #heardAtMs: number | null = null;
  #overloadedAtMs: number | null = null;

  /** @param atMs of any clock that only goes forward */
  next(db: number, atMs: number): Loudness {
    this.#heardAtMs ??= atMs;
    if (db > FAINT_DB) this.#heardAtMs = atMs;
    if (db > OVERLOADED_DB) this.#overloadedAtMs = atMs;
    if (this.#overloadedAtMs !== null && atMs - this.#overloadedAtMs < OVERLOAD_TOLD_MS) return 'overloaded';
    return atMs - this.#heardAtMs >= FAINT_FOR_MS ? 'faint' : 'good';
  }
}

const TYPES = ['audio/webm;codecs=opus', 'audio/mp4;codecs=mp4a.40.2', 'audio/mp4', 'audio/ogg;codecs=opus'];

/** The first that this browser can record; empty: as it likes. */
export const recordingType = (isSupported: (type: string) => boolean): string => TYPES.find(isSupported) ?? '';

/** @param type of the recording, e.g. `audio/webm;codecs=opus` */
export function recordingName(type: string, n: number): string {
  const ending = /mp4|m4a|aac/.test(type) ? 'm4a' : /ogg/.test(type) ? 'ogg' : 'webm';
  return `ghi-am-${n}.${ending}`;
}

/** `2:05`; parts of a second are not told. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
