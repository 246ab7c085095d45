import type { ClockAnchor, CoreState } from '../player/core/index.js';
import { isReady, nextPlayChange, timeAt } from '../player/core/index.js';

/**
 * Compressed time, pure. A simulated device's monotonic clock is the process's real one plus its own offset, and the offset
 * only ever grows, by jumps. Three properties make a jump harmless to the core, which knows nothing of it:
 *
 * 1. A jump happens only while nothing is under way on the network (`mayJump`), so no resend or repeated wish can fall due.
 * 2. A jump moves the clock anchor along its own line (`carried`): server time and monotonic time grow together, so every
 *    past instant keeps its server time, and the age of the last time exchange, by which resync, coasting and drift are
 *    judged, counts real time only. What is skipped ages no crystal.
 * 3. A later signed answer gives the service's real time; the device lives ahead of it by its offset (`ahead`).
 *
 * All instants are milliseconds: `real…` of the process's monotonic clock, `mono…` of the device's.
 */
export type Pace = 'instant' | number;

/** Null: held, time runs as everywhere. */
export type Compression = { readonly pace: Pace; readonly releasedAtRealMs: number } | null;

/**
 * - `linked`: connected, and the retained plan was seen on this connection (an edit made meanwhile must not be outrun).
 * - `linking`: on its way there, or lost its connection by accident.
 * - `severed`: offline on purpose: it plays on alone and gathers receipts, as a controller without network does.
 */
export type Reach = 'linked' | 'linking' | 'severed';

/** How far the compressed clocks of the whole fleet may have come; a device that was held up catches up to it. */
export function horizon(compression: Compression, realMs: number): number {
  if (!compression) return realMs;
  const { pace, releasedAtRealMs } = compression;
  return pace === 'instant' ? Number.POSITIVE_INFINITY : releasedAtRealMs + (realMs - releasedAtRealMs) * pace;
}

/** The real instant at which the horizon reaches `monoMs`. */
export function horizonReaches(compression: NonNullable<Compression>, monoMs: number): number {
  const { pace, releasedAtRealMs } = compression;
  return pace === 'instant' ? releasedAtRealMs : releasedAtRealMs + (monoMs - releasedAtRealMs) / pace;
}

export function carried(anchor: ClockAnchor, byMs: number): ClockAnchor {
  return { ...anchor, serverMs: anchor.serverMs + byMs, monoMs: anchor.monoMs + byMs };
}

/** What a fresh exchange means to a device that lives `offsetMs` ahead of the service. */
export function ahead(anchor: ClockAnchor, offsetMs: number): ClockAnchor {
  return { ...anchor, serverMs: anchor.serverMs + offsetMs };
}

/** Whether time may be skipped now: trusted, with all that the plan needs, and nothing asked, sent or owed. */
export function mayJump(state: CoreState, monoMs: number, reach: Reach): boolean {
  const { trust, nowMs } = timeAt(state.durable.clock, monoMs);
  if (trust !== 'trusted' || reach === 'linking' || !isReady(state, nowMs)) return false;
  if (reach === 'severed') return true;
  return state.timeAsked === null && state.sent === null && state.durable.unsent.length === 0;
}

/**
 * The monotonic instant of the next thing that happens without the network: a play starts, ends, is cut or given up.
 * Null when there is none by `untilMs` (server time; null: the plan's own end). A sound that has begun is let end.
 */
export function nextChange(
  state: CoreState,
  soundEndsMonoMs: number | null,
  monoMs: number,
  untilMs: number | null,
): number | null {
  const { clock } = state.durable;
  const change = nextPlayChange(state, monoMs);
  const beyond = change !== null && clock && untilMs !== null && clock.serverMs + change - clock.monoMs > untilMs;
  const play = beyond ? null : change;
  if (soundEndsMonoMs === null || play === null) return soundEndsMonoMs ?? play;
  return Math.min(soundEndsMonoMs, play);
}
