import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Recurrence } from '../engine/index.js';

/**
 * One object for all recurrences of the same words. What the engine works out of a rule it remembers by its object, and a rule with a
 * huge COUNT may take it long: so a request is judged before its write with the same `KnownRules` as inside it, where what the rules
 * come to is only looked up. A rule that somebody else stores in between is worked out there.
 */
export class KnownRules {
  readonly #known = new Map<string, Recurrence>();

  of<Kind extends Recurrence>(recurrence: Kind): Kind {
    const words = JSON.stringify(recurrence);
    const known = this.#known.get(words) ?? recurrence;
    this.#known.set(words, known);
    return known as Kind;
  }
}

/** Others have their turn between one and the next. Not inside a write: nothing but database work is awaited there. */
export function inTurns<In, Out>(work: (one: In) => Promise<Out>): (one: In) => Promise<Out> {
  return async (one) => {
    await nextTurn();
    return work(one);
  };
}
