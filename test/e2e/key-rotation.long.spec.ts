import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Aedes } from 'aedes';
import { Program } from '../../demo/processes.js';
import { DemoService } from '../../demo/service.js';
import { SeenLog } from '../../devices/conformance/station/heard-log.js';
import { deviceKeyOf } from '../../devices/player/adapters/crypto.js';
import { IdentityFile } from '../../devices/player/adapters/identity-file.js';
import { type KeySet, type PlanHead, signJws, topics } from '../../devices/protocol/index.js';
import { freePort, SmallDistrict } from '../bench/small-district.js';

const KEYS = fileURLToPath(new URL('../../dist/src/keys.js', import.meta.url));
const WITHIN_MS = 40_000;
const HOUR_MS = 3_600_000;

interface Said {
  readonly topic: string;
  readonly text: string;
}

const headerOf = (jws: string) =>
  JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString()) as { kid: string };
const payloadOf = <T>(jws: string) => JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as T;

/** The service and the player as programs; the broker is the specification's own, so that it outlives the service and hides nothing. */
describe('the signing key changes while a player is connected', () => {
  const said = new SeenLog<Said>();
  const logins: string[] = [];
  let folder: string;
  let broker: Aedes;
  let tcp: Server;
  let http: number;
  let mqtt: string;
  let service: DemoService;
  let district: SmallDistrict;
  let player: Program;
  let device: string;
  let hours = 0;

  const startService = async () => {
    service = new DemoService(folder, { http, mqtt: 0 }, { MQTT_URL: mqtt, VANG_WISH_WINDOW_MS: '100' });
    await service.ready();
  };
  const keys = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, [KEYS, ...args, '--data', join(folder, 'service')]);
  const next = (fits: (each: Said) => boolean, what: string, since: number) => said.next(fits, what, WITHIN_MS, since);
  /** As an office does it: the service stands still meanwhile, the player does not. */
  const rotated = async (...order: readonly string[]) => {
    await service.stop();
    const since = said.end;
    await keys(...order);
    await startService();
    const { text } = await next(({ topic }) => topic === topics.keys, 'key set', since);
    return payloadOf<KeySet>(text);
  };
  /** One more entry; waits until the player holds the plan that names it. */
  const planned = async (
    newest = Math.max(0, ...said.all.filter(isHead).map(({ text }) => versionOf(text))),
  ): Promise<{ head: string; version: number }> => {
    const since = said.end;
    hours += 1;
    await district.scheduleAt([Math.ceil(Date.now() / HOUR_MS + hours) * HOUR_MS]);
    const { text: head } = await next((each) => isHead(each) && versionOf(each.text) > newest, 'head', since);
    const version = versionOf(head);
    const isHeld = ({ topic, text }: Said) =>
      topic === topics.up(device, 'plan') && (JSON.parse(text) as { version: number }).version >= version;
    await next(isHeld, 'plan that is held', since);
    return { head, version };
  };
  const isHead = ({ topic, text }: Said) => topic === topics.down(device, 'plan') && text !== '';
  const versionOf = (head: string) => payloadOf<PlanHead>(head).version;
  const reports = () => said.all.filter(({ topic }) => topic === topics.up(device, 'reports')).map(({ text }) => text);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vang-rotation-'));
    broker = await Aedes.createBroker();
    broker.on('publish', ({ topic, payload }) => said.add({ topic, text: payload.toString() }));
    broker.on('clientReady', ({ id }) => logins.push(id));
    tcp = createServer(broker.handle);
    const port = await freePort();
    await new Promise<void>((listening) => tcp.listen(port, '127.0.0.1', listening));
    mqtt = `mqtt://127.0.0.1:${port}`;
    http = await freePort();
    await startService();
    district = await SmallDistrict.load(service, 1, 'Kính thưa bà con.', async () => void (await wait(100)));
    const data = join(folder, 'player');
    player = new Program(
      'devices/player/main.js',
      ['--claim', await district.claim(0), '--data', data, '--sound', 'null'],
      {},
    );
    await player.waitFor(({ event }) => event === 'connected', 'connection', WITHIN_MS);
    device = (await new IdentityFile(data).read())?.identity.device ?? '';
  }, 120_000);

  afterAll(async () => {
    await player?.stop();
    await service?.stop();
    await new Promise<void>((closed) => broker.close(() => closed()));
    await new Promise((closed) => tcp.close(closed));
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('takes plans by the new key, at first beside the former one; what the revoked key signs it refuses and reports', async () => {
    const first = await planned();
    const former = headerOf(first.head).kid;
    const formerKey = deviceKeyOf(await readFile(join(folder, 'service', 'keys', 'signing.key'), 'utf8'));
    expect(formerKey.kid).toBe(former);

    const both = await rotated('add');
    expect([both.version, both.keys.length]).toEqual([2, 2]);
    const second = await planned();
    const present = headerOf(second.head).kid;
    expect(present).not.toBe(former);
    expect(second.version).toBeGreaterThan(first.version);

    const left = await rotated('revoke', former);
    expect([left.version, left.keys.map(({ kid }) => kid)]).toEqual([3, [present]]);
    const third = await planned();
    expect(headerOf(third.head).kid).toBe(present);
    // Neither the sets nor what is retained gave it anything to complain of, and it never had to log in again.
    expect(reports()).toEqual([]);
    expect(logins.filter((id) => id === device)).toHaveLength(1);

    const since = said.end;
    const say = (topic: string, payload: string) =>
      broker.publish({ cmd: 'publish', dup: false, retain: false, qos: 1, topic, payload }, () => undefined);
    const forged = { ...payloadOf<PlanHead>(third.head), version: third.version + 1_000 };
    say(topics.down(device, 'plan'), signJws('vang-plan', forged, formerKey));
    const isReport = ({ topic }: Said) => topic === topics.up(device, 'reports');
    const refused = await next(isReport, 'report', since);
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'planRejected', detail: 'unknownKey' });

    // A set from before the revocation would bring the key back.
    const again = said.end;
    const replayed = said.all.find(({ topic, text }) => topic === topics.keys && payloadOf<KeySet>(text).version === 2);
    say(topics.keys, replayed?.text ?? '');
    const told = await next(isReport, 'report', again);
    expect(JSON.parse(told.text)).toMatchObject({ code: 'keysRejected' });
    expect((await planned(third.version)).version).toBeGreaterThan(third.version);
  }, 240_000);

  it('says what is wrong with an order, and changes nothing', async () => {
    await expect(keys('revoke', 'zzz')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no key of the set'),
    });
    expect((await keys('show')).stdout).toContain('key set 3');
  });
});
