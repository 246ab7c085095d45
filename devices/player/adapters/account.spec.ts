import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Identity } from '../../protocol/index.js';
import { SILENT } from '../logger.js';
import { Desk } from '../testing/desk.js';
import { crypto, ROOT, SERVICE, signedKeySet, testKey } from '../testing/keys.js';
import { clock } from '../testing/running-player.js';
import { Account } from './account.js';
import { IdentityFile } from './identity-file.js';

/** As the real one, without its waits. */
const AT_ONCE = { firstMs: 0, longestMs: 0 };
const PACE = {
  spreadMs: 0,
  forgetMs: 1e9,
  waits: { answered: AT_ONCE, denied: AT_ONCE, unreachable: AT_ONCE },
};

let folder: string;
let desk: Desk;
let file: IdentityFile;
let identity: Identity;
const accounts: Account[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-account-'));
  file = new IdentityFile(folder);
  const { publicKey } = await file.key();
  identity = {
    v: 1,
    device: 'device-1',
    publicKey,
    path: ['commune-1'],
    area: { id: 'commune-1', name: 'Xã' },
    cluster: { id: 'cluster-1', name: 'Cụm' },
  };
  desk = new Desk(identity);
  await desk.open();
  await file.write({
    v: 1,
    url: desk.url,
    simulated: false,
    token: desk.token,
    mqttUrl: 'mqtt://127.0.0.1:1',
    rootPublicKey: ROOT.publicKey,
    keySet: signedKeySet(1),
    identity,
  });
});
afterEach(async () => {
  for (const account of accounts.splice(0)) account.stop();
  await desk.close();
  await rm(folder, { recursive: true });
});

/** As after a start of the player; `renewed` resolves with the next answer. */
async function started() {
  const key = await file.key();
  const enrolled = await file.read();
  if (!enrolled) throw new Error('not enrolled');
  const account = new Account({ file, key, enrolled, mqttUrl: undefined, crypto, clock, log: SILENT, pace: PACE });
  accounts.push(account);
  const heard: Identity[] = [];
  let answered: () => void = () => undefined;
  const renewed = new Promise<void>((done) => {
    answered = done;
  });
  const start = () => account.start({ renewed: () => answered(), keyChanged: (told) => heard.push(told) });
  return { account, start, renewed, heard };
}

/** What another start would find. */
const onDisk = async () => ({ key: (await file.key()).publicKey, token: (await file.read())?.token });

describe('a token that was lost', () => {
  test('a refused login gets the device another token, which is on the disk before it is used', async () => {
    const { account, start, renewed } = await started();
    await start();
    const former = account.token;
    account.refused(former);
    await renewed;
    expect(account.token).toBe(desk.token);
    expect(account.token).not.toBe(former);
    expect(await onDisk()).toEqual({ key: identity.publicKey, token: desk.token });
    expect(desk.asked).toEqual(['challenges', 'tokens']);
  });

  test('the answer is lost: the device asks again, because its login is refused still', async () => {
    desk.loses = 2;
    const { account, start, renewed } = await started();
    await start();
    account.refused(account.token);
    await renewed;
    expect(desk.asked.filter((name) => name === 'tokens')).toHaveLength(3);
    expect((await onDisk()).token).toBe(desk.token);
  });

  test('a late refusal of a token that is replaced already asks for nothing', async () => {
    const { account, start, renewed } = await started();
    await start();
    const former = account.token;
    account.refused(former);
    await renewed;
    account.refused(former);
    account.refused('another');
    await new Promise((turn) => setImmediate(turn));
    expect(desk.asked).toEqual(['challenges', 'tokens']);
  });
});

describe('a change of its key', () => {
  test('both keys sign; from then on the new one is the device’s, and the former is gone from the disk', async () => {
    await file.orderKeyChange();
    const waits = (await file.nextKey())?.publicKey;
    const { account, start, renewed, heard } = await started();
    expect(account.signer.kid).not.toBe(undefined);
    const kidBefore = account.signer.kid;
    await start();
    await renewed;
    expect([desk.publicKey, heard[0]?.publicKey]).toEqual([waits, waits]);
    expect(account.signer.kid).not.toBe(kidBefore);
    expect(await onDisk()).toEqual({ key: waits, token: desk.token });
    expect((await readdir(folder)).sort()).toEqual(['device.key', 'identity.json']);
    for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
  });

  test('an order that is repeated keeps the key that waits', async () => {
    await file.orderKeyChange();
    const waits = (await file.nextKey())?.publicKey;
    await file.orderKeyChange();
    expect((await file.nextKey())?.publicKey).toBe(waits);
  });

  test('the service took it and the answer is lost: the same change is asked for again, over a power cut too', async () => {
    await file.orderKeyChange();
    const waits = (await file.nextKey())?.publicKey;
    desk.loses = 1;
    const before = await started();
    // The cut comes with the lost answer.
    const lost = new Promise<void>((done) => {
      const look = setInterval(() => {
        if (!desk.asked.includes('keys')) return;
        clearInterval(look);
        before.account.stop();
        done();
      }, 1);
    });
    await before.start();
    await lost;
    expect(desk.publicKey).toBe(waits);
    expect((await onDisk()).key).toBe(identity.publicKey);
    const after = await started();
    await after.start();
    after.account.refused(after.account.token);
    await after.renewed;
    expect(await onDisk()).toEqual({ key: waits, token: desk.token });
  });

  test('cut after the identity was written and before the key took its place: the next start ends it', async () => {
    await file.orderKeyChange();
    const waits = await file.nextKey();
    const held = await file.read();
    if (!held || !waits) throw new Error('nothing to change');
    await file.write({ ...held, identity: { ...identity, publicKey: waits.publicKey } });
    expect((await file.key()).publicKey).toBe(waits.publicKey);
    expect(await file.nextKey()).toBeNull();
  });

  test('an answer by a stranger, or a refusal, changes nothing; the former key and token hold', async () => {
    await file.orderKeyChange();
    const before = await onDisk();
    desk.signer = testKey('stranger');
    const { account, start, heard } = await started();
    const kid = account.signer.kid;
    await start();
    await until(() => desk.asked.filter((name) => name === 'keys').length >= 2);
    desk.closed = true;
    const count = desk.asked.length;
    await until(() => desk.asked.length > count + 2);
    expect(heard).toEqual([]);
    expect(account.signer.kid).toBe(kid);
    expect(await onDisk()).toEqual(before);
    // The key that waits is kept: the service may have taken it.
    desk.closed = false;
    desk.signer = SERVICE;
    await until(() => heard.length > 0);
    expect((await onDisk()).key).toBe(desk.publicKey);
  });

  test('a file that holds no key is no order, and stops nothing', async () => {
    await writeFile(join(folder, 'device.key.next'), 'torn');
    const { start } = await started();
    await start();
    expect(desk.asked).toEqual([]);
    expect(await readFile(join(folder, 'device.key'), 'utf8')).toContain('PRIVATE KEY');
  });
});

async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise((turn) => setImmediate(turn));
}
