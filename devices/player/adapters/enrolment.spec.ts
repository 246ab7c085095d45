import { statSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type EnrolmentAnswer, enrolmentRequest, proofBytes, signJws } from '../../protocol/index.js';
import { createLog, SILENT } from '../logger.js';
import { crypto, fingerprintOf, ROOT, rawOf, SERVICE, signedKeySet, testKey } from '../testing/keys.js';
import { assetOf } from '../testing/plans.js';
import { DiskAssetStore } from './asset-store.js';
import { deviceKeyOf } from './crypto.js';
import { EnrolmentRefused, enrol, enrolOnceInstalled } from './enrolment.js';
import { lockFolder } from './files.js';
import { HttpAssets } from './http-assets.js';
import { IdentityFile } from './identity-file.js';

const KEY = testKey('device');
let server: Server;
let folder: string;
let answer: (request: IncomingMessage, body: string, response: ServerResponse) => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-enrol-'));
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => answer(request, body, response));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await rm(folder, { recursive: true });
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const claim = () => ({ url: url(), code: 'one-time-code-0001', root: fingerprintOf(ROOT) });
const ask = () => ({ claim: claim(), key: KEY, model: 'm', serial: 's', simulated: true });
const identityOf = (change: object = {}) => ({
  v: 1,
  device: 'device-1',
  publicKey: KEY.publicKey,
  path: ['commune-1'],
  area: { id: 'commune-1', name: 'Xã Tân Khai' },
  cluster: { id: 'cluster-1', name: 'Cụm loa ấp 3' },
  ...change,
});
const goodAnswer = (change: Partial<EnrolmentAnswer> = {}): EnrolmentAnswer => ({
  v: 1,
  device: 'device-1',
  token: 't'.repeat(43),
  mqttUrl: 'mqtt://127.0.0.1:1883',
  rootPublicKey: ROOT.publicKey,
  keySet: signedKeySet(1),
  identity: signJws('vang-identity', identityOf(), SERVICE),
  serverMs: Date.now(),
  ...change,
});
const answers = (status: number, body: unknown) => {
  answer = (_request, _body, response) =>
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
};

describe('enrolment', () => {
  test('proves the key, and takes the identity that the service signed', async () => {
    let asked = '';
    answer = (request, body, response) => {
      asked = `${request.method} ${request.url}`;
      const { code, publicKey, proof, simulated } = enrolmentRequest.parse(JSON.parse(body));
      expect(crypto.verifyEd25519(rawOf(KEY), proofBytes(code, publicKey), Buffer.from(proof, 'base64url'))).toBe(true);
      expect(simulated).toBe(true);
      response.writeHead(201).end(JSON.stringify(goodAnswer()));
    };
    const enrolled = await enrol(ask(), crypto);
    expect(asked).toBe('POST /api/device/v1/enrolments');
    expect(enrolled).toMatchObject({
      url: url(),
      token: 't'.repeat(43),
      simulated: true,
      identity: { device: 'device-1', path: ['commune-1'] },
    });
  });

  const stranger = testKey('stranger');
  test.each<[string, Partial<EnrolmentAnswer>]>([
    ['another root key than the claim names', { rootPublicKey: stranger.publicKey }],
    ['a key set of another root', { keySet: signedKeySet(1, [{ key: SERVICE }], stranger) }],
    ['an identity by a stranger', { identity: signJws('vang-identity', identityOf(), stranger) }],
    ['an identity by a key for one area only', { keySet: signedKeySet(1, [{ key: SERVICE, scope: ['commune-1'] }]) }],
    ['an identity by a key that is over', { keySet: signedKeySet(1, [{ key: SERVICE, until: 1 }]) }],
    [
      'an identity for another key',
      { identity: signJws('vang-identity', identityOf({ publicKey: stranger.publicKey }), SERVICE) },
    ],
    [
      'an identity for another device',
      { identity: signJws('vang-identity', identityOf({ device: 'device-2' }), SERVICE) },
    ],
    ['a signed plan as identity', { identity: signJws('vang-plan', identityOf(), SERVICE) }],
    ['no token', { token: '' }],
  ])('an impostor with %s is refused', async (_, change) => {
    answers(201, goodAnswer(change));
    await expect(enrol(ask(), crypto)).rejects.toThrow(EnrolmentRefused);
    await expect(enrol(ask(), crypto)).rejects.toThrow(
      /Không tin được máy chủ này: .+ \/ This service cannot be trusted: /,
    );
  });

  test('a used code needs a person; a service that is down needs another try', async () => {
    answers(409, { title: 'Mã đã được dùng' });
    await expect(enrol(ask(), crypto)).rejects.toThrow(/Máy chủ từ chối đăng ký thiết bị \(409\): Mã đã được dùng/);
    answers(503, 'busy');
    await expect(enrol(ask(), crypto)).rejects.not.toThrow(EnrolmentRefused);
  });
});

