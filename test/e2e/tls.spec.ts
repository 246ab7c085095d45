import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { connectAsync } from 'mqtt';
import { boot, type RunningService } from '../../src/boot.js';
import { readConfig } from '../../src/config/index.js';
import { makeCertificate } from '../../src/platform/broker/broker.spec-support.js';
import { freePort } from '../../src/platform/broker/mosquitto.spec-support.js';
import { silentLog } from '../../src/platform/logging/index.js';
import { Lifeline } from '../../src/platform/process/index.js';

const folder = mkdtempSync(join(tmpdir(), 'vang-tls-'));
const life = new Lifeline(silentLog);
let service: RunningService;
let webSocketPort = 0;

beforeAll(async () => {
  const { certFile, keyFile } = makeCertificate(folder);
  webSocketPort = await freePort();
  const config = readConfig({
    VANG_DATA: join(folder, 'data'),
    VANG_PORT: '0',
    VANG_MQTT_PORT: '0',
    VANG_MQTT_WS_PORT: String(webSocketPort),
    VANG_HTTP_TLS_CERT: certFile,
    VANG_HTTP_TLS_KEY: keyFile,
    VANG_MQTT_TLS_CERT: certFile,
    VANG_MQTT_TLS_KEY: keyFile,
    VANG_LOG_LEVEL: 'silent',
  });
  service = await boot(config, silentLog, life);
});
afterAll(async () => {
  await life.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ca = () => readFileSync(join(folder, 'cert.pem'), 'utf8');

it('with certificates the service speaks HTTPS and its addresses say so', async () => {
  expect([service.httpUrl.split(':')[0], service.mqttUrl.split(':')[0]]).toEqual(['https', 'mqtts']);
  const asked = request(`${service.httpUrl}/readyz`, { ca: ca(), agent: false }).end();
  const [response] = await once(asked, 'response');
  response.resume();
  expect(response.statusCode).toBe(200);
  const stranger = request(`${service.httpUrl}/readyz`, { agent: false }).end();
  const [error] = await once(stranger, 'error');
  expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});

it.each([
  ['TLS', () => service.mqttUrl],
  ['WebSocket over TLS', () => `wss://127.0.0.1:${webSocketPort}/mqtt`],
])('by %s nobody comes in without a token', async (_, url) => {
  const options = {
    ca: ca(),
    protocolVersion: 4,
    clientId: 'x',
    username: 'x',
    password: 'x',
    reconnectPeriod: 0,
  } as const;
  await expect(connectAsync(url(), options, false)).rejects.toThrow('Not authorized');
});
