import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import { Program } from '../../demo/processes.js';
import { DemoService } from '../../demo/service.js';
import { FIRST_LINK, signJws, topics } from '../../devices/protocol/index.js';
import { freePort, SmallDistrict } from '../bench/small-district.js';

const pause = async () => void (await wait(100));

async function mosquittoPath(): Promise<string | null> {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'])
    if (
      await access(join(folder, 'mosquitto')).then(
        () => true,
        () => false,
      )
    )
      return join(folder, 'mosquitto');
  return null;
}
const mosquitto = await mosquittoPath();
const describeWithMosquitto = mosquitto ? describe : describe.skip;

/** On an external broker without rights anybody can write on any topic: signatures alone must hold (case 16). */
describeWithMosquitto('case 16: a rogue on an open Mosquitto', () => {
  let folder: string;
  let broker: ChildProcess;
  let service: DemoService;
  let district: SmallDistrict;
  let player: Program;
  let rogue: MqttClient;
  let device = '';
  const { privateKey } = generateKeyPairSync('ed25519');
  const rogueSigner = { kid: 'rogue', sign: (message: Uint8Array) => sign(null, message, privateKey) };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vang-rogue-'));
    const port = await freePort();
    await writeFile(join(folder, 'mosquitto.conf'), `listener ${port} 127.0.0.1\nallow_anonymous true\n`);
    broker = spawn(mosquitto ?? '', ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' });
    const url = `mqtt://127.0.0.1:${port}`;
    service = new DemoService(folder, { http: 0, mqtt: 0 }, { MQTT_URL: url });
    await service.ready();
    district = await SmallDistrict.load(service, 1, 'Bản tin thật.', pause);
    player = new Program(
      'devices/player/main.js',
      ['--claim', await district.claim(0), '--data', join(folder, 'player'), '--sound', 'null', '--serial', 'P1'],
      {},
    );
    device = await until(async () => {
      const [cluster] =
        await district.administrator.get<{ controller: { id: string; online: boolean; ready: boolean } | null }[]>(
          '/api/clusters',
        );
      return cluster?.controller?.online && cluster.controller.ready ? cluster.controller.id : null;
    });
    rogue = await connectAsync(url, { protocolVersion: 4 });
  }, 120_000);

  afterAll(async () => {
    await rogue.endAsync();
    await player.stop();
    await service.stop();
    const ended = once(broker, 'exit');
    broker.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const alarm = (code: string, detail = '') =>
    until(async () =>
      (await district.administrator.get<{ code: string; detail: string }[]>('/api/alarms')).find(
        (each) => each.code === code && each.detail.includes(detail),
      ),
    );

  it.each([
    ['unsigned', 'malformed', () => JSON.stringify({ v: 1, device })],
    [
      'signed by a stranger',
      'unknownKey',
      () => signJws('vang-plan', { v: 1, device, version: 9_999_999_999_999 }, rogueSigner),
    ],
  ])('a plan that is %s is ignored by the device and reported', async (_, detail, plan) => {
    await rogue.publishAsync(topics.down(device, 'plan'), plan(), { qos: 1 });
    await alarm('device.planRejected', detail);
    const [cluster] =
      await district.administrator.get<{ controller: { syncedVersion: number } | null }[]>('/api/clusters');
    expect(cluster?.controller?.syncedVersion).toBeLessThan(9_999_999_999_999);
  });

  it('a receipt with a wrong signature goes to quarantine, raises an alarm, and changes no outcome', async () => {
    const batch = {
      v: 1,
      device,
      boot: 7,
      first: 1,
      last: 1,
      previous: FIRST_LINK,
      link: createHash('sha256')
        .update(Buffer.concat([Buffer.of(1), Buffer.alloc(32), createHash('sha256').update('{}').digest()]))
        .digest('hex'),
      receipts: ['{}'],
      signature: 'A'.repeat(86),
    };
    await rogue.publishAsync(topics.up(device, 'receipts'), JSON.stringify(batch), { qos: 1 });
    await alarm('receipt.wrongSignature');
    const quarantine =
      await district.administrator.get<{ reason: string; title: string; payload: string }[]>(
        '/api/receipts/quarantine',
      );
    expect(quarantine).toEqual([
      expect.objectContaining({
        reason: 'receipt.wrongSignature',
        title: 'Chữ ký của xác nhận phát không đúng.',
        payload: JSON.stringify(batch),
      }),
    ]);
    expect(await district.administrator.get(`/api/receipts?clusterId=${district.clusters[0]?.id}`)).toEqual([]);
  });

  it('garbage on every uplink harms nobody: the device still gets its plan and plays', async () => {
    for (const uplink of ['receipts', 'wishes', 'time', 'state', 'reports', 'plan'] as const)
      for (const payload of ['', '{', 'null', '[]', '{"v":1}', '\u0000\uffff'.repeat(50)])
        await rogue.publishAsync(topics.up(device, uplink), payload, { qos: 1 });
    await district.scheduleAt([Math.ceil((Date.now() + 3_000) / 1_000) * 1_000]);
    const receipts = await until(async () => {
      const rows = await district.administrator.get<{ receipt: string }[]>(
        `/api/receipts?clusterId=${district.clusters[0]?.id}`,
      );
      return rows.length > 0 ? rows.map((row) => JSON.parse(row.receipt) as { outcome: string }) : null;
    });
    expect(receipts).toEqual([expect.objectContaining({ outcome: 'complete' })]);
  });
});

async function until<T>(look: () => Promise<T | null | undefined>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined) return seen;
    await pause();
  }
}