describe('a box that waits for its technician', () => {
  /** What is answered each time it asks; the last for ever. */
  function answersInTurn(...turns: readonly (readonly [status: number, body: unknown])[]): { asked: () => number } {
    let asked = 0;
    answer = (_request, _body, response) => {
      const [status, body] = turns[Math.min(asked++, turns.length - 1)] as (typeof turns)[number];
      response.writeHead(status).end(JSON.stringify(body));
    };
    return { asked: () => asked };
  }
  const NOT_YET = [425, { code: 'claim.notInstalled' }] as const;
  const logged: { event: string; for?: string }[] = [];
  const log = createLog('info', (line) => logged.push(JSON.parse(line)));
  let paused: number[] = [];
  const pause = async (ms: number) => {
    paused.push(ms);
  };
  const never = new AbortController().signal;
  beforeEach(() => {
    logged.length = 0;
    paused = [];
  });

  test('asks again each minute until it is installed, and says what it waits for', async () => {
    const { asked } = answersInTurn(NOT_YET, NOT_YET, NOT_YET, [201, goodAnswer()]);
    const enrolled = await enrolOnceInstalled(ask(), crypto, { log, pause, stop: never });
    expect(enrolled.identity.device).toBe('device-1');
    expect([asked(), paused]).toEqual([4, [60_000, 60_000, 60_000]]);
    expect(logged.map(({ event }) => event)).toEqual(['waiting', 'waiting', 'waiting']);
    expect(logged[0]?.for).toMatch(/chờ kỹ thuật viên lắp đặt .+ \/ The box waits for its technician/);
  });

  test('waits for a service that fails meanwhile, and for one that asks for patience', async () => {
    answersInTurn([429, {}], NOT_YET, [503, {}], [201, goodAnswer()]);
    await enrolOnceInstalled(ask(), crypto, { log, pause, stop: never });
    expect(paused).toHaveLength(3);
  });

  test('gives up when the claim is void in the end: a person must act', async () => {
    answersInTurn(NOT_YET, [410, { title: 'Mã đã hết hạn' }]);
    await expect(enrolOnceInstalled(ask(), crypto, { log, pause, stop: never })).rejects.toThrow(EnrolmentRefused);
    expect(paused).toHaveLength(1);
  });

  test('a service that cannot be reached at all is not waited for here: the program is started again', async () => {
    answersInTurn([503, {}]);
    await expect(enrolOnceInstalled(ask(), crypto, { log, pause, stop: never })).rejects.toThrow('503');
    expect(paused).toEqual([]);
  });

  test('ends at once when it is told to stop in the middle of a minute', async () => {
    const { asked } = answersInTurn(NOT_YET);
    const stop = new AbortController();
    const forEver = (_ms: number, stopped: AbortSignal) =>
      new Promise((_, refuse) => {
        stopped.addEventListener('abort', () => refuse(stopped.reason));
        stop.abort(new Error('SIGTERM'));
      });
    await expect(enrolOnceInstalled(ask(), crypto, { log, pause: forEver, stop: stop.signal })).rejects.toThrow(
      'SIGTERM',
    );
    expect(asked()).toBe(1);
  });
});

describe('the secrets on disk', () => {
  test('the key is there before anybody hears of it, the same after a crash, and private', async () => {
    const file = new IdentityFile(join(folder, 'new'));
    const key = await file.key();
    expect(await file.read()).toBeNull();
    expect((await new IdentityFile(join(folder, 'new')).key()).publicKey).toBe(key.publicKey);
    expect(deviceKeyOf(await readFile(join(folder, 'new', 'device.key'), 'utf8')).kid).toBe(key.kid);
    answers(201, goodAnswer());
    await file.write(await enrol(ask(), crypto));
    expect((await file.read())?.identity.device).toBe('device-1');
    for (const name of ['device.key', 'identity.json'])
      expect((await stat(join(folder, 'new', name))).mode & 0o777).toBe(0o600);
  });

  test('two players on one folder: the second is refused, until the first is gone', async () => {
    const unlock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await unlock();
    await (await lockFolder(folder))();
  });
});

