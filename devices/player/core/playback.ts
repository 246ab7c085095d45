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
import { owedPlays } from './owed.js';
import { endSuspended, interruptCurrent, notPlayed, stopCurrent, suspendedOf } from './sounding.js';
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

  const candidates = [...settleSuspended(turn, nowMs), ...settleOpen(turn, nowMs)];
  candidates.sort((a, b) => byTurn(a.obliged.play, b.obliged.play));
  const next = candidates[0];
  if (next) giveTurn(turn, next, nowMs);
}

function settleOpen(turn: Turn, nowMs: number): Candidate[] {
  const candidates: Candidate[] = [];
  for (const obliged of openObligations(turn.state)) {
    const { play } = obliged;
    if (play.startMs > nowMs) break; // in the order of their starts
    const decision = decideLate(play, nowMs);
    if (decision.action === 'skip' || turn.state.damaged.has(play.audio.sha256))
      notPlayed(turn, obliged, causeOfMiss(turn.state, play, decision.action === 'skip' ? decision.reason : 'late'));
    else if (turn.state.stored.has(play.audio.sha256)) candidates.push({ obliged, seekMs: decision.seekMs });
  }
  return candidates;
}

function settleSuspended(turn: Turn, nowMs: number): Candidate[] {
  const candidates: Candidate[] = [];
  for (const suspended of suspendedPlays(turn.state)) {
    const { obliged, heard } = suspended;
    const { sha256 } = obliged.play.audio;
    if (turn.state.damaged.has(sha256)) endSuspended(turn, suspended, 'assetDamaged');
    else if (nowMs > lastAgainMs(obliged.play, heard)) endSuspended(turn, suspended, 'preempted');
    else if (turn.state.stored.has(sha256)) candidates.push({ obliged, seekMs: seekAgainMs(obliged.play, heard) });
  }
  return candidates;
}

function giveTurn(turn: Turn, { obliged, seekMs }: Candidate, nowMs: number): void {
  const { play, audio, volume } = obliged.play;
  const sounding = soundingPlay(turn.state);
  if (sounding) {
    if (preempts(obliged.play, sounding)) interruptCurrent(turn, { atMs: nowMs, by: play });
    return;
  }
  turn.set({ starting: { obliged, seekMs } });
  turn.emit({ type: 'startSound', play, sha256: audio.sha256, seekMs, volume });
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
  const { durable, trustedSinceMonoMs } = state;
  const lastChanceMs = play.startMs + ON_TIME_MS;
  const before = (monoMs: number | null): boolean => {
    const atMs = monoMs === null ? null : timeAtMono(state, monoMs);
    return atMs !== null && lastChanceMs < atMs;
  };
  if (durable.toldLate.includes(play.play)) return 'planLate';
  if (before(durable.poweredMonoMs)) return 'powerLost';
  if (before(durable.timedMonoMs)) return 'noTrustedTime';
  if (before(durable.bootMonoMs)) return 'playerStopped';
  if (before(trustedSinceMonoMs)) return 'noTrustedTime';
  if (state.damaged.has(play.audio.sha256)) return 'assetDamaged';
  if (!state.stored.has(play.audio.sha256)) return 'assetMissing';
  return causeOfWaiting(soundingPlay(state), play, reason);
}

/** Server time at an earlier monotonic instant of this kernel boot. */
function timeAtMono(state: CoreState, monoMs: number): number | null {
  const { clock } = state.durable;
  return clock ? clock.serverMs + (monoMs - clock.monoMs) : null;
}
