import {
  type Cause,
  causeOfLess,
  type Heard,
  heardAfter,
  heardUntilInterrupted,
  heardWhole,
  type Interruption,
  waitsAgain,
} from '../../protocol/index.js';
import { clockOf, timeAt } from './clock.js';
import type { CoreEvent } from './events.js';
import { writeReceipt } from './receipts.js';
import type { CoreState, CurrentPlay, Evidence, ObligedPlay, SuspendedPlay } from './state.js';
import type { Turn } from './turn.js';

type SoundEnd = Extract<CoreEvent, { type: 'soundEnded' }>['reason'];

/** Ids come from outside: one may be a word that every object knows. */
export function suspendedOf({ durable: { suspended } }: CoreState, play: string): SuspendedPlay | undefined {
  return Object.hasOwn(suspended, play) ? suspended[play] : undefined;
}

/** Asks what sounds to stop, once; its receipt is written, or its waiting begins, when it has. */
export function stopCurrent(turn: Turn, cause: Exclude<Cause, 'preempted'>): void {
  stop(turn, cause);
}

/** The same, because another play takes the loudspeaker at `atMs` (server time). */
export function interruptCurrent(turn: Turn, by: Pick<Interruption, 'atMs' | 'by'>): void {
  stop(turn, 'preempted', by);
}

function stop(turn: Turn, cause: Cause, interruption?: Pick<Interruption, 'atMs' | 'by'>): void {
  const { current } = turn.state.durable;
  if (!current || current.stopCause) return;
  turn.record({ t: 'stopping', cause, ...(interruption ? { interruption } : {}) });
  turn.emit({ type: 'stopSound', play: current.obliged.play.play });
}

export function soundStarted(turn: Turn, play: string, atMonoMs: number): void {
  const { starting, durable } = turn.state;
  if (!starting || starting.obliged.play.play !== play) return;
  const time = timeAt(durable.clock, atMonoMs);
  const startedAtMs = time.nowMs ?? turn.time.nowMs ?? starting.obliged.play.startMs;
  const suspended = suspendedOf(turn.state, play);
  const first = suspended ?? {
    lateMs: Math.max(0, startedAtMs - starting.obliged.play.startMs),
    clock: clockOf(turn.time),
  };
  turn.record({
    t: 'started',
    current: {
      obliged: starting.obliged,
      startedAtMs,
      lateMs: first.lateMs,
      seekMs: starting.seekMs,
      playedMs: 0,
      clock: first.clock,
      volume: volumeOf(turn, starting.obliged.play.volume),
      stopCause: null,
      ...(suspended ? { before: suspended.heard, evidenceBefore: suspended.evidence } : {}),
    },
  });
  turn.set({ starting: null });
}

export function soundProgress(turn: Turn, play: string, playedMs: number): void {
  const { current } = turn.state.durable;
  if (current?.obliged.play.play === play && playedMs > current.playedMs)
    turn.record({ t: 'progress', playedMs: Math.floor(playedMs) });
}

export function soundEnded(turn: Turn, play: string, playedMs: number, reason: SoundEnd): void {
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
    const suspended = suspendedOf(turn.state, play);
    // Interrupted in its last instant: behind that there was nothing more to hear.
    if (suspended) return endSuspended(turn, suspended, reason === 'end' ? null : failure);
    return notPlayed(turn, starting.obliged, failure);
  }
  if (turn.state.durable.current?.obliged.play.play !== play) return;
  soundProgress(turn, play, playedMs);
  const { current } = turn.state.durable;
  const interrupted = suspensionOf(current);
  if (!interrupted) return endCurrent(turn, current, reason === 'end' || reason === 'stopped' ? null : failure);
  // Its end came before the interruption took hold, so there was none.
  if (reason === 'end')
    return conclude(turn, { ...current, evidence: evidenceOf(current) }, heardToItsEnd(current), null);
  turn.record({ t: 'suspended', suspended: interrupted });
}

/**
 * After a crash: what had been interrupted goes on waiting for its next turn; what sounded gets a partial receipt with
 * the seconds that the journal knows (case 7).
 */
