// @ts-check
/**
 * Reads only the fixed headers of a stream of MQTT packets (section 2.2), so that a packet that is too large is refused when its
 * header arrives. aedes would collect up to 256 MiB of it first.
 */

const CONNECT = 0x10;
const FIRST_PACKET_BYTES = 64 * 1024;

/** @typedef {'oversized' | 'malformed'} FrameFault */

export class FrameScanner {
  /** @type {number} */
  #maxBytes;
  #first = true;
  /** Bytes of the present packet's body that are still to come. */
  #body = 0;
  /** Digits of the length read so far; -1 while waiting for a packet's first byte. */
  #digits = -1;
  #length = 0;
  /** Packets that have begun. */
  packets = 0;

  /** @param {number} maxBytes largest packet, fixed header included */
  constructor(maxBytes) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes the next bytes of the stream. After a fault the connection is to be closed and the scanner thrown away.
   * @param {Uint8Array} chunk
   * @returns {FrameFault | null}
   */
  push(chunk) {
    let at = 0;
    while (at < chunk.length) {
      if (this.#body > 0) {
        const step = Math.min(this.#body, chunk.length - at);
        this.#body -= step;
        at += step;
        continue;
      }
      const fault = this.#header(chunk[at++] ?? 0);
      if (fault) return fault;
    }
    return null;
  }

  /**
   * @param {number} byte
   * @returns {FrameFault | null}
   */
  #header(byte) {
    if (this.#digits < 0) {
      // MQTT-3.1.0-1: whoever begins with something else does not speak MQTT.
      if (this.#first && byte !== CONNECT) return 'malformed';
      this.packets++;
      this.#digits = 0;
      this.#length = 0;
      return null;
    }
    this.#length += (byte & 0x7f) * 128 ** this.#digits;
    this.#digits++;
    if (byte & 0x80) return this.#digits === 4 ? 'malformed' : null;
    const largest = this.#first ? Math.min(FIRST_PACKET_BYTES, this.#maxBytes) : this.#maxBytes;
    if (1 + this.#digits + this.#length > largest) return 'oversized';
    this.#body = this.#length;
    this.#digits = -1;
    this.#first = false;
    return null;
  }
}
