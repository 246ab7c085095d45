import { describe, expect, test } from '@jest/globals';
import { PROBATION_MS, QUIET_BEFORE_PLAY_MS, signJws, topics, type UpdateOrder } from '../../protocol/index.js';
import { SERVICE, signedKeySet, testKey } from '../testing/keys.js';
import { at, audioNamed, playOf } from '../testing/plans.js';
import { DEVICE, World } from '../testing/world.js';

const NOON = at('12:00:00');
const BUNDLE = audioNamed('release 2', 100_000);
const topic = topics.down(DEVICE, 'update');

function orderOf(change: Partial<UpdateOrder> = {}): UpdateOrder {
  return { v: 1, device: DEVICE, release: 2, name: '1.1.0', bundle: BUNDLE.ref, notBeforeMs: NOON, ...change };
}

/** A device that can be updated, with a bulletin of one minute at each of these clock times. */
function scene(...times: readonly string[]): World {
  const world = new World();
  world.capabilities = ['update'];
  world.now = NOON;
  world.service.hold(audioNamed('bulletin'), BUNDLE);
  world.powerOn();
  world.connect();
  world.plan({
    version: 1,
    plays: times.map((time) =>
      playOf(at(time), { play: `p-${time.replace(':', '')}`, latestEndMs: at(time) + 90_000 }),
    ),
  });
  world.run(NOON + 1_000);
  return world;
}

const send = (world: World, order: UpdateOrder, signer = SERVICE) =>
  world.deliver({ topic, payload: signJws('vang-update', order, signer) });
const statesOf = (world: World) =>
  world.service.heard.filter((each) => each.topic === topics.up(DEVICE, 'update')).map(({ message }) => message.state);
const reportsOf = (world: World) =>
  world.service.heard.filter((each) => each.topic === topics.up(DEVICE, 'reports')).map(({ message }) => message.code);

describe('a signed update', () => {
  test('is fetched, installed and kept once it has reached the service', () => {
    const world = scene();
    send(world, orderOf());
    world.run(NOON + 60_000);
    expect(world.firmware.release).toBe(2);
    expect(world.confirmed).toBe(1);
    world.connect();
    world.run(NOON + 120_000);
    expect(world.confirmed).toBe(2);
    expect(statesOf(world)).toEqual(['received', 'downloaded', 'installing', 'healthy']);
  });

  test('one that does not reach the service gives way to the program before it, and is not tried again', () => {
    const world = scene();
    send(world, orderOf());
    world.run(NOON + 60_000);
    world.run(NOON + 60_000 + PROBATION_MS + 10_000);
    expect(world.firmware.release).toBe(1);
    world.connect();
    send(world, orderOf());
    world.run(world.now + 3_600_000);
    expect(world.firmware.release).toBe(1);
    expect(statesOf(world).at(-1)).toBe('rolledBack');
  });

  test('a later word tries the same release again', () => {
    const world = scene();
    send(world, orderOf());
    world.run(NOON + 60_000 + PROBATION_MS + 10_000);
    world.connect();
    send(world, orderOf({ notBeforeMs: NOON + 60_000 }));
    world.run(world.now + 30_000);
    expect(world.firmware.release).toBe(2);
  });

  test('is taken back by the order to stay with what runs, for good and over a power cut', () => {
    const world = scene();
    send(world, orderOf({ notBeforeMs: at('13:00') }));
    world.run(NOON + 60_000);
    send(world, orderOf({ release: 1, name: '1.0.0', notBeforeMs: NOON + 60_000 }));
    world.run(NOON + 120_000);
    expect(statesOf(world)).toEqual(['received', 'downloaded', 'healthy']);
    world.powerCut();
    world.powerOn();
    world.connect();
    world.run(at('14:00'));
    expect(world.firmware.release).toBe(1);
    send(world, orderOf({ notBeforeMs: at('13:00') }));
    world.run(at('14:05'));
    expect(world.firmware.release).toBe(2);
  });

  test('of what runs already is answered, once', () => {
    const world = scene();
    const order = orderOf({ release: 1 });
    send(world, order);
    send(world, order);
    world.run(NOON + 60_000);
    expect(statesOf(world)).toEqual(['healthy']);
  });

  test('is never installed near a planned play', () => {
    const world = scene('12:10', '12:25');
    send(world, orderOf());
    world.run(at('12:25:59'));
    expect(world.firmware.release).toBe(1);
    world.run(at('12:26:10'));
    expect(world.firmware.release).toBe(2);
    expect(world.sounded.map(({ play }) => play)).toEqual(['p-1210', 'p-1225']);
  });

  test('waits for its hour, and goes before a play that is far enough away', () => {
    const world = scene('14:00');
    send(world, orderOf({ notBeforeMs: at('13:00') }));
    world.run(at('12:59:59'));
    expect(statesOf(world)).toEqual(['received', 'downloaded']);
    world.run(at('13:00:05'));
    expect(world.firmware.release).toBe(2);
    expect(at('14:00') - at('13:00')).toBeGreaterThan(QUIET_BEFORE_PLAY_MS);
  });

  test('a power cut at any record leaves a device that plays its next bulletin', () => {
    const rehearsal = scene('12:40');
    send(rehearsal, orderOf());
    rehearsal.run(at('12:35'));
    for (let cut = 1; cut <= rehearsal.journal.length + 1; cut++) {
      const world = scene('12:40');
      world.powerFailsAfter = cut > world.journal.length ? cut : Number.POSITIVE_INFINITY;
      send(world, orderOf());
      for (let minute = 1; minute <= 39; minute++) {
        world.run(NOON + minute * 60_000);
        if (!world.running) world.powerOn();
        world.connect();
      }
      world.run(at('12:42'));
      expect(world.sounded.map(({ play }) => play)).toEqual(['p-1240']);
    }
  });

  test('plays do not wait for it: its bundle is fetched last', () => {
    const world = scene();
    world.service.suppliesAssets = false;
    send(world, orderOf());
    world.plan(
      { version: 2, plays: [playOf(at('17:00'), { play: 'later', audio: audioNamed('later') })] },
      audioNamed('later'),
    );
    world.run(NOON + 30_000);
    const wishes = world.service.heard.filter((each) => each.topic === topics.up(DEVICE, 'wishes'));
    const wished = wishes.at(-1)?.message.assets;
    expect(wished).toContainEqual({ sha256: BUNDLE.ref.sha256 });
    expect(world.state.stored.has(BUNDLE.ref.sha256)).toBe(false);
  });
});

