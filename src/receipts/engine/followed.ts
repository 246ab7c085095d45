import type { PlayFact } from './cells.js';

/**
 * What an outcome says of the item that is planned by now. A device that was offline may have followed what it was told before: if that
 * was other content, the one final receipt of this play proves that the planned item was not heard in it.
 * @param play `followedItemId`: what the followed telling named, if it was a former one; else null
 */
export function plannedFact({
  followedItemId,
  ...fact
}: PlayFact & { readonly followedItemId: string | null }): PlayFact {
  return followedItemId === null || followedItemId === fact.itemId ? fact : { ...fact, outcome: 'notPlayed' };
}

/** What stands between a whole play and its proof. */
export interface Weaknesses {
  /** Null: stored sound. Of a relay nobody verified what its source sent, though it may have sounded whole. */
  readonly relayHeardMs: number | null;
  /** A transmitter brought it on the air or into a wire (đưa tới máy phát): its receivers are heard by nobody here. */
  readonly toTransmitter: boolean;
}

/** What an outcome proves of the item where it should have been heard. */
export const provenBy = (
  outcome: PlayFact['outcome'],
  { relayHeardMs, toTransmitter }: Weaknesses,
): PlayFact['outcome'] => (outcome === 'complete' && (relayHeardMs !== null || toTransmitter) ? 'partial' : outcome);
