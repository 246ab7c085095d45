import { describe, expect, test } from '@jest/globals';
import { CHUNK_BYTES, fromBitmap, topics } from '../../protocol/index.js';
import { morning, NOON } from '../testing/orders.js';
import { at, audioNamed, planOf, playOf, type TestAsset } from '../testing/plans.js';
import { DEVICE, World } from '../testing/world.js';

const CHUNKS = 5;
const BULLETIN = audioNamed('long bulletin', (CHUNKS - 1) * CHUNK_BYTES + 1_000);
const { sha256 } = BULLETIN.ref;
const EVENING = playOf(at('17:00'), { play: 'evening', audio: BULLETIN });

/** Indexes that the last wish names for the asset; `everything`: it asks for the descriptor too; undefined: not wished for. */
function wishedFor(world: World, name = sha256): readonly number[] | 'everything' | undefined {
  const wish = world.service.heard.filter(({ topic }) => topic === topics.up(DEVICE, 'wishes')).at(-1);
  const assets = (wish?.message.assets ?? []) as { sha256: string; missing?: string }[];
  const asset = assets.find((each) => each.sha256 === name);
  if (!asset) return undefined;
  return asset.missing === undefined ? 'everything' : fromBitmap(asset.missing, CHUNKS);
}

function deliver(world: World, { ref, bytes, descriptor }: TestAsset, ...indexes: readonly number[]): void {
  if (descriptor) world.deliver({ topic: topics.descriptor(ref.sha256), payload: descriptor });
  for (const index of indexes)
    world.deliver({
      topic: topics.chunk(ref.sha256, index),
      payload: bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES),
    });
  world.run(world.now + 100);
}

/** It has these chunks of the bulletin of the evening when the supply breaks off. */
function inMidTransfer(...indexes: readonly number[]): World {
  const world = morning();
  world.service.suppliesAssets = false;
  const plan = planOf({ device: DEVICE, version: 2, plays: [EVENING] });
  world.deliver(world.service.publish(plan));
  world.run(NOON + 2_000);
  for (const part of plan.parts) deliver(world, part, 0);
  world.run(NOON + 3_000);
  expect(wishedFor(world)).toBe('everything');
  deliver(world, BULLETIN, ...indexes);
  return world;
}

function powerBack(world: World): void {
  world.service.heard.length = 0;
  world.effects.length = 0;
  world.powerOn();
  world.connect();
  world.run(world.now + 1_000);
}

const written = (world: World) =>
  world.effects.flatMap((effect) =>
    effect.type === 'writeChunk' && effect.sha256 === sha256 ? [effect.offset / CHUNK_BYTES] : [],
  );
const unfinished = (world: World) => world.disk.names.filter((name) => name.includes('.'));

describe('a power cut in the middle of a transfer', () => {
  test('the device goes on with the chunks that lack, and none is fetched twice', () => {
    const world = inMidTransfer(0, 2, 3);
    world.powerCut();
    powerBack(world);
    expect(wishedFor(world)).toEqual([1, 4]);
    world.service.hold(BULLETIN);
    world.service.suppliesAssets = true;
    world.run(world.now + 10_000);
    expect(written(world)).toEqual([1, 4]);
    expect(world.state.stored.has(sha256)).toBe(true);
    expect(unfinished(world)).toEqual([]);
  });

  test('so it does after the second cut, and the third', () => {
    const world = inMidTransfer(4);
    for (const chunk of [2, 0]) {
      world.powerCut();
      powerBack(world);
      deliver(world, BULLETIN, chunk);
    }
    world.powerCut();
    powerBack(world);
    expect(wishedFor(world)).toEqual([1, 3]);
  });

  test('a chunk whose write was torn is fetched again', () => {
    const world = inMidTransfer(0, 1, 2);
    world.powerCut();
    world.disk.tear(`${sha256}.part`, 2 * CHUNK_BYTES + 17);
    powerBack(world);
    expect(wishedFor(world)).toEqual([2, 3, 4]);
  });

  test('between the last chunk and the end: nothing more is fetched', () => {
    const world = inMidTransfer(0, 1, 2, 3);
    world.powerCut();
    world.disk.put(`${sha256}.part`, BULLETIN.bytes);
    powerBack(world);
    expect(world.state.stored.has(sha256)).toBe(true);
    expect(wishedFor(world)).toBeUndefined();
  });

  test('before the descriptor came: everything is asked for', () => {
    const world = inMidTransfer();
    world.powerCut();
    for (const name of [...world.disk.names]) if (name.endsWith('.descriptor')) world.disk.lose(name);
    powerBack(world);
    expect(wishedFor(world)).toBe('everything');
  });

  test('a descriptor that the plan does not name is not gone by', () => {
    const world = inMidTransfer(0, 2);
    world.powerCut();
    world.disk.put(`${sha256}.descriptor`, Buffer.concat([BULLETIN.descriptor as Uint8Array, Buffer.from(' ')]));
    powerBack(world);
    expect(wishedFor(world)).toBe('everything');
  });

  test('offline it looks at once, and says what lacks at its next connection', () => {
    const world = inMidTransfer(1);
    world.powerCut();
    world.service.heard.length = 0;
    world.powerOn();
    world.run(world.now + 60_000);
    world.connect();
    world.run(world.now + 100);
    expect(wishedFor(world)).toEqual([0, 2, 3, 4]);
  });
});

describe('what no plan needs of unfinished assets', () => {
  const without = (version: number) => ({ version, plays: [playOf(at('18:00'), { play: 'night' })] });

  test('goes when the plan drops it', () => {
    const world = inMidTransfer(0, 1);
    expect(unfinished(world)).toEqual([`${sha256}.descriptor`, `${sha256}.part`]);
    world.service.suppliesAssets = true;
    world.plan(without(3));
    world.run(world.now + 1_000);
    expect(world.state.durable.activeVersion).toBe(3);
    expect(unfinished(world)).toEqual([]);
  });

  test('goes at the start, if it was left by a plan that is over', () => {
    const world = inMidTransfer(0, 1);
    world.powerCut();
    world.now = at('23:00');
    powerBack(world);
    expect(world.receiptOf('evening').cause).toBe('powerLost');
    expect(unfinished(world)).toEqual([]);
  });

  test('stays while a part of the newest plan is on its way, which may name it', () => {
    const world = inMidTransfer(0, 1);
    world.powerCut();
    world.now = at('23:00');
    const tomorrow = playOf(at('23:30'), { play: 'tomorrow', audio: BULLETIN });
    const plan = planOf({ device: DEVICE, version: 3, plays: [tomorrow] });
    world.service.publish(plan);
    powerBack(world);
    world.run(world.now + 60_000);
    expect(world.state.durable.head?.version).toBe(3);
    expect(world.state.durable.activeVersion).toBe(2);
    for (const part of plan.parts) deliver(world, part, 0);
    world.run(world.now + 1_000);
    expect(wishedFor(world)).toEqual([2, 3, 4]);
  });

  test('chosen to make room, and wanted since: it begins anew', () => {
    const world = inMidTransfer(0, 1);
    world.feed({ type: 'assetsEvicted', sha256s: [sha256] });
    world.run(world.now + 10_000);
    expect(wishedFor(world)).toBe('everything');
  });
});
