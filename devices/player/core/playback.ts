import { byTurn, type Cause, decideLate, ON_TIME_MS, type PlannedPlay, PREEMPTION } from '../../protocol/index.js';
import { clockOf, timeAt } from './clock.js';
import { owedPlays } from './owed.js';
import { writeReceipt } from './receipts.js';
import type { CoreState, ObligedPlay } from './state.js';
import type { Turn } from './turn.js';

/** Sound that ends within this of the file's length is complete: decoders and sound cards round. */
export const COMPLETE_WITHIN_MS = 150;

/** Plays that still owe a receipt, by planned start, the one that sounds excepted. */
export function openObligations(state: CoreState): readonly ObligedPlay[] {
  const busy = (state.durable.current ?? state.starting)?.obliged.play.play;
  const owed = owedPlays(state.durable);
  return busy === undefined ? owed : owed.filter(({ play }) => play.play !== busy);
}

/** Does everything that is due by now: cuts, starts, and receipts for what can no longer be played. */
export function settlePlays(turn: Turn): void {
  const { nowMs } = turn.time;
  // Case 24: without trusted time nothing scheduled plays; the receipts are written once time is known.
  if (nowMs === null) return turn.set({ trustedSinceMonoMs: null });
  if (turn.state.closing) return closePlays(turn);
  if (turn.state.trustedSinceMonoMs === null) turn.set({ trustedSinceMonoMs: turn.moment.monoMs });
  for (const obliged of Object.values(turn.state.durable.withdrawn)) settleWithdrawn(turn, obliged, nowMs);
  const { current } = turn.state.durable;
  if (current && nowMs >= current.obliged.play.latestEndMs) stopCurrent(turn, 'cutShort');

  const waiting: ObligedPlay[] = [];
  for (const obliged of openObligations(turn.state)) {
    if (obliged.play.startMs > nowMs) break; // in the order of their starts
    const decision = decideLate(obliged.play, nowMs);
    if (decision.action === 'skip' || turn.state.damaged.has(obliged.play.audio.sha256))
      missed(turn, obliged, decision.action === 'skip' ? decision.reason : 'late');
    else if (turn.state.stored.has(obliged.play.audio.sha256)) waiting.push(obliged);
  }
  waiting.sort((a, b) => byTurn(a.play, b.play));
  const next = waiting[0];
  if (next) giveTurn(turn, next, nowMs);
}

/** While the program ends nothing starts; what was only asked to start is stopped once it sounds. */
function closePlays(turn: Turn): void {
  stopCurrent(turn, 'playerStopped');
}

function giveTurn(turn: Turn, next: ObligedPlay, nowMs: number): void {
  const { durable, starting } = turn.state;
  const sounding = durable.current?.obliged.play ?? starting?.obliged.play;
  if (sounding) {
    if (PREEMPTION[next.play.class][sounding.class] === 'interrupt') stopCurrent(turn, 'preempted');
    return;
  }
  const decision = decideLate(next.play, nowMs);
  if (decision.action !== 'play') return;
  turn.set({ starting: { obliged: next, seekMs: decision.seekMs, lateMs: decision.lateMs } });
  turn.emit({
    type: 'startSound',
    play: next.play.play,
    sha256: next.play.audio.sha256,
    seekMs: decision.seekMs,
    volume: next.play.volume,
  });
}

export function stopCurrent(turn: Turn, cause: Cause): void {
  const { current } = turn.state.durable;
  if (!current || current.stopCause) return;
  turn.record({ t: 'stopping', cause });
  turn.emit({ type: 'stopSound', play: current.obliged.play.play });
}

/** Withdrawn content stops at once; its receipt is due at the planned start (an undo before that revives the play). */
function settleWithdrawn(turn: Turn, obliged: ObligedPlay, nowMs: number): void {
  const { current, starting } = turn.state.durable.current
    ? { current: turn.state.durable.current, starting: null }
    : { current: null, starting: turn.state.starting };
  if (current?.obliged.play.play === obliged.play.play) return stopCurrent(turn, 'withdrawn');
  if (starting?.obliged.play.play === obliged.play.play) return;
  if (obliged.play.startMs <= nowMs) notPlayed(turn, obliged, 'withdrawn');
}

