import {
  byTurn,
  type Cause,
  causeOfWaiting,
  decideLate,
  lastAgainMs,
  ON_TIME_MS,
  type PlannedPlay,
  preempts,
  seekAgainMs,
} from '../../protocol/index.js';
import { monoOf, timeAt } from './clock.js';
import { owedPlays } from './owed.js';
import { silences } from './silence.js';
import { endSuspended, interruptCurrent, notPlayed, stopCurrent, suspendedOf, volumeOf } from './sounding.js';
import type { CoreState, ObligedPlay, SuspendedPlay } from './state.js';
import type { Turn } from './turn.js';

/** Plays that still owe a receipt and have not sounded yet, by planned start. */
export function openObligations(state: CoreState): readonly ObligedPlay[] {
  const { suspended } = state.durable;
  const busy = soundingPlay(state)?.play;
  const owed = owedPlays(state.durable);
  if (busy === undefined && Object.keys(suspended).length === 0) return owed;
  return owed.filter(({ play: { play } }) => play !== busy && !Object.hasOwn(suspended, play));
}

/** Interrupted plays that wait for another turn. */
export function suspendedPlays(state: CoreState): readonly SuspendedPlay[] {
  const busy = soundingPlay(state)?.play;
  return Object.values(state.durable.suspended).filter(({ obliged }) => obliged.play.play !== busy);
}

/** What holds the loudspeaker, heard already or just asked for. */
export function soundingPlay(state: CoreState): PlannedPlay | null {
  return (state.durable.current ?? state.starting)?.obliged.play ?? null;
}

/**
 * The play that begins next if nothing changes, and its planned instant (monotonic; past for one that waits for its turn):
 * what decoder and amplifier prepare for. Null: none is known that begins at its beginning and whose audio is here.
 */
export function nextStart(
  state: CoreState,
  monoMs: number,
): { readonly play: PlannedPlay; readonly volume: number; readonly atMonoMs: number } | null {
  const { clock } = state.durable;
  const { nowMs } = timeAt(clock, monoMs);
  if (!clock || nowMs === null || state.closing) return null;
  const next = openObligations(state).find(({ play }) => {
    const decision = decideLate(play, nowMs);
    const begins = decision.action === 'play' && decision.seekMs === 0;
    return begins && maySound(state, play, Math.max(nowMs, play.startMs)) && !state.damaged.has(play.audio.sha256);
  });
  if (!next) return null;
  const { play } = next;
  return { play, volume: volumeOf({ state }, play.volume), atMonoMs: monoOf(clock, play.startMs) };
}

/** A play that may sound now, and from where. */
interface Candidate {
  readonly obliged: ObligedPlay;
  readonly seekMs: number;
}

/** Does everything that is due by now: cuts, starts, and receipts for what can no longer be played. */
export function settlePlays(turn: Turn): void {
  const { nowMs } = turn.time;
  // Case 24: without trusted time nothing scheduled plays; the receipts are written once time is known.
  if (nowMs === null) return turn.set({ trustedSinceMonoMs: null });
  // While the program ends nothing starts; what was only asked to start is stopped once it sounds.
  if (turn.state.closing) return stopCurrent(turn, 'playerStopped');
  if (turn.state.trustedSinceMonoMs === null) turn.set({ trustedSinceMonoMs: turn.moment.monoMs });
  for (const obliged of Object.values(turn.state.durable.withdrawn)) settleWithdrawn(turn, obliged, nowMs);
  const { current } = turn.state.durable;
  if (current && nowMs >= current.obliged.play.latestEndMs) stopCurrent(turn, 'cutShort');
  if (current && silences(turn.state.durable.silence, current.obliged.play, nowMs)) stopCurrent(turn, 'stopped');

  const candidates = [...settleSuspended(turn, nowMs), ...settleOpen(turn, nowMs)];
  candidates.sort((a, b) => byTurn(a.obliged.play, b.obliged.play));
  const next = candidates[0];
  if (next) giveTurn(turn, next, nowMs);
}

function settleOpen(turn: Turn, nowMs: number): Candidate[] {
  const candidates: Candidate[] = [];
  // What sounds is not interrupted, nor waited for, before the planned instant.
  const leadMs = soundingPlay(turn.state) ? 0 : (turn.env.leadMs ?? 0);
  for (const obliged of openObligations(turn.state)) {
    const { play } = obliged;
    if (play.startMs > nowMs + leadMs) break; // in the order of their starts
    const decision = decideLate(play, nowMs);
    if (decision.action === 'skip' || turn.state.damaged.has(play.audio.sha256))
      notPlayed(turn, obliged, causeOfMiss(turn.state, play, decision.action === 'skip' ? decision.reason : 'late'));
    else if (maySound(turn.state, play, nowMs)) candidates.push({ obliged, seekMs: decision.seekMs });
  }
  return candidates;
}

