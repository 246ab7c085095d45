import { describe, expect, test } from '@jest/globals';
import { signJws, topics } from '../../protocol/index.js';
import { SERVICE } from '../testing/keys.js';
import { eventsOf, morning, NOON, ordered, send, statesOf } from '../testing/orders.js';
import { playOf } from '../testing/plans.js';
import { DEVICE, World } from '../testing/world.js';

describe('volume and hardware', () => {
  test('the volume holds for what sounds and for what follows, and the receipt states what was heard', () => {
    const world = World.ready(
      NOON,
      [1, 2].map((n) => playOf(NOON + n * 120_000, { play: `p-${n}` })),
    );
    world.run(NOON + 130_000);
    send(world, ordered({ kind: 'volume', percent: 50 }, world.now));
    world.run(NOON + 400_000);
    expect(world.effects).toContainEqual({ type: 'setVolume', play: 'p-1', volume: 40 });
    expect(world.receipts.map(({ volume, planned }) => [planned.volume, volume])).toEqual([
      [80, 40],
      [80, 40],
    ]);
  });

  test('a reboot is done once the device is back', () => {
    const scene = morning();
    scene.capabilities = ['reboot'];
    const order = ordered({ kind: 'reboot' }, scene.now);
    send(scene, order);
    scene.run(scene.now + 5_000);
    expect(scene.running).toBe(false);
    expect(statesOf(scene, order.id)).toEqual(['received']);
    scene.powerOn();
    scene.connect();
    scene.run(scene.now + 60_000);
    expect(statesOf(scene, order.id)).toEqual(['received', 'done']);
    expect(scene.running).toBe(true);
  });

  test('a reboot that the machine refuses is refused, and not done by the next boot', () => {
    const scene = morning();
    scene.capabilities = ['reboot'];
    scene.hardwareWorks = false;
    const order = ordered({ kind: 'reboot' }, scene.now);
    send(scene, order);
    scene.run(scene.now + 5_000);
    expect(statesOf(scene, order.id)).toEqual(['received', 'refused failed']);
    scene.powerCut();
    scene.powerOn();
    scene.connect();
    scene.run(scene.now + 60_000);
    expect(statesOf(scene, order.id)).toEqual(['received', 'refused failed']);
  });

  test.each([
    [true, ['received', 'done']],
    [false, ['received', 'refused failed']],
  ])('a test tone that works: %s', (works, states) => {
    const scene = morning();
    scene.capabilities = ['testTone'];
    scene.hardwareWorks = works;
    const order = ordered({ kind: 'testTone', volume: 20, durationMs: 1_000 }, scene.now);
    send(scene, order);
    scene.run(scene.now + 1_000);
    expect(statesOf(scene, order.id)).toEqual(states);
  });

  test('an answer that found no connection is given at the next one', () => {
    const scene = morning();
    scene.capabilities = ['testTone'];
    const order = ordered({ kind: 'testTone', volume: 20, durationMs: 1_000 }, scene.now);
    scene.feed({
      type: 'message',
      topic: topics.down(DEVICE, 'commands'),
      payload: Buffer.from(signJws('vang-command', order, SERVICE)),
    });
    scene.disconnect();
    scene.run(scene.now + 1_000);
    scene.connect();
    scene.run(scene.now + 1_000);
    expect(statesOf(scene, order.id)).toContain('done');
  });

  test('faults begin and end once, and stand in the state meanwhile', () => {
    const scene = morning();
    scene.feed({ type: 'fault', code: 'amplifier', present: true });
    scene.feed({ type: 'fault', code: 'amplifier', present: true });
    scene.run(scene.now + 1_000);
    const states = scene.service.heard.filter(({ topic }) => topic === topics.up(DEVICE, 'state'));
    expect(states.at(-1)?.message.faults).toEqual(['amplifier']);
    scene.feed({ type: 'fault', code: 'amplifier', present: false });
    scene.run(scene.now + 1_000);
    expect(eventsOf(scene)).toEqual(['faultBegan', 'faultEnded']);
  });

  test('a busy minute is no flood: what changes close together is told as one, and the last word is always told', () => {
    const world = World.ready(
      NOON,
      Array.from({ length: 100 }, (_, n) => playOf(NOON + 60_000 + n * 500, { play: `p-${n}`, durationMs: 450 })),
    );
    const states = () => world.service.heard.filter(({ topic }) => topic === topics.up(DEVICE, 'state'));
    const before = states().length;
    world.run(NOON + 120_000);
    expect(states().length - before).toBeLessThanOrEqual(60);
    expect(world.receipts).toHaveLength(100);
    expect(states().at(-1)?.message.playing).toBeNull();
  });

  test('a connected device tells of itself every five minutes or so, and not while it is offline', () => {
    const scene = morning();
    const told = () => scene.service.heard.filter(({ topic }) => topic === topics.up(DEVICE, 'telemetry')).length;
    const before = told();
    scene.run(scene.now + 3_600_000);
    expect(told() - before).toBeGreaterThanOrEqual(10);
    expect(told() - before).toBeLessThanOrEqual(14);
    scene.disconnect();
    const offline = told();
    scene.run(scene.now + 3_600_000);
    expect(told()).toBe(offline);
  });
});
