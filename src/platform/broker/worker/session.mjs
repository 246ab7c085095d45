// @ts-check
import { performance } from 'node:perf_hooks';
import { judgeForward, neverWaitFor, StallWatch } from './backlog.mjs';
import { FrameScanner } from './frames.mjs';

/** @import { Client } from 'aedes' */
/** @import { Line } from './listeners.mjs' */
/** @import { BrokerLimits, Overrun, ViolationKind } from '../messages.js' */

/** Requests per second that a client may still make while it does not read the answers. */
const REQUESTS_WHILE_BLOCKED = 2_000;
/** Refused subscriptions after which a session ends; each is reported, and reports must not flood the main thread. */
const REFUSALS = 20;

/** One connection: what is asked of aedes about it, and what is counted. */
export class Session {
  /** Set when logged in. */
  username = '';
  clientId = '';
  /** @type {{ topic: string, retain?: boolean | undefined } | undefined} */
  will = undefined;
  /** @type {Set<string>} */
  filters = new Set();
  #refusals = 0;
  #blockedRequests = 0;
  #packets = 0;
  #minute = 0;
  #stall = new StallWatch();
  /** @type {BrokerLimits} */
  #limits;

  /**
   * @param {Client} client
   * @param {Line} socket
   * @param {BrokerLimits} limits
   * @param {{
   *   overrun: (session: Session, reason: Overrun['reason']) => void,
   *   offence: (session: Session, kind: ViolationKind) => void,
   * }} tell
   */
  constructor(client, socket, limits, tell) {
    this.client = client;
    this.socket = socket;
    this.#limits = limits;
    this.tell = tell;
    neverWaitFor(client, socket);
    const frames = new FrameScanner(limits.maxPacketBytes);
    // aedes reads on 'readable'; 'data' then fires inside each of its read() calls, before it parses the chunk.
    socket.on('data', (chunk) => {
      const before = frames.packets;
      const fault = frames.push(chunk);
      if (fault === 'oversized') tell.offence(this, 'size');
      if (fault) socket.destroy();
      else this.#count(frames.packets - before);
    });
  }

  /** Everything that clients publish goes to the service's one socket, so its leash is longer. */
  lengthenLeash() {
    const { dropAboveBytes, cutAboveBytes } = this.#limits;
    this.#limits = {
      ...this.#limits,
      dropAboveBytes: dropAboveBytes * 8,
      cutAboveBytes: cutAboveBytes * 8,
      maxPacketsPerMinute: Number.POSITIVE_INFINITY,
    };
  }

  /**
   * @param {{ qos: number, retain: boolean }} packet
   * @returns {'forward' | 'drop'}
   */
  forward(packet) {
    const verdict = judgeForward(this.socket.writableLength, packet, this.#limits);
    if (verdict !== 'cut') return verdict;
    this.#cut('unsent');
    return 'drop';
  }

  /** May it hold one more filter? */
  get hasRoom() {
    return this.filters.size < this.#limits.maxSubscriptions;
  }

  refuse() {
    if (++this.#refusals >= REFUSALS) this.socket.destroy();
  }

  /** Once a second. */
  sweep() {
    this.#blockedRequests = 0;
    if (this.#stall.stalledForMs(this.socket, performance.now()) >= this.#limits.stalledAfterMs) this.#cut('stalled');
  }

  /** @param {number} packets that have just begun to come in */
  #count(packets) {
    const minute = Math.floor(performance.now() / 60_000);
    if (minute !== this.#minute) this.#packets = 0;
    this.#minute = minute;
    this.#packets += packets;
    if (this.#packets > this.#limits.maxPacketsPerMinute && !this.socket.destroyed) {
      this.tell.offence(this, 'flood');
      this.socket.destroy();
    } else this.#answerable(packets);
  }

  /**
   * Answers (PINGRESP, PUBACK) are a few bytes each but not small in memory; without back-pressure a client that asks and never
   * reads could pile them up far below the limits in bytes.
   * @param {number} requests
   */
  #answerable(requests) {
    if (!this.socket.writableNeedDrain) return;
    this.#blockedRequests += requests;
    if (this.#blockedRequests > REQUESTS_WHILE_BLOCKED) this.#cut('flood');
  }

  /** @param {Overrun['reason']} reason */
  #cut(reason) {
    if (this.socket.destroyed) return;
    this.tell.overrun(this, reason);
    this.socket.destroy();
  }
}
