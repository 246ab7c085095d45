import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect as openTcp } from 'node:net';
import { join } from 'node:path';
import { connect as openTls, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { Metrics } from '../http/metrics.controller.js';
import { silentLog } from '../logging/log.js';
import { CertificateFiles } from '../tls/index.js';
import {
  connectPacket,
  login,
  makeCertificate,
  next,
  Opened,
  packet,
  someone,
  startedBroker,
  temporaryFolder,
  text,
} from './broker.spec-support.js';
import { MqttBus } from './bus.js';
import { EmbeddedBroker } from './embedded-broker.js';
import { countRefusals } from './refusals.metrics.js';

const opened = new Opened();
afterEach(() => opened.close());

const a = someone('a');

/** Opens, or says with which status it was refused. */
async function webSocket(url: string, protocols: string[], headers: Record<string, string> = {}) {
  const ws = opened.add(new WebSocket(url, protocols, { headers, perMessageDeflate: false }), (it) => it.terminate());
  ws.on('error', () => undefined);
  return new Promise<WebSocket | number>((resolve) => {
    ws.once('open', () => resolve(ws));
    ws.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
  });
}

async function admitted(url: string): Promise<WebSocket> {
  const ws = await webSocket(url, ['mqtt']);
  if (typeof ws === 'number') throw new Error(`refused with ${ws}`);
  const connack = once(ws, 'message');
  ws.send(connectPacket(a));
  await connack;
  return ws;
}

describe('MQTT over WebSocket', () => {
  it('is at /mqtt with the subprotocol mqtt only', async () => {
    const { way } = await startedBroker(opened, [a], {}, { door: 'WebSocket' });
    const root = way.url.replace('/mqtt', '');
    expect(await webSocket(`${root}/`, ['mqtt'])).toBe(400);
    expect(await webSocket(`${root}/mqtt/x`, ['mqtt'])).toBe(400);
    expect(await webSocket(way.url, [])).toBe(400);
    expect(await webSocket(way.url, ['amqp'])).toBe(400);
    expect(await webSocket(way.url, ['amqp', 'mqtt'])).toMatchObject({ protocol: 'mqtt' });
    const asked = request(way.url.replace('ws:', 'http:')).end();
    const [response] = await once(asked, 'response');
    expect([response.statusCode, response.headers.connection]).toEqual([426, 'close']);
  });

  it('takes packets however they are cut into frames', async () => {
    const { way } = await startedBroker(opened, [a], {}, { door: 'WebSocket' });
    const ws = await webSocket(way.url, ['mqtt']);
    if (typeof ws === 'number') throw new Error(`refused with ${ws}`);
    const connack = once(ws, 'message');
    const bytes = connectPacket(a);
    for (const byte of bytes.subarray(0, 10)) ws.send(Buffer.from([byte]));
    ws.send(bytes.subarray(10), { fin: false });
    ws.send(Buffer.alloc(0), { fin: true });
    expect([...(await connack)[0]]).toEqual([0x20, 2, 0, 0]);
    const pong = once(ws, 'message');
    ws.send(Buffer.from([0xc0, 0, 0xc0, 0]));
    expect((await pong)[0][0]).toBe(0xd0);
  });

  it('text instead of bytes ends the connection', async () => {
    const { way } = await startedBroker(opened, [a], {}, { door: 'WebSocket' });
    const ws = await admitted(way.url);
    const closed = once(ws, 'close');
    ws.send('hello');
    await closed;
  });

  it('a frame over the limit ends the connection when its header comes, and is reported', async () => {
    const { broker, way } = await startedBroker(opened, [a], { maxPacketBytes: 10_000 }, { door: 'WebSocket' });
    const ws = await admitted(way.url);
    const [violation, closed] = [once(broker, 'violation'), once(ws, 'close')];
    // Each packet is small: it is the frame that would have to be kept whole.
    const small = packet(0x30, Buffer.concat([text('a/x'), Buffer.alloc(4_000)]));
    ws.send(Buffer.concat([small, small, small]));
    expect(await violation).toEqual([{ username: 'a', kind: 'size', topic: '' }]);
    await closed;
  });

  it('who is not logged in may not send for ever', async () => {
    const { way } = await startedBroker(opened, [a], { connectTimeoutMs: 60_000 }, { door: 'WebSocket' });
    const ws = await webSocket(way.url, ['mqtt']);
    if (typeof ws === 'number') throw new Error(`refused with ${ws}`);
    const closed = once(ws, 'close');
    // Empty fragments of one message that never ends: no packet, and no frame over the limit.
    for (let i = 0; i < 3_000; i++) ws.send(Buffer.alloc(64), { fin: false });
    await closed;
  });

  it('who pings without reading the answers is cut off', async () => {
    const { broker, way } = await startedBroker(opened, [a], {}, { door: 'WebSocket' });
    const ws = await admitted(way.url);
    const gone = once(broker, 'disconnected');
    ws.pause();
    const payload = Buffer.alloc(125);
    const more = setInterval(() => {
      for (let i = 0; i < 5_000; i++) ws.ping(payload);
    }, 5);
    opened.add(more, clearInterval);
    await gone;
  });

  it('a socket that never finishes its handshake is closed', async () => {
    const { way } = await startedBroker(opened, [a], { connectTimeoutMs: 300 }, { door: 'WebSocket' });
    const socket = opened.add(openTcp(Number(new URL(way.url).port), '127.0.0.1'), (it) => it.destroy());
    await once(socket, 'connect');
    socket.write('GET /mqtt HTTP/1.1\r\nHost: x\r\n');
    await once(socket.resume(), 'close');
  });

  it('all doors together have no more connections than are allowed', async () => {
    const { way, port } = await startedBroker(opened, [a], { maxConnections: 1 }, { door: 'WebSocket' });
    await login(opened, way, a);
    const second = opened.add(openTcp(port, '127.0.0.1'), (it) => it.destroy());
    await once(second.resume(), 'close');
  });
});

describe('TLS', () => {
  it('a client that does not know the certificate turns away, and no door but the service’s is open without TLS', async () => {
    const { broker, way, port } = await startedBroker(opened, [a], {}, { door: 'TLS' });
    await expect(login(opened, { url: way.url }, a)).rejects.toThrow(/self-signed/);
    const bus = opened.add(new MqttBus({ url: broker.serviceUrl, log: silentLog }), (it) => it.stop());
    await bus.start();
    await bus.whenConnected();
    expect(new URL(broker.serviceUrl).hostname).toBe('127.0.0.1');
    expect(new URL(broker.clientUrl)).toMatchObject({ protocol: 'mqtts:', port: String(port) });
    const plain = opened.add(openTcp(port, '127.0.0.1'), (it) => it.destroy());
    await once(plain, 'connect');
    plain.write(connectPacket(a));
    await once(plain.resume(), 'close');
  });

  it('a renewed certificate is used for new connections without a restart; one that does not fit is not', async () => {
    const folder = temporaryFolder(opened);
    const place = makeCertificate(folder);
    const told: string[] = [];
    const log = { ...silentLog, info: () => told.push('renewed'), warn: () => told.push('kept') };
    const certificate = new CertificateFiles(place, log, 20);
    const broker = new EmbeddedBroker({ host: '127.0.0.1', port: 0, webSocketPort: 0, certificate, log: silentLog });
    await broker.setPrincipals([a]);
    const { port, webSocketPort } = await broker.start();
    opened.add(broker, () => broker.stop());
    const shown = async (at: number | undefined) => {
      const socket: TLSSocket = openTls({ port: at ?? 0, host: '127.0.0.1', rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint256;
    };
    const before = await shown(port);
    const client = await login(
      opened,
      { url: broker.clientUrl.replace('127.0.0.1', 'localhost'), ca: readFileSync(place.certFile, 'utf8') },
      a,
    );

    const other = makeCertificate(temporaryFolder(opened));
    writeFileSync(place.certFile, readFileSync(other.certFile));
    while (!told.includes('kept')) await new Promise(setImmediate);
    expect(await shown(port)).toBe(before);

    writeFileSync(place.keyFile, readFileSync(other.keyFile));
    while (!told.includes('renewed')) await new Promise(setImmediate);
    // Behind the message that carries it.
    await broker.stats();
    expect(await shown(port)).not.toBe(before);
    expect(await shown(webSocketPort)).toBe(await shown(port));
    await client.publishAsync('a/x', 'still here', { qos: 1 });
  });

  it('files that are missing, broken or do not belong together stop the start, without showing what is in them', async () => {
    const folder = temporaryFolder(opened);
    const place = makeCertificate(folder);
    const start = (changes: Partial<typeof place>) =>
      new EmbeddedBroker({
        host: '127.0.0.1',
        port: 0,
        log: silentLog,
        certificate: new CertificateFiles({ ...place, ...changes }, silentLog),
      }).start();
    const other = makeCertificate(temporaryFolder(opened));
    const broken = join(folder, 'broken.pem');
    writeFileSync(broken, '-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n');
    for (const keyFile of [join(folder, 'none.pem'), broken, other.keyFile]) {
      await expect(start({ keyFile })).rejects.toThrow(keyFile);
      await expect(start({ keyFile })).rejects.not.toThrow('secret');
    }
  });

  it('after a fault of the broker thread all doors are where they were', async () => {
    const { broker, way } = await startedBroker(opened, [a], {}, { door: 'WebSocket over TLS' });
    const serviceUrl = broker.serviceUrl;
    const client = await login(opened, way, a);
    const [closed, restarted] = [next(client, 'close'), once(broker, 'restarted')];
    let reads = 0;
    const faulty = Object.defineProperty({ ...someone('b') }, 'passwordSha256', {
      enumerable: true,
      get: () => (++reads === 2 ? 'broken' : a.passwordSha256),
    });
    await expect(broker.putPrincipal(faulty)).rejects.toThrow('thread ended');
    await closed;
    await restarted;
    await login(opened, way, a);
    expect(broker.serviceUrl).toBe(serviceUrl);
  });
});

it('what was refused is counted for /metrics', async () => {
  const { broker, way } = await startedBroker(opened, [a]);
  const metrics = new Metrics();
  countRefusals(metrics, broker);
  const client = await login(opened, way, a);
  const closed = next(client, 'close');
  client.publish('b/x', 'forged');
  await closed;
  await expect(login(opened, way, { ...a, password: 'wrong' })).rejects.toThrow('Not authorized');
  // Refused logins are told once a second, so that a flood of them does not reach this thread.
  while (broker.refusals.logins === 0) await broker.stats();
  const shown = await metrics.text();
  expect(shown).toContain('vang_mqtt_violations_total{kind="publish"} 1');
  expect(shown).toContain('vang_mqtt_refused_logins_total 1');
});