function missed(turn: Turn, obliged: ObligedPlay, reason: 'late' | 'noTimeLeft'): void {
  notPlayed(turn, obliged, causeOfMiss(turn.state, obliged.play, reason));
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
  // It waited for the loudspeaker, and what holds the loudspeaker may take it from this play.
  const holder = (durable.current ?? state.starting)?.obliged.play.class;
  return holder && PREEMPTION[holder][play.class] === 'interrupt' ? 'preempted' : reason;
}

/** Server time at an earlier monotonic instant of this kernel boot. */
function timeAtMono(state: CoreState, monoMs: number): number | null {
  const { clock } = state.durable;
  return clock ? clock.serverMs + (monoMs - clock.monoMs) : null;
}

function notPlayed(turn: Turn, obliged: ObligedPlay, cause: Cause): void {
  const verified = turn.state.stored.has(obliged.play.audio.sha256);
  writeReceipt(turn, obliged, {
    outcome: 'notPlayed',
    cause,
    grade: verified ? 'verified' : 'received',
    startedAtMs: null,
    playedMs: 0,
    seekMs: 0,
    lateMs: 0,
    clock: clockOf(turn.time),
  });
}

export function soundStarted(turn: Turn, play: string, atMonoMs: number): void {
  const { starting } = turn.state;
  if (!starting || starting.obliged.play.play !== play) return;
  const time = timeAt(turn.state.durable.clock, atMonoMs);
  const startedAtMs = time.nowMs ?? turn.time.nowMs ?? starting.obliged.play.startMs;
  turn.record({
    t: 'started',
    current: {
      obliged: starting.obliged,
      startedAtMs,
      lateMs: Math.max(0, startedAtMs - starting.obliged.play.startMs),
      seekMs: starting.seekMs,
      playedMs: 0,
      clock: clockOf(turn.time),
      stopCause: null,
    },
  });
  turn.set({ starting: null });
}

export function soundProgress(turn: Turn, play: string, playedMs: number): void {
  const { current } = turn.state.durable;
  if (current?.obliged.play.play === play && playedMs > current.playedMs)
    turn.record({ t: 'progress', playedMs: Math.floor(playedMs) });
}

export function soundEnded(
  turn: Turn,
  play: string,
  playedMs: number,
  reason: 'end' | 'stopped' | 'failed' | 'damaged',
): void {
  if (reason === 'damaged') {
    const sha256 = (turn.state.durable.current ?? turn.state.starting)?.obliged.play.audio.sha256;
    if (sha256) turn.set({ damaged: new Set(turn.state.damaged).add(sha256) });
  }
  const failure: Cause = reason === 'damaged' ? 'assetDamaged' : 'soundFailed';
  const { starting } = turn.state;
  if (starting?.obliged.play.play === play) {
    turn.set({ starting: null });
    // Stopped before it sounded because the program ends: still owed, the next boot decides.
    if (turn.state.closing) return;
    return notPlayed(turn, starting.obliged, failure);
  }
  const { current } = turn.state.durable;
  if (current?.obliged.play.play !== play) return;
  soundProgress(turn, play, playedMs);
  endCurrent(turn, reason === 'end' || reason === 'stopped' ? null : failure);
}

/** After a crash in mid-play: the seconds that the journal knows, as a partial receipt (case 7). */
export function endInterrupted(turn: Turn): void {
  if (turn.state.durable.current) endCurrent(turn, turn.state.durable.downCause);
}

function endCurrent(turn: Turn, failure: Cause | null): void {
  const { current } = turn.state.durable;
  if (!current) return;
  const { play } = current.obliged;
  const whole = current.seekMs === 0 && current.playedMs >= play.audio.durationMs - COMPLETE_WITHIN_MS;
  // What asked the sound to stop came first: a failure after that is its consequence.
  // A play that was interrupted is never complete, even if the interruption came in its last instant.
  const complete = whole && failure === null && current.stopCause === null;
  const shortened: Cause = current.seekMs > 0 ? 'late' : 'soundFailed';
  writeReceipt(turn, current.obliged, {
    outcome: complete ? 'complete' : 'partial',
    cause: complete ? null : (current.stopCause ?? failure ?? shortened),
    grade: complete ? 'completed' : 'started',
    startedAtMs: current.startedAtMs,
    playedMs: current.playedMs,
    seekMs: current.seekMs,
    lateMs: current.lateMs,
    clock: current.clock,
  });
}
