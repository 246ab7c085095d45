// @ts-check
import { createHash, timingSafeEqual } from 'node:crypto';
import { covers, isFilter, isTopic } from './filters.mjs';

/** @import { Principal } from '../messages.js' */

/** @typedef {{ topic: string, retain?: boolean | undefined }} Letter what is checked of a message or last will */

const NOBODY = Buffer.alloc(32);

/**
 * A typing error in an entry must not open a door, nor stop the broker later: it is refused before it gets in.
 * @param {Principal} principal
 * @throws {Error} if its hash or one of its filters cannot be right
 */
export function checkPrincipal({ username, passwordSha256, publish, subscribe, retain }) {
  if (username === '') throw new Error('A principal needs a username');
  if (!/^[0-9a-f]{64}$/i.test(passwordSha256)) throw new Error(`passwordSha256 of "${username}" is not 64 hex digits`);
  for (const filter of [...publish, ...subscribe, ...(retain ?? [])]) {
    if (!isFilter(filter)) throw new Error(`"${filter}" of "${username}" is not an MQTT filter`);
  }
}

/**
 * @param {Pick<Principal, 'publish' | 'retain'>} rights
 * @param {Letter} letter
 * @returns {'publish' | 'retain' | null} the right that is missing
 */
export function missingToPublish(rights, { topic, retain }) {
  if (!isTopic(topic) || !rights.publish.some((filter) => covers(filter, topic))) return 'publish';
  if (retain && !rights.retain?.some((filter) => covers(filter, topic))) return 'retain';
  return null;
}

/**
 * @param {Pick<Principal, 'subscribe'>} rights
 * @param {string} filter
 * @returns {boolean} whether it asks for no more than one of the filters that are allowed
 */
export function maySubscribe(rights, filter) {
  return isFilter(filter) && rights.subscribe.some((allowed) => covers(allowed, filter));
}

/** Who exists and what each may do. Knows nothing of sockets. */
export class Directory {
  /** @type {Map<string, { principal: Principal, password: Buffer }>} */
  #entries = new Map();

  /** @param {Principal} principal */
  put(principal) {
    checkPrincipal(principal);
    this.#entries.set(principal.username, { principal, password: Buffer.from(principal.passwordSha256, 'hex') });
  }

  /** @param {string} username */
  remove(username) {
    this.#entries.delete(username);
  }

  /** @param {string} username */
  get(username) {
    return this.#entries.get(username)?.principal;
  }

  usernames() {
    return [...this.#entries.keys()];
  }

  /**
   * @param {string | undefined} username
   * @param {Uint8Array | undefined} password
   * @returns {Principal | null}
   */
  admit(username, password) {
    const entry = this.#entries.get(username ?? '');
    const given = createHash('sha256')
      .update(password ?? '')
      .digest();
    // Unknown names take as long as known ones.
    const right = timingSafeEqual(given, entry?.password ?? NOBODY);
    return entry && right ? entry.principal : null;
  }

  /**
   * @param {string} username
   * @param {Letter} letter
   * @returns {'publish' | 'retain' | null} the right that is missing
   */
  missingToPublish(username, { topic, retain }) {
    const principal = this.get(username);
    return principal ? missingToPublish(principal, { topic, retain }) : 'publish';
  }

  /**
   * @param {string} username
   * @param {string} filter
   * @returns {boolean}
   */
  maySubscribe(username, filter) {
    const principal = this.get(username);
    return !!principal && maySubscribe(principal, filter);
  }
}
