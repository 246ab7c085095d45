import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  coveringKey,
  fromBase64Url,
  largestSigned,
  openJws,
  openKeySet,
  toBase64Url,
} from '../../../devices/protocol/index.js';
import { ManualClock } from '../clock/index.js';
import { KeyRing, nodeCrypto } from './index.js';

const folder = () => mkdtemp(join(tmpdir(), 'vang-keys-'));
const started = async (at: string) => {
  const ring = new KeyRing(at, new ManualClock());
  await ring.start();
  return ring;
};

describe('key ring', () => {
  it('makes its keys once, readable by the service alone, and finds them again', async () => {
    const at = await folder();
    const first = await started(at);
    const again = await started(at);
    expect(again.rootPublicKey).toBe(first.rootPublicKey);
    expect(again.keySet).toBe(first.keySet);
    for (const name of await readdir(at)) expect((await stat(join(at, name))).mode & 0o077).toBe(0);
  });

  it('signs what a device with the pinned root key believes', async () => {
    const ring = await started(await folder());
    const opened = openKeySet(ring.keySet, fromBase64Url(ring.rootPublicKey), nodeCrypto);
    if (!opened.ok) throw new Error(opened.problem);
    const message = ring.sign('vang-time', { hello: 'xin chào' });
    const key = (kid: string) => coveringKey(opened.keys, kid, ['anywhere'], new ManualClock().nowMs());
    expect(openJws(message, 'vang-time', nodeCrypto, key)).toMatchObject({ ok: true, payload: { hello: 'xin chào' } });
    expect(openJws(message, 'vang-plan', nodeCrypto, key)).toEqual({ ok: false, problem: 'wrongType' });
    const other = await started(await folder());
    expect(openKeySet(ring.keySet, fromBase64Url(other.rootPublicKey), nodeCrypto).ok).toBe(false);
  });

  it('signs nothing that is larger than devices take', async () => {
    const ring = await started(await folder());
    const most = largestSigned('vang-command');
    const bare = ring.sign('vang-command', { filling: '' }).length;
    const filling = (letters: number) => ({ filling: 'x'.repeat(Math.floor((letters * 3) / 4)) });
    expect(ring.sign('vang-command', filling(most - bare)).length).toBeGreaterThan(most - 4);
    expect(() => ring.sign('vang-command', filling(most - bare + 8))).toThrow(`devices take ${most}`);
    // A head has less room than a command.
    expect(() => ring.sign('vang-plan', filling(most - bare))).toThrow('devices take 4096');
  });

  it('gives each purpose a secret of its own, the same after a restart, another in another installation', async () => {
    const at = await folder();
    const [first, again, other] = [await started(at), await started(at), await started(await folder())];
    expect(again.secretFor('claims')).toEqual(first.secretFor('claims'));
    const secrets = [first.secretFor('claims'), first.secretFor('challenges'), other.secretFor('claims')];
    expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(3);
    expect(secrets[0]).toHaveLength(32);
  });

  it('works with the root key taken offline', async () => {
    const at = await folder();
    const first = await started(at);
    await rm(join(at, 'root.key'));
    expect((await started(at)).keySet).toBe(first.keySet);
  });

  it('refuses to start with keys that do not belong together, or with one lost', async () => {
    const at = await folder();
    await started(at);
    await writeFile(join(at, 'root.pub'), toBase64Url(new Uint8Array(32).fill(7)));
    await expect(started(at)).rejects.toThrow('not signed by');
    const lost = await folder();
    await started(lost);
    await rm(join(lost, 'signing.key'));
    await expect(started(lost)).rejects.toThrow('restore the keys');
  });

  it('refuses keys made under a wrong clock, instead of giving devices what they must refuse', async () => {
    const at = await folder();
    await new KeyRing(at, new ManualClock(Date.UTC(2036, 0, 1))).start();
    await expect(started(at)).rejects.toThrow("is this machine's clock right?");
    await expect(new KeyRing(await folder(), new ManualClock(Date.UTC(1970, 0, 2))).start()).rejects.toThrow(
      'clock is in the past',
    );
  });
});
