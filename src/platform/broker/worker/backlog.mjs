// @ts-check
/**
 * One client that does not read must not delay another.
 *
 * aedes delivers a message to all subscribers and calls it done when every socket took it: lib/write.js waits on
 * `client.waitForDrain` as soon as one of them has a full buffer, and mqemitter then holds back all later messages (for up to
 * `drainTimeout`, 60 s). That method is the only place where aedes waits for a receiver, so it is the one we replace. What is
 * unsent is bounded by {@link judgeForward} instead, asked before each delivery (`authorizeForward`). Payload buffers are shared
 * between receivers, so a thousand frozen clients hold references, not a thousand copies.
 */

/** @import { Client } from 'aedes' */
/** @import { Line } from './listeners.mjs' */
/** @import { BrokerLimits } from '../messages.js' */

/**
 * @typedef {{
 *   waitForDrain: (done: (error: Error | null, client: unknown) => void) => void,
 *   deliverQoS: (packet: { retain: boolean }, done: () => void) => void,
 * }} Delivery the two undocumented methods of an aedes client that are replaced here
 */

/**
 * @param {number} unsentBytes
 * @param {{ qos: number, retain: boolean }} packet
 * @param {Pick<BrokerLimits, 'dropAboveBytes' | 'cutAboveBytes'>} limits
 * @returns {'forward' | 'drop' | 'cut'}
 */
export function judgeForward(unsentBytes, packet, limits) {
  if (unsentBytes > limits.cutAboveBytes) return 'cut';
  // Retained messages answer a subscription and are paced below; to drop one would leave the subscriber with an old state.
  return unsentBytes > limits.dropAboveBytes && packet.qos === 0 && !packet.retain ? 'drop' : 'forward';
}

/**
 * @param {Client} client
 * @param {Line} socket
 */
export function neverWaitFor(client, socket) {
  const delivery = /** @type {Client & Delivery} */ (client);
  // An aedes that renamed them would quietly bring the stall back.
  if (typeof delivery.waitForDrain !== 'function' || typeof delivery.deliverQoS !== 'function') {
    throw new Error('This version of aedes delivers in another way; see worker/backlog.mjs');
  }
  delivery.waitForDrain = (done) => setImmediate(done, null, client);

  // Only the replay of retained messages after SUBSCRIBE (the sole deliveries with the retain flag in 3.1.1) keeps its
  // back-pressure: it concerns this client alone, and thousands of them at once would look like a frozen client.
  const deliverQoS = delivery.deliverQoS;
  delivery.deliverQoS = (packet, done) => deliverQoS(packet, packet.retain ? () => afterDrain(socket, done) : done);
}

/**
 * @param {Line} socket
 * @param {() => void} done
 */
function afterDrain(socket, done) {
  if (!socket.writableNeedDrain) return done();
  const once = () => {
    socket.off('drain', once);
    socket.off('close', once);
    done();
  };
  socket.on('drain', once);
  socket.on('close', once);
}

/** Notices a socket that takes nothing: not a slow one, which still moves, however slowly. */
export class StallWatch {
  #mark = '';
  #since = 0;

  /**
   * @param {Line} socket
   * @param {number} nowMs monotonic
   * @returns {number} for how long not one of the waiting bytes was taken, 0 if nothing waits
   */
  stalledForMs(socket, nowMs) {
    if (socket.writableLength === 0) {
      this.#mark = '';
      return 0;
    }
    // One writev may hold a whole backlog, and only libuv knows how much of it is gone (net.js asks it the same for timeouts).
    const { _handle } = /** @type {{ _handle?: { writeQueueSize?: number } | null }} */ (socket);
    const mark = `${socket.bytesWritten - socket.writableLength}/${_handle?.writeQueueSize}`;
    if (mark !== this.#mark) {
      this.#mark = mark;
      this.#since = nowMs;
    }
    return nowMs - this.#since;
  }
}
