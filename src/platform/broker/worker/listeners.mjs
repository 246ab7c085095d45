// @ts-check
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { WebSocketServer } from 'ws';
import { WebSocketStream } from './web-socket-stream.mjs';

/** @import { AddressInfo, Server, Socket } from 'node:net' */
/** @import { Server as TlsServer } from 'node:tls' */
/** @import { IncomingMessage } from 'node:http' */
/** @import { Certificate } from '../../tls/index.js' */
/** @import { BrokerLimits, ListenerSettings, ListeningAt } from '../messages.js' */

const TCP_KEEPALIVE_MS = 60_000;
const SOCKET = { noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEPALIVE_MS };
const PATH = '/mqtt';
/** What somebody who is not logged in may have sent over a WebSocket; over TCP the frame scanner says it. */
const BYTES_BEFORE_LOGIN = 128 * 1024;

/**
 * One connection as a stream of MQTT bytes.
 * @typedef {Socket | WebSocketStream} Line
 *
 * @typedef {{ loggedIn: () => boolean, oversized: () => void }} Arrival what the listener must know of whom it let in
 * @typedef {(line: Line) => Arrival} Accept
 */

/** Opens doors to the broker: TCP, TLS, WebSocket; what comes in is a stream of MQTT bytes, whatever the door. */
export class Listeners {
  #limits;
  #accept;
  /** @type {{ server: Server, tls: boolean }[]} */
  #servers = [];
  /** Also those whose handshake is not finished. @type {Set<Socket>} */
  #sockets = new Set();

  /**
   * @param {BrokerLimits} limits
   * @param {Accept} accept
   */
  constructor(limits, accept) {
    this.#limits = limits;
    this.#accept = accept;
  }

  /**
   * @param {ListenerSettings} settings
   * @param {Certificate | null} certificate
   * @returns {Promise<ListeningAt>}
   */
  async open(settings, certificate) {
    const pair = settings.tls ? certificate : null;
    if (settings.tls && !pair) throw new Error('A listener with TLS needs a certificate');
    const server = settings.webSocket ? this.#webSocketServer(pair) : this.#plainServer(pair);
    server.maxConnections = this.#limits.maxConnections;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    await new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(settings.port, settings.host, () => resolve(undefined));
    });
    this.#servers.push({ server, tls: settings.tls });
    const { address, port } = /** @type {AddressInfo} */ (server.address());
    return { name: settings.name, host: address, port };
  }

  /**
   * New connections get it; those that are open keep theirs.
   * @param {Certificate} certificate
   */
  renew(certificate) {
    for (const { server, tls } of this.#servers)
      if (tls) /** @type {TlsServer} */ (server).setSecureContext(contextOf(certificate));
  }

  /** Nobody more comes in, and whoever is in is put out. */
  async close() {
    const closed = this.#servers.splice(0).map(({ server }) => new Promise((resolve) => server.close(resolve)));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  /** @param {Certificate | null} pair */
  #plainServer(pair) {
    const enter = (/** @type {Socket} */ socket) => void this.#accept(socket);
    if (!pair) return createTcpServer(SOCKET, enter);
    const options = { ...SOCKET, ...contextOf(pair), handshakeTimeout: this.#limits.connectTimeoutMs };
    return createTlsServer(options, enter).on('tlsClientError', (_error, socket) => socket.destroy());
  }

  /** @param {Certificate | null} pair */
  #webSocketServer(pair) {
    const { connectTimeoutMs, maxPacketBytes } = this.#limits;
    const options = {
      ...SOCKET,
      headersTimeout: connectTimeoutMs,
      requestTimeout: connectTimeoutMs,
      connectionsCheckingInterval: Math.min(connectTimeoutMs, 5_000),
      maxHeaderSize: 8_192,
    };
    const refuse = (
      /** @type {IncomingMessage} */ request,
      /** @type {import('node:http').ServerResponse} */ response,
    ) => {
      request.resume();
      response.writeHead(426, { connection: 'close', upgrade: 'websocket', 'content-type': 'text/plain' });
      response.end('MQTT over WebSocket only\n');
    };
    const server = pair
      ? createHttpsServer({ ...options, ...contextOf(pair), handshakeTimeout: connectTimeoutMs }, refuse)
      : createHttpServer(options, refuse);
    const sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: maxPacketBytes,
      // Audio is compressed already, and a compressed frame could unfold into much more than it says.
      perMessageDeflate: false,
      autoPong: false,
      handleProtocols: (offered) => (offered.has('mqtt') ? 'mqtt' : false),
    });
    server.on('upgrade', (/** @type {IncomingMessage} */ request, /** @type {Socket} */ socket, head) => {
      socket.on('error', () => socket.destroy());
      const offered = request.headers['sec-websocket-protocol']?.split(',').map((word) => word.trim());
      if (request.url?.split('?')[0] !== PATH || !offered?.includes('mqtt'))
        return socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      sockets.handleUpgrade(request, socket, head, (ws) => {
        /** @type {Arrival | undefined} */
        let arrival;
        const stream = new WebSocketStream(ws, socket, { oversized: () => arrival?.oversized() });
        arrival = this.#accept(stream);
        const before = () => {
          if (arrival?.loggedIn()) socket.off('data', before);
          else if (socket.bytesRead > BYTES_BEFORE_LOGIN) stream.destroy();
        };
        socket.on('data', before);
      });
    });
    return server;
  }
}

/** @param {Certificate} pair */
const contextOf = ({ cert, key }) => ({ cert, key, minVersion: /** @type {const} */ ('TLSv1.2') });