function settleSuspended(turn: Turn, nowMs: number): Candidate[] {
  const candidates: Candidate[] = [];
  for (const suspended of suspendedPlays(turn.state)) {
    const { obliged, heard } = suspended;
    const { sha256 } = obliged.play.audio;
    if (turn.state.damaged.has(sha256)) endSuspended(turn, suspended, 'assetDamaged');
    else if (nowMs > lastAgainMs(obliged.play, heard))
      endSuspended(turn, suspended, causeOfRest(turn.state, suspended));
    else if (maySound(turn.state, obliged.play, nowMs))
      candidates.push({ obliged, seekMs: seekAgainMs(obliged.play, heard, nowMs) });
  }
  return candidates;
}

/** Its audio is here, and nobody wants silence. */
const maySound = ({ stored, durable }: CoreState, play: PlannedPlay, nowMs: number): boolean =>
  stored.has(play.audio.sha256) && !silences(durable.silence, play, nowMs);

function giveTurn(turn: Turn, { obliged, seekMs }: Candidate, nowMs: number): void {
  const { play, audio, volume } = obliged.play;
  const sounding = soundingPlay(turn.state);
  if (sounding) {
    if (preempts(obliged.play, sounding)) interruptCurrent(turn, { atMs: nowMs, by: play });
    return;
  }
  turn.set({ starting: { obliged, seekMs } });
  const { clock } = turn.state.durable;
  const plannedMonoMs = clock ? monoOf(clock, obliged.play.startMs) : 0;
  const atMonoMs = Math.max(turn.moment.monoMs, plannedMonoMs);
  const { relay } = obliged.play;
  turn.emit({
    type: 'startSound',
    play,
    sha256: audio.sha256,
    seekMs,
    volume: volumeOf(turn, volume),
    ...(relay ? { relay: { source: relay, relayMs: audio.durationMs - seekMs } } : {}),
    atMonoMs,
  });
}

/** Withdrawn content stops at once; what has not sounded gets its receipt at the planned start (an undo before revives it). */
function settleWithdrawn(turn: Turn, obliged: ObligedPlay, nowMs: number): void {
  const { play } = obliged.play;
  const { current } = turn.state.durable;
  if (current?.obliged.play.play === play) return stopCurrent(turn, 'withdrawn');
  if (soundingPlay(turn.state)?.play === play) return;
  const interrupted = suspendedOf(turn.state, play);
  if (interrupted) return endSuspended(turn, interrupted, 'withdrawn');
  if (obliged.play.startMs <= nowMs) notPlayed(turn, obliged, 'withdrawn');
}

/** Why a play that is too late was not played in time; the first that applies, in the order in which they would have hit. */
function causeOfMiss(state: CoreState, play: PlannedPlay, reason: 'late' | 'noTimeLeft'): Cause {
  if (state.durable.toldLate.includes(play.play)) return 'planLate';
  const standstill = causeOfStandstill(state, play, play.startMs + ON_TIME_MS);
  if (standstill) return standstill;
  if (state.damaged.has(play.audio.sha256)) return 'assetDamaged';
  if (!state.stored.has(play.audio.sha256)) return 'assetMissing';
  return causeOfWaiting(soundingPlay(state), play, reason);
}

/** Why an interrupted play did not go on in time: the interruption, unless it could not have gone on without it either. */
function causeOfRest(state: CoreState, { obliged: { play }, heard }: SuspendedPlay): Cause {
  const standstill = causeOfStandstill(state, play, lastAgainMs(play, heard));
  return standstill ?? (state.stored.has(play.audio.sha256) ? 'preempted' : 'assetMissing');
}

/** What kept the player from playing it at its last chance (server time), whatever else sounded; null: nothing did. */
function causeOfStandstill(state: CoreState, play: PlannedPlay, lastChanceMs: number): Cause | null {
  const { durable, trustedSinceMonoMs } = state;
  const before = (monoMs: number | null): boolean => {
    const atMs = monoMs === null ? null : timeAtMono(state, monoMs);
    return atMs !== null && lastChanceMs < atMs;
  };
  if (before(durable.poweredMonoMs)) return 'powerLost';
  if (before(durable.timedMonoMs)) return 'noTrustedTime';
  if (before(durable.bootMonoMs)) return 'playerStopped';
  if (before(trustedSinceMonoMs)) return 'noTrustedTime';
  return silences(durable.silence, play, lastChanceMs) ? 'stopped' : null;
}

/** Server time at an earlier monotonic instant of this kernel boot. */
function timeAtMono(state: CoreState, monoMs: number): number | null {
  const { clock } = state.durable;
  return clock ? clock.serverMs + (monoMs - clock.monoMs) : null;
}
