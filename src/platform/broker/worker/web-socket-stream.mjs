// @ts-check
import { Duplex } from 'node:stream';

/** @import { Socket } from 'node:net' */
/** @import { WebSocket } from 'ws' */

/** Control frames are answered only while no more than this waits: who pings and never reads must not fill the memory. */
const PONGS_BELOW_BYTES = 64 * 1024;

/**
 * MQTT over WebSocket (MQTT 3.1.1, section 6) as a stream of bytes, so that the broker and its limits treat it as they treat a
 * socket. Frame borders mean nothing (MQTT-6.0.0-2); several small packets go out as one frame.
 */
export class WebSocketStream extends Duplex {
  #ws;
  #socket;
  #flushed = 0;

  /**
   * @param {WebSocket} ws open, with `autoPong` off
   * @param {Socket} socket what it runs on
   * @param {{ oversized: () => void }} tell of a frame over the server's `maxPayload`
   */
  constructor(ws, socket, tell) {
    super({ allowHalfOpen: false });
    this.#ws = ws;
    this.#socket = socket;
    ws.on('message', (message, isBinary) => {
      // MQTT-6.0.0-1: anything but binary ends the connection.
      if (!isBinary) return this.destroy();
      if (!this.push(message)) ws.pause();
    });
    ws.on('ping', (payload) => {
      if (ws.bufferedAmount > PONGS_BELOW_BYTES) this.destroy();
      else ws.pong(payload);
    });
    ws.on('error', (error) => {
      if ('code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') tell.oversized();
      this.destroy(error);
    });
    ws.on('close', () => this.destroy());
  }

  /** As of a net.Socket: bytes accepted, sent or not. What is sent moves even while what waits grows. */
  get bytesWritten() {
    return this.#flushed + this.writableLength;
  }

  /** Node's own; only it knows how much of one large write the system has taken. */
  get _handle() {
    return /** @type {Socket & { _handle?: unknown }} */ (this.#socket)._handle;
  }

  /** @override */
  _read() {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.resume();
  }

  /**
   * @override
   * @param {Buffer} chunk
   * @param {string} _encoding
   * @param {(error?: Error | null) => void} done
   */
  _write(chunk, _encoding, done) {
    this.#ws.send(chunk, (error) => {
      this.#flushed += chunk.length;
      done(error);
    });
  }

  /**
   * @override
   * @param {{ chunk: Buffer }[]} parts
   * @param {(error?: Error | null) => void} done
   */
  _writev(parts, done) {
    this._write(Buffer.concat(parts.map(({ chunk }) => chunk)), '', done);
  }

  /**
   * @override
   * @param {(error?: Error | null) => void} done
   */
  _final(done) {
    this.#ws.close(1000);
    done();
  }

  /**
   * @override
   * @param {Error | null} error
   * @param {(error?: Error | null) => void} done
   */
  _destroy(error, done) {
    this.#ws.terminate();
    done(error);
  }
}
