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

/**
 * What an outcome proves of the item. Of a relay nobody verified what its source sent: it may have sounded whole, and yet proves no more
 * than that the loudspeaker sounded.
 * @param relayHeardMs null: stored sound
 */
export const provenBy = (outcome: PlayFact['outcome'], relayHeardMs: number | null): PlayFact['outcome'] =>
  outcome === 'complete' && relayHeardMs !== null ? 'partial' : outcome;