describe('assets over HTTP', () => {
  const asset = assetOf(Buffer.from(Array.from({ length: 200_000 }, (_, n) => n % 251)));
  const { sha256 } = asset.ref;

  async function pull(): Promise<{ store: DiskAssetStore; ranges: (string | undefined)[] }> {
    const ranges: (string | undefined)[] = [];
    const serve = answer;
    answer = (request, body, response) => {
      expect(request.url).toBe(`/api/device/v1/assets/${sha256}`);
      expect(request.headers.authorization).toBe(`Bearer device-1.${'t'.repeat(43)}`);
      ranges.push(request.headers.range);
      serve(request, body, response);
    };
    const store = new DiskAssetStore(folder, 1e9);
    await store.start();
    await new Promise<void>((done) => {
      const source = new HttpAssets(url(), { device: 'device-1', token: 't'.repeat(43) }, store, () => done(), SILENT);
      source.want(sha256);
    });
    return { store, ranges };
  }

  test('an asset that breaks off goes on where it broke off', async () => {
    let times = 0;
    answer = (request, _body, response) => {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      response.writeHead(from > 0 ? 206 : 200, { 'content-length': asset.bytes.length - from });
      if (times++ > 0) return void response.end(asset.bytes.subarray(from));
      response.write(asset.bytes.subarray(0, 90_000));
      // Broken off once the player has written down what it got.
      const part = join(folder, `${sha256}.part`);
      const watch = setInterval(() => {
        if ((statSync(part, { throwIfNoEntry: false })?.size ?? 0) < 90_000) return;
        clearInterval(watch);
        response.destroy();
      }, 5);
    };
    const { store, ranges } = await pull();
    expect(await readFile(store.pathOf(sha256) as string)).toEqual(Buffer.from(asset.bytes));
    expect(ranges).toEqual([undefined, 'bytes=90000-']);
  });

  test('one that is no longer wanted breaks off, and nothing more of it is written', async () => {
    answer = (_request, _body, response) => void response.writeHead(200).write(asset.bytes.subarray(0, 90_000));
    const store = new DiskAssetStore(folder, 1e9);
    await store.start();
    const source = new HttpAssets(url(), { device: 'device-1', token: 't'.repeat(43) }, store, () => undefined, SILENT);
    let written: () => void = () => undefined;
    const begun = new Promise<void>((done) => {
      written = done;
    });
    const write = store.writeChunk.bind(store);
    store.writeChunk = async (...chunk) => {
      await write(...chunk);
      written();
    };
    source.want(sha256);
    await begun;
    await source.forget(sha256);
    await store.dropChunks(sha256);
    await source.stop();
    expect(await readdir(folder)).toEqual([]);
  });

  test('what is newly wanted does not wait for the rest after one that the service lacks', async () => {
    const urgent = assetOf(Buffer.from('urgent'));
    const asked: string[] = [];
    const store = new DiskAssetStore(folder, 1e9);
    await store.start();
    let done: (sha256: string) => void = () => undefined;
    const finished = new Promise<string>((resolve) => {
      done = resolve;
    });
    const account = { device: 'device-1', token: 't'.repeat(43) };
    const source = new HttpAssets(url(), account, store, (which) => done(which), SILENT);
    answer = (request, _body, response) => {
      const name = request.url?.split('/').at(-1) ?? '';
      asked.push(name === sha256 ? 'missing' : 'urgent');
      if (name !== sha256) return void response.writeHead(200).end(urgent.bytes);
      response.writeHead(404).end();
      // It fails for the second time, and rests for two seconds.
      if (asked.length === 2) response.on('close', () => source.want(urgent.ref.sha256));
    };
    source.want(sha256);
    expect(await finished).toBe(urgent.ref.sha256);
    await source.stop();
    expect(asked).toEqual(['missing', 'missing', 'urgent']);
  });

  test('what is not the asked hash is never stored; the next attempt begins anew', async () => {
    let times = 0;
    answer = (_request, _body, response) =>
      void response.writeHead(200).end(times++ > 0 ? asset.bytes : Buffer.alloc(200_000));
    const { store, ranges } = await pull();
    expect(await readFile(store.pathOf(sha256) as string)).toEqual(Buffer.from(asset.bytes));
    expect(ranges).toEqual([undefined, undefined]);
  });
});
