// @ts-check
/** @import { Session } from './session.mjs' */
/** @import { Audience } from '../messages.js' */

/** One of so many receivers (one of two, at least) may be left behind: who reads nothing or little must not slow the others. */
const LEFT_BEHIND = 10;

/** Who holds which filter: asked by a publisher that paces itself by what its receivers take. */
export class Audiences {
  /** Most filters are a device's own and have one holder: those need no set. @type {Map<string, Session | Set<Session>>} */
  #byFilter = new Map();

  /**
   * @param {string} filter
   * @param {Session} session
   */
  enter(filter, session) {
    const present = this.#byFilter.get(filter);
    if (present instanceof Set) present.add(session);
    else if (present === undefined) this.#byFilter.set(filter, session);
    else this.#byFilter.set(filter, new Set([present, session]));
  }

  /**
   * @param {string} filter
   * @param {Session} session
   */
  leave(filter, session) {
    const present = this.#byFilter.get(filter);
    if (present === session) this.#byFilter.delete(filter);
    else if (present instanceof Set && present.delete(session) && present.size === 0) this.#byFilter.delete(filter);
  }

  /**
   * @param {string} filter exactly as it was subscribed to
   * @returns {Audience}
   */
  of(filter) {
    const present = this.#byFilter.get(filter);
    const sessions = present instanceof Set ? [...present] : present ? [present] : [];
    const unsent = sessions.map(({ socket }) => socket.writableLength);
    if (unsent.length === 0) return { receivers: 0, unsentBytes: 0 };
    unsent.sort((a, b) => b - a);
    const leftBehind = unsent.length === 1 ? 0 : Math.max(1, Math.floor(unsent.length / LEFT_BEHIND));
    return { receivers: unsent.length, unsentBytes: unsent[leftBehind] ?? 0 };
  }
}
