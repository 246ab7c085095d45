import { STEP_MS } from './loudness.js';

/** Kept in front of the first and behind the last sound: breath, and the room that a word rings in. */
const KEPT_MS = 150;
/** A step this far below the loud parts is silence to every listener, and no voice speaks so much more softly than itself. */
const SILENT_BELOW_LOUD_DB = 45;
const SILENCE_AT_LEAST_DB = -80;
const SILENCE_AT_MOST_DB = -50;
/** A noise of the room is taken for silence as well, while it stays this close to the quietest parts … */
const ROOM_ABOVE_QUIET_DB = 6;
/** … far below the loud ones … */
const ROOM_BELOW_LOUD_DB = 26;
/** … and as even as only noise is: the level of speech, however soft, moves by more. */
const ROOM_UNEVENNESS_DB = 2.5;

/** Levels of all steps in dBFS, and what is loud and quiet among them. */
export interface Levels {
  readonly stepsDb: Float32Array;
  readonly loudDb: number;
  /** Tenth part of all steps is quieter. */
  readonly quietDb: number;
}

const FLOOR_DB = -120;

export function levelsOf(power: ArrayLike<number>): Levels {
  const stepsDb = Float32Array.from(power, (mean) => (mean <= 1e-12 ? FLOOR_DB : 10 * Math.log10(mean)));
  const sorted = stepsDb.slice().sort();
  const at = (part: number) => sorted[Math.round((sorted.length - 1) * part)] ?? FLOOR_DB;
  return { stepsDb, loudDb: at(0.95), quietDb: at(0.1) };
}

/**
 * The steps that stay when silence in front and behind is taken away, with some of it left. Speech is never taken, however soft:
 * where it is not certain that nobody speaks, all stays.
 */
export function withoutSilence({ stepsDb, loudDb, quietDb }: Levels, leastMs: number): { from: number; to: number } {
  const silenceDb = Math.max(SILENCE_AT_LEAST_DB, Math.min(SILENCE_AT_MOST_DB, loudDb - SILENT_BELOW_LOUD_DB));
  const roomDb = Math.min(quietDb + ROOM_ABOVE_QUIET_DB, loudDb - ROOM_BELOW_LOUD_DB);
  const first = silentSteps(stepsDb, silenceDb, roomDb, (index) => index);
  // Nothing but silence: what to do with it is not decided here.
  if (first === stepsDb.length) return { from: 0, to: stepsDb.length };
  const last = stepsDb.length - silentSteps(stepsDb, silenceDb, roomDb, (index) => stepsDb.length - 1 - index);
  const kept = KEPT_MS / STEP_MS;
  const from = Math.max(0, first - kept);
  const to = Math.min(stepsDb.length, Math.max(last + kept, from + Math.ceil(leastMs / STEP_MS)));
  return { from: Math.max(0, Math.min(from, to - Math.ceil(leastMs / STEP_MS))), to };
}

/** How many steps from one end are silence, or else the even noise of a room. */
function silentSteps(stepsDb: Float32Array, silenceDb: number, roomDb: number, at: (index: number) => number): number {
  const below = (limitDb: number) => {
    let count = 0;
    while (count < stepsDb.length && (stepsDb[at(count)] as number) <= limitDb) count++;
    return count;
  };
  const silent = below(silenceDb);
  const room = below(roomDb);
  if (room <= silent) return silent;
  return unevenness(stepsDb, room, at) <= ROOM_UNEVENNESS_DB ? room : silent;
}

function unevenness(stepsDb: Float32Array, count: number, at: (index: number) => number): number {
  let sum = 0;
  let squares = 0;
  for (let index = 0; index < count; index++) {
    const db = stepsDb[at(index)] as number;
    sum += db;
    squares += db * db;
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}
