// @ts-check
/** @import { Session } from './session.mjs' */

/** Sessions that are logged in, by name and by client id. */
export class Roster {
  /** @type {Map<string, Set<Session>>} */
  #byUsername = new Map();
  /** @type {Map<string, Session>} */
  #byClientId = new Map();
  size = 0;

  /** @param {string} clientId */
  withClientId(clientId) {
    return this.#byClientId.get(clientId);
  }

  /**
   * @param {Session} session
   * @returns {boolean} whether it is the first of its principal
   */
  enter(session) {
    const present = this.#byUsername.get(session.username) ?? new Set();
    this.#byUsername.set(session.username, present.add(session));
    this.#byClientId.set(session.clientId, session);
    this.size++;
    return present.size === 1;
  }

  /**
   * @param {Session} session
   * @returns {boolean} whether it was the last of its principal
   */
  leave(session) {
    const present = this.#byUsername.get(session.username);
    if (!present?.delete(session)) return false;
    this.size--;
    // A successor with the same client id may have come in already.
    if (this.#byClientId.get(session.clientId) === session) this.#byClientId.delete(session.clientId);
    if (present.size > 0) return false;
    this.#byUsername.delete(session.username);
    return true;
  }
}
