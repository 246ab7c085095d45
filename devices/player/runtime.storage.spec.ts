import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CHUNK_BYTES, toBitmap, topics } from '../protocol/index.js';
import { DiskAssetStore } from './adapters/asset-store.js';
import { neededByPlan } from './core/index.js';
import { createLog } from './logger.js';
import type { PlayerRuntime } from './runtime.js';
import { audioNamed, planOf, playOf, type TestAsset } from './testing/plans.js';
import { DEVICE, type FakeLink, runningPlayer, until } from './testing/running-player.js';

let folder: string;
let running: PlayerRuntime | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-storage-'));
});
afterEach(async () => {
  await running?.stop().catch(() => undefined);
  await rm(folder, { recursive: true });
});

/** A card of so many bytes; what does not fit is refused as the kernel refuses it. */
class SmallCard extends DiskAssetStore {
  constructor(
    private readonly path: string,
    private readonly bytes: number,
  ) {
    super(path, 1e9);
  }
  override async writeChunk(...[sha256, offset, bytes]: Parameters<DiskAssetStore['writeChunk']>): Promise<void> {
    const names = await readdir(this.path);
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(this.path, name))).size));
    const used = sizes.reduce((sum, size) => sum + size, 0);
    if (used + bytes.length > this.bytes)
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    return super.writeChunk(sha256, offset, bytes);
  }
}

async function player(store: DiskAssetStore) {
  const logged: string[] = [];
  const log = createLog('warn', (line) => logged.push(JSON.parse(line).event));
  const made = await runningPlayer(folder, 100, { parts: { store, log } });
  running = made.runtime;
  return { ...made, logged };
}

/** Each audio is planned once, an hour from now and later. */
async function told(link: FakeLink, version: number, ...audio: readonly TestAsset[]): Promise<void> {
  link.service.hold(...audio);
  const plays = audio.map((asset, i) =>
    playOf(Date.now() + (i + 1) * 3_600_000, { play: `play-${asset.ref.sha256.slice(0, 8)}`, audio: asset }),
  );
  const change = { sinceMs: 0, from: '2020-01-01', until: '2040-01-01' };
  const { topic, payload } = link.service.publish(planOf({ device: DEVICE, version, plays, change }));
  await link.deliver(topic, payload);
}

const faultsOf = (link: FakeLink) =>
  link.service.heard.filter(({ topic }) => topic === topics.up(DEVICE, 'state')).at(-1)?.message.faults ?? [];

describe('a quota smaller than the plan needs', () => {
  test('the plan wins, and log and state say so; what it needs no more goes', async () => {
    const store = new DiskAssetStore(join(folder, 'assets'), 10_000);
    const { link, runtime, logged } = await player(store);
    const [a, b, c] = [audioNamed('a', 6_000), audioNamed('b', 6_000), audioNamed('c', 6_000)];
    link.handlers?.connected();
    await told(link, 1, a, b);
    await until(() => [a, b].every(({ ref }) => runtime.state.stored.has(ref.sha256)));
    await until(() => logged.includes('quotaExceeded'));
    await until(() => JSON.stringify(faultsOf(link)) === '["storageFull"]');
    for (const { ref } of [a, b]) expect(store.pathOf(ref.sha256)).toBeDefined();
    expect(neededByPlan(runtime.state).has(a.ref.sha256)).toBe(true);

    await told(link, 2, c);
    await until(() => runtime.state.stored.has(c.ref.sha256));
    await until(() => !runtime.state.stored.has(a.ref.sha256));
    expect(store.pathOf(c.ref.sha256)).toBeDefined();
    await until(() => JSON.stringify(faultsOf(link)) === '[]');
  });
});

describe('a player that ends in the middle of a transfer', () => {
  const long = audioNamed('long', 4 * CHUNK_BYTES + 100);
  const { sha256 } = long.ref;

  /** Two of five chunks lack. */
  async function endedInMidTransfer(): Promise<void> {
    const { link, runtime } = await player(new DiskAssetStore(join(folder, 'assets'), 1e6));
    for (const index of [1, 3]) link.service.loses.add(topics.chunk(sha256, index));
    link.handlers?.connected();
    await told(link, 1, long);
    await until(() => runtime.state.assets.get(sha256)?.missing?.join('') === '01010');
    await runtime.stop();
  }

  test('wishes for the rest alone when it starts again', async () => {
    await endedInMidTransfer();
    const store = new DiskAssetStore(join(folder, 'assets'), 1e6);
    const { link, runtime } = await player(store);
    link.service.hold(long);
    link.handlers?.connected();
    await until(() => runtime.state.stored.has(sha256));
    const wishes = link.service.heard.filter(({ topic }) => topic === topics.up(DEVICE, 'wishes'));
    expect(wishes.map(({ message }) => message.assets)).toEqual([[{ sha256, missing: toBitmap([1, 3], 5) }]]);
    expect(await readFile(store.pathOf(sha256) as string)).toEqual(Buffer.from(long.bytes));
  });

  test('removes what it had begun when the plan is without it, and leaves the rest of the folder alone', async () => {
    await endedInMidTransfer();
    const names = async () => (await readdir(join(folder, 'assets'))).filter((name) => name.startsWith(sha256)).sort();
    expect(await names()).toEqual([`${sha256}.descriptor`, `${sha256}.part`]);
    const { link, runtime } = await player(new DiskAssetStore(join(folder, 'assets'), 1e6));
    // A moment without a connection, and without the plan that is on its way: nothing is given up.
    await until(() => runtime.state.assets.get(sha256)?.missing?.join('') === '01010');
    expect(await names()).toHaveLength(2);
    const other = audioNamed('other');
    link.handlers?.connected();
    link.service.loses.add(topics.chunk(sha256, 1)).add(topics.chunk(sha256, 3));
    await told(link, 2, other);
    await until(() => runtime.state.stored.has(other.ref.sha256));
    await runtime.stop();
    expect(await names()).toEqual([]);
    expect(await readdir(join(folder, 'assets'))).toContain(`${other.ref.sha256}-${other.ref.bytes}`);
  });
});

describe('a full disk', () => {
  test('what no plan needs makes way at once, and what did not fit is fetched again', async () => {
    const store = new SmallCard(join(folder, 'assets'), 20_000);
    const { link, runtime, logged } = await player(store);
    const [old, next] = [audioNamed('old', 15_000), audioNamed('next', 16_000)];
    link.handlers?.connected();
    await told(link, 1, old);
    await until(() => runtime.state.stored.has(old.ref.sha256));
    await told(link, 2, next);
    await until(() => logged.includes('disk'));
    expect(runtime.state.stored.has(next.ref.sha256)).toBe(false);
    await until(() => runtime.state.stored.has(next.ref.sha256), 30_000);
    expect(store.pathOf(old.ref.sha256)).toBeUndefined();
    await until(() => JSON.stringify(faultsOf(link)) === '[]');
  });

  test('full of what the plan needs, nothing of it is given up', async () => {
    const store = new SmallCard(join(folder, 'assets'), 20_000);
    const { link, runtime, logged } = await player(store);
    const [first, second] = [audioNamed('first', 15_000), audioNamed('second', 16_000)];
    link.handlers?.connected();
    await told(link, 1, first);
    await until(() => runtime.state.stored.has(first.ref.sha256));
    await told(link, 2, first, second);
    await until(() => logged.includes('disk'));
    await until(() => JSON.stringify(faultsOf(link)) === '["storageFull"]');
    expect(store.pathOf(first.ref.sha256)).toBeDefined();
    expect(runtime.state.stored.has(first.ref.sha256)).toBe(true);
  });
});
