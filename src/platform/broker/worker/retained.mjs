// @ts-check
import { Readable } from 'node:stream';
import { matches } from './filters.mjs';

/** @import { Aedes } from 'aedes' */
/** @typedef {{ topic: string, payload: Uint8Array }} Kept */
/**
 * @typedef {{
 *   storeRetained: (packet: Kept) => Promise<void>,
 *   createRetainedStream: (pattern: string) => Readable,
 *   createRetainedStreamCombi: (patterns: readonly string[]) => Readable,
 * }} RetainedStore the methods of aedes' persistence that are replaced here
 */

/**
 * aedes looks through everything that is retained for every filter that somebody subscribes to. Of some thousand devices each has
 * a plan, a state and an identity there, and each subscribes to a dozen topics without a wildcard: when all come back at once
 * that is a thousand million comparisons. A topic without a wildcard is looked up.
 * @param {Aedes} aedes
 */
export function lookRetainedUp(aedes) {
  const persistence = /** @type {RetainedStore} */ (
    /** @type {unknown} */ (/** @type {{ persistence: unknown }} */ (/** @type {unknown} */ (aedes)).persistence)
  );
  for (const method of /** @type {const} */ (['storeRetained', 'createRetainedStream', 'createRetainedStreamCombi']))
    if (typeof persistence[method] !== 'function')
      throw new Error('This version of aedes keeps retained messages in another way; see worker/retained.mjs');
  /** @type {Map<string, Kept>} */
  const kept = new Map();
  persistence.storeRetained = async (packet) => {
    if (packet.payload.length === 0) kept.delete(packet.topic);
    else kept.set(packet.topic, { ...packet });
  };
  persistence.createRetainedStreamCombi = (patterns) => Readable.from(patterns.flatMap((each) => found(kept, each)));
  persistence.createRetainedStream = (pattern) => Readable.from(found(kept, pattern));
}

/**
 * @param {ReadonlyMap<string, Kept>} kept
 * @param {string} filter
 * @returns {Kept[]}
 */
export function found(kept, filter) {
  if (/[+#]/.test(filter)) return [...kept.values()].filter(({ topic }) => matches(filter, topic));
  const packet = kept.get(filter);
  return packet ? [packet] : [];
}
