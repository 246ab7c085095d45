import type { Outcome } from '../../../../devices/protocol/index.js';
import { provenOutcome } from '../../engine/tally.js';
import type { Answer } from './sessions.js';

export const CONTRADICTIONS = ['playedNotHeard', 'heardNotPlayed'] as const;
export type Contradiction = (typeof CONTRADICTIONS)[number];

/** What is known by now of one play of a session. */
export interface PlayEvidence {
  readonly clusterId: string;
  readonly itemId: string;
  /** Null: no receipt came (chưa rõ). */
  readonly outcome: Outcome | null;
  readonly relayHeardMs: number | null;
  /** Null: the device cannot tell whether the line carried a signal. */
  readonly sensed: boolean | null;
  readonly toTransmitter: boolean;
  /** Other content, which a device that was offline had been told before; null: as planned. */
  readonly followedItemId: string | null;
}

/**
 * How an answer and the receipts of its session speak against each other; null: they do not.
 * Against *không nghe* stands only the whole proof: every play complete at every cluster that serves the hamlet, as far as receipts prove that
 * (`OUTCOME_RULES`: relays, transmitters and silent lines prove less). Against *nghe rõ* stands that no device says that anything sounded: silence, or *không phát*.
 * @param clusterIds that served the hamlet on that day
 */
export function contradictionOf(
  answer: Answer,
  clusterIds: readonly string[],
  plays: readonly PlayEvidence[],
): Contradiction | null {
  if (plays.length === 0) return null;
  if (answer === 'clear')
    return plays.some(({ outcome }) => outcome === 'complete' || outcome === 'partial') ? null : 'heardNotPlayed';
  if (answer !== 'notHeard') return null;
  const proven = new Set(plays.map(({ clusterId }) => clusterId));
  const whole = clusterIds.every((id) => proven.has(id)) && plays.every((play) => provenOf(play) === 'complete');
  return whole ? 'playedNotHeard' : null;
}

/** What the receipt of a play proves of the item that is planned in it. */
export function provenOf({ toTransmitter, followedItemId, itemId, ...said }: PlayEvidence): Outcome | null {
  return provenOutcome(said, {
    reach: toTransmitter ? 'transmitter' : 'horn',
    content: followedItemId === null || followedItemId === itemId ? 'same' : 'other',
  });
}
