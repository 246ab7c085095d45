import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DemoService } from '../../demo/service.js';
import { findFfmpeg } from '../../media/index.js';
import { makeCertificate } from '../../src/platform/broker/broker.spec-support.js';
import { programOf } from '../../src/platform/broker/mosquitto.spec-support.js';
import { freePort, SmallDistrict } from '../bench/small-district.js';
import { packedPlayer } from '../support/packed-player.js';

/** Between two looks at the service's own API; every wait ends by what it sees. */
const pause = async () => void (await wait(100));
const SCRIPT = join(import.meta.dirname, '../../docs/protocol/by-hand.sh');

interface Cluster {
  readonly controller: { readonly serial: string; readonly online: boolean } | null;
}

let folder: string;
let certFile: string;
let mqttUrl: string;
let player: string;
let service: DemoService;
let district: SmallDistrict;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-websocket-'));
  const certificate = makeCertificate(folder);
  certFile = certificate.certFile;
  const port = await freePort();
  mqttUrl = `wss://127.0.0.1:${port}/mqtt`;
  // As for SIMs that let nothing else out: WebSocket over TLS is the only way that devices are told.
  service = new DemoService(
    folder,
    { http: 0, mqtt: 0 },
    {
      VANG_MQTT_WS_PORT: String(port),
      VANG_MQTT_TLS_CERT: certFile,
      VANG_MQTT_TLS_KEY: certificate.keyFile,
      VANG_MQTT_PUBLIC_URL: mqttUrl,
      VANG_WISH_WINDOW_MS: '200',
    },
  );
  await service.ready();
  district = await SmallDistrict.load(service, 3, 'Bản tin thử của đài truyền thanh xã.', pause);
  player = await packedPlayer(folder);
}, 120_000);
afterAll(async () => {
  for (const end of ends) await end();
  await service.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** The packed player; `said` resolves with the first line of its log that fits. */
async function started(serial: string, claim: string, environment: Readonly<Record<string, string>>) {
  const { path } = await findFfmpeg({});
  const args = [player, '--claim', claim, '--data', join(folder, serial), '--sound', 'null', '--serial', serial];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, VANG_PLAYER_FFMPEG: path, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  ends.push(async () => {
    child.kill();
    await ended;
  });
  const lines = createInterface({ input: child.stdout });
  return (fits: (line: string) => boolean) =>
    new Promise<string>((found) => lines.on('line', (line) => fits(line) && found(line)));
}

const until = async <T>(look: () => Promise<T | undefined | false>): Promise<T> => {
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    await pause();
  }
};

it('over wss, with the CA that it was given, the player takes its plan, plays and delivers its receipt', async () => {
  const said = await started('P1', await district.claim(0), { NODE_EXTRA_CA_CERTS: certFile });
  await said((line) => line.includes('"connected"'));
  await district.scheduleAt([Math.ceil((Date.now() + 8_000) / 1_000) * 1_000], [0]);
  const receipts = await until(async () => {
    const rows = await district.administrator.get<{ receipt: string }[]>(
      `/api/receipts?clusterId=${district.clusters[0]?.id}`,
    );
    return rows.length > 0 && rows.map(({ receipt }) => JSON.parse(receipt) as object);
  });
  expect(receipts).toEqual([expect.objectContaining({ outcome: 'complete', cause: null, simulated: false })]);
});

it('a player that was given no CA does not connect, and says why', async () => {
  const said = await started('P2', await district.claim(1), { NODE_EXTRA_CA_CERTS: '' });
  expect(await said((line) => line.includes('"problem"'))).toContain('self-signed certificate');
  const clusters = await district.administrator.get<Cluster[]>('/api/clusters');
  const controllers = clusters.flatMap(({ controller }) => controller ?? []);
  expect(controllers.find(({ serial }) => serial === 'P2')).toMatchObject({ online: false });
});

const itWithCurl = programOf('curl') ? it : it.skip;

itWithCurl('the controller by hand, whose programs speak no WebSocket, says so', async () => {
  const claim = await district.claim(2);
  await expect(promisify(execFile)(SCRIPT, [claim, join(folder, 'hand')], { timeout: 50_000 })).rejects.toThrow(
    `speak no WebSocket, and the broker is at ${mqttUrl}`,
  );
});