describe('what is refused', () => {
  test.each<[string, Partial<UpdateOrder>]>([
    ['an older release', { release: 0 as number }],
    ['another device', { device: 'device-2' }],
    ['no bundle', { bundle: undefined as unknown as UpdateOrder['bundle'] }],
  ])('%s', (_, change) => {
    const world = scene();
    send(world, orderOf(change));
    world.run(NOON + 60_000);
    expect(reportsOf(world)).toEqual(['updateRejected']);
    expect(world.firmware.release).toBe(1);
  });

  test('an older release without a person’s word, and with it', () => {
    const world = scene();
    world.firmware = { release: 5, name: '1.4.0' };
    send(world, orderOf());
    world.run(NOON + 30_000);
    expect(reportsOf(world)).toEqual(['updateRejected']);
    send(world, orderOf({ back: true }));
    world.run(NOON + 60_000);
    expect(world.firmware.release).toBe(2);
  });

  test('a key that is not for everything, and one that nobody knows', () => {
    const world = scene();
    const local = testKey('local');
    world.service.keys = signedKeySet(2, [{ key: SERVICE }, { key: local, scope: ['commune-1'] }]);
    world.deliver({ topic: topics.keys, payload: world.service.keys });
    send(world, orderOf(), local);
    send(world, orderOf(), testKey('stranger'));
    world.run(NOON + 60_000);
    expect(reportsOf(world)).toEqual(['updateRejected', 'updateRejected']);
    expect(world.firmware.release).toBe(1);
  });

  test('a device that cannot be updated says so', () => {
    const world = scene();
    world.capabilities = [];
    send(world, orderOf());
    world.run(NOON + 60_000);
    expect(statesOf(world)).toEqual(['refused']);
  });

  test('a bundle that cannot be unpacked', () => {
    const world = scene();
    send(world, orderOf({ notBeforeMs: at('13:00') }));
    world.run(NOON + 60_000);
    world.run(at('13:00'));
    world.feed({ type: 'updateFailed', release: 2, detail: 'not a bundle' });
    expect(world.state.durable.update?.state).toBe('refused');
  });
});
