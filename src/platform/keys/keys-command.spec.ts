import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { coveringKey, fromBase64Url, openJws, openKeySet } from '../../../devices/protocol/index.js';
import { ManualClock } from '../clock/index.js';
import { KeyRing, nodeCrypto, parseKeys, runKeys } from './index.js';

const NOW = Date.parse('2026-11-21T08:00:00+07:00');
const DAY = 86_400_000;

let folder: string;
let clock: ManualClock;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-keys-'));
  clock = new ManualClock(NOW);
  await started();
});

async function started(): Promise<KeyRing> {
  const ring = new KeyRing(folder, clock);
  await ring.start();
  return ring;
}
const keys = (line: string) => runKeys(parseKeys(line.split(' ')), folder, clock);
const opened = (ring: KeyRing) => {
  const set = openKeySet(ring.keySet, fromBase64Url(ring.rootPublicKey), nodeCrypto);
  if (!set.ok) throw new Error(set.problem);
  return set.keys;
};
const signerOf = (ring: KeyRing) =>
  JSON.parse(Buffer.from(ring.sign('vang-time', {}).split('.')[0] ?? '', 'base64url').toString()).kid as string;
const believes = (ring: KeyRing, compact: string, path = ['anywhere']) =>
  openJws(compact, 'vang-time', nodeCrypto, (kid) => coveringKey(opened(ring), kid, path, clock.nowMs())).ok;

describe('a rotation of the signing key', () => {
  it('adds one beside the old: the service signs with the new one, and devices believe both', async () => {
    const before = await started();
    const [first, old] = [signerOf(before), before.sign('vang-time', { n: 1 })];
    const said = await keys('add');
    const after = await started();
    expect(after.version).toBe(2);
    expect(signerOf(after)).not.toBe(first);
    expect([believes(after, after.sign('vang-time', {})), believes(after, old)]).toEqual([true, true]);
    expect(said.join('\n')).toContain('Start the service again');
    for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
  });

  it('retires one at a day: until then both hold, then only the new one', async () => {
    const before = await started();
    const [first, old] = [signerOf(before), before.sign('vang-time', {})];
    await keys('add');
    await keys(`retire ${first.slice(0, 8)} --at 2026-12-01`);
    const after = await started();
    expect(believes(after, old)).toBe(true);
    clock.set(Date.parse('2026-12-01T00:00:01+07:00'));
    expect([believes(after, old), believes(after, after.sign('vang-time', {}))]).toEqual([false, true]);
  });

  it('revokes one that leaked: it is in the set no more, and its private half is gone', async () => {
    const before = await started();
    const [first, old] = [signerOf(before), before.sign('vang-time', {})];
    await keys('add');
    await keys(`revoke ${first.slice(0, 8)}`);
    const after = await started();
    expect([after.version, believes(after, old)]).toEqual([3, false]);
    expect(await readdir(folder)).not.toContain('signing.key');
  });

  it('takes effect at its moment: a key for next year signs next year', async () => {
    await keys('add --from 2027-01-01');
    const ring = await started();
    const now = signerOf(ring);
    clock.set(Date.parse('2027-01-01T00:00:01+07:00'));
    expect(signerOf(ring)).not.toBe(now);
  });

  it('a key for one area is obeyed there and nowhere else; the service goes on signing for all', async () => {
    const before = signerOf(await started());
    await keys('add --scope commune-1');
    const ring = await started();
    expect(signerOf(ring)).toBe(before);
    const kid = opened(ring).keys.find(({ scope }) => scope[0] === 'commune-1')?.kid ?? '';
    const covers = (path: string[]) => coveringKey(opened(ring), kid, path, NOW) !== undefined;
    expect([covers(['commune-1', 'province-1']), covers(['commune-2', 'province-1'])]).toEqual([true, false]);
  });

  it('names a key that was made elsewhere, whose private half never comes here', async () => {
    const files = await readdir(folder);
    const other = new KeyRing(await mkdtemp(join(tmpdir(), 'vang-other-')), clock);
    await other.start();
    await keys(`add --scope commune-1 --public-key ${other.rootPublicKey}`);
    expect((await readdir(folder)).toSorted()).toEqual([...files].toSorted());
    expect(opened(await started()).keys.map(({ publicKey }) => publicKey)).toContain(other.rootPublicKey);
  });

  it('codes that were printed can be printed again, also when the first key is gone', async () => {
    const before = (await started()).secretFor('claim codes');
    const first = signerOf(await started());
    await keys('add');
    await keys(`revoke ${first.slice(0, 8)}`);
    expect((await started()).secretFor('claim codes')).toEqual(before);
    await rm(join(folder, 'secret.key'));
    await expect(started()).rejects.toThrow('restore the keys');
  });

  it('an installation from before keeps its secrets: they follow from its signing key', async () => {
    const before = (await started()).secretFor('claim codes');
    await rm(join(folder, 'secret.key'));
    await keys('add');
    expect((await started()).secretFor('claim codes')).toEqual(before);
  });

  it('what was stored signed by a former key is signed anew as it goes out, the same letters each time', async () => {
    const before = await started();
    const stored = before.sign('vang-time', { hello: 'xin chào' });
    const former = before.keySet;
    expect(before.renewed('vang-time', stored)).toBe(stored);
    const first = signerOf(before);
    await keys('add');
    await keys(`revoke ${first.slice(0, 8)}`);
    const after = await started();
    // A key that nobody told of may be anybody's.
    expect(after.renewed('vang-time', stored)).toBe(stored);
    after.learn(former);
    const anew = after.renewed('vang-time', stored);
    expect([believes(after, stored), believes(after, anew)]).toEqual([false, true]);
    expect(after.renewed('vang-time', stored)).toBe(anew);
    expect(after.renewed('vang-time', `${stored.slice(0, -8)}AAAAAAAA`)).toBe(`${stored.slice(0, -8)}AAAAAAAA`);
    expect(after.renewed('vang-plan', '')).toBe('');
  });
});