export function endInterrupted(turn: Turn): void {
  const { current, downCause } = turn.state.durable;
  if (!current) return;
  const suspended = suspensionOf(current);
  if (suspended) turn.record({ t: 'suspended', suspended });
  else endCurrent(turn, current, downCause);
}

/** What waits once this play is silent; null: it was not interrupted, or does not begin again. */
function suspensionOf(current: CurrentPlay): SuspendedPlay | null {
  const { obliged, lateMs, clock, interruption } = current;
  if (!interruption) return null;
  const heard = heardBy(current);
  return waitsAgain(obliged.play, heard) ? { obliged, lateMs, clock, heard, evidence: evidenceOf(current) } : null;
}

/** Over all runs of the play so far. */
function evidenceOf({ volume, relayMs, sensed, evidenceBefore: before }: CurrentPlay): Evidence {
  const relayed = relayMs !== undefined || before?.relayMs !== undefined;
  const told = sensed ?? before?.sensed;
  return {
    volume: Math.min(volume, before?.volume ?? volume),
    ...(relayed ? { relayMs: (relayMs ?? 0) + (before?.relayMs ?? 0) } : {}),
    ...(told === undefined ? {} : { sensed: told || before?.sensed === true }),
  };
}

/** Percent of the file's amplitude at which a play that asks for `volume` sounds. */
export function volumeOf({ state }: Pick<Turn, 'state'>, volume: number): number {
  return Math.round((volume * state.durable.volumePercent) / 100);
}

/** Something became known of what sounds. */
export function noteEvidence(turn: Turn, play: string, evidence: Partial<Evidence>): void {
  if (turn.state.durable.current?.obliged.play.play === play) turn.record({ t: 'evidence', evidence });
}

function heardBy(current: CurrentPlay): Heard {
  const { obliged, before = null, interruption } = current;
  return interruption ? heardUntilInterrupted(obliged.play, before, current, interruption) : heardToItsEnd(current);
}

const heardToItsEnd = (current: CurrentPlay): Heard =>
  heardAfter(current.obliged.play, current.before ?? null, current);

function endCurrent(turn: Turn, current: CurrentPlay, failure: Cause | null): void {
  // What asked the sound to stop came first: a failure after that is its consequence.
  // A play that was stopped is never complete, even if the stop came in its last instant.
  const evidence = evidenceOf(current);
  conclude(turn, { ...current, evidence }, heardBy(current), current.stopCause ?? failure);
}

/** The fate of an interrupted play is known; `cause` null: all that was left has been heard. */
export function endSuspended(turn: Turn, suspended: SuspendedPlay, cause: Cause | null): void {
  conclude(turn, suspended, suspended.heard, cause);
}

/** The receipt of a play that sounded. `cause` null: its sound came to its own end. */
function conclude(
  turn: Turn,
  { obliged, lateMs, clock, evidence }: Pick<SuspendedPlay, 'obliged' | 'lateMs' | 'clock' | 'evidence'>,
  heard: Heard,
  cause: Cause | null,
): void {
  const complete = cause === null && heardWhole(obliged.play, heard);
  const shortened: Cause = causeOfLess(obliged.play, heard) ?? 'soundFailed';
  writeReceipt(turn, obliged, {
    outcome: complete ? 'complete' : 'partial',
    cause: complete ? null : (cause ?? shortened),
    grade: complete ? 'completed' : 'started',
    ...heard,
    lateMs,
    clock,
    evidence,
  });
}

/** The receipt of a play that never sounded. */
export function notPlayed(turn: Turn, obliged: ObligedPlay, cause: Cause): void {
  const verified = turn.state.stored.has(obliged.play.audio.sha256);
  writeReceipt(turn, obliged, {
    outcome: 'notPlayed',
    cause,
    grade: verified ? 'verified' : 'received',
    startedAtMs: null,
    endedAtMs: null,
    playedMs: 0,
    seekMs: 0,
    lateMs: 0,
    interruptions: [],
    clock: clockOf(turn.time),
    evidence: null,
  });
}