describe('the root key on a stick', () => {
  it('is named by its file, and nothing is signed without it', async () => {
    const stick = join(await mkdtemp(join(tmpdir(), 'vang-stick-')), 'root.key');
    await rename(join(folder, 'root.key'), stick);
    const before = await readFile(join(folder, 'keyset.jws'), 'utf8');
    await expect(keys('add')).rejects.toThrow('--root FILE');
    expect(await readFile(join(folder, 'keyset.jws'), 'utf8')).toBe(before);
    expect((await keys(`add --root ${stick}`))[0]).toContain('key set 2');
    expect(await readdir(folder)).not.toContain('root.key');
  });

  it('of another installation signs nothing here', async () => {
    const other = await mkdtemp(join(tmpdir(), 'vang-other-'));
    await new KeyRing(other, clock).start();
    await expect(keys(`add --root ${join(other, 'root.key')}`)).rejects.toThrow('another installation');
    expect((await started()).version).toBe(1);
  });
});

describe('what the command refuses', () => {
  it.each([
    ['revoke', 'which key?'],
    ['revoke zzzz', 'no key of the set'],
    ['retire', 'which key?'],
    ['add --until soon', 'no date'],
    ['add --until 2020-01-01', 'before it begins'],
    ['add --scope *,', 'scope'],
    ['add --public-key short', 'public-key'],
    ['add --at 2027-01-01', 'at'],
    ['add a b', 'too much'],
    ['dance', 'what'],
    ['add --loud', '--loud'],
  ])('%s', async (line, words) => {
    const before = await readdir(folder);
    await expect((async () => keys(line))()).rejects.toThrow(words);
    expect([(await started()).version, await readdir(folder)]).toEqual([1, before]);
  });

  it('to revoke the only key that signs for all: the service would fall silent', async () => {
    const first = signerOf(await started());
    await expect(keys(`revoke ${first}`)).rejects.toThrow('add a key first');
    await keys('add --scope commune-1');
    await expect(keys(`revoke ${first}`)).rejects.toThrow('add one first');
    expect(await readdir(folder)).toContain('signing.key');
  });

  it('a folder without keys', async () => {
    await writeFile(join(folder, 'keyset.jws'), 'x');
    await expect(keys('show')).rejects.toThrow('not signed by root.pub');
    await rm(join(folder, 'root.pub'));
    await expect(keys('show')).rejects.toThrow('missing');
  });
});

it('shows each key with its days, its areas, and which one signs', async () => {
  await keys('add --from 2027-01-01 --until 2028-01-01');
  const [head, first, second, root] = await keys('show');
  expect(head).toContain('key set 2');
  expect(first).toMatch(/2026-11-20T01:00 … 2036-11-18T01:00 UTC {2}\* {2}signs now/);
  expect(second).toMatch(/2026-12-31T17:00 … 2027-12-31T17:00 UTC {2}\* {2}is here/);
  expect(root).toContain('remove it');
  clock.set(NOW + 500 * DAY);
});

describe('the line of a command', () => {
  it.each(['Mxy', '-Mxy', '--atlas'])('takes %s for the name of a key', (name) => {
    expect(parseKeys(['revoke', name, '--data', 'here'])).toEqual({ what: 'revoke', kid: name, data: 'here' });
  });

  it('takes the flags before the name, too, and no second name', () => {
    expect(parseKeys(['retire', '--at', '2026-12-01', 'Mxy'])).toMatchObject({ what: 'retire', kid: 'Mxy' });
    expect(() => parseKeys(['revoke', 'Mxy', 'other'])).toThrow('too much: other');
    expect(() => parseKeys(['revoke', '--data', 'here'])).toThrow('which key?');
  });
});
