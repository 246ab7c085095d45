import { describe, expect, test } from '@jest/globals';
import { eventsOf, NOON, ordered, SIREN, send } from '../testing/orders.js';
import { playOf } from '../testing/plans.js';
import { World } from '../testing/world.js';
import { BUTTON_SILENCE_MS } from './silence.js';

describe('silence', () => {
  const five = [1, 2, 3].map((n) =>
    playOf(NOON + n * 120_000, { play: `p-${n}`, latestEndMs: NOON + n * 120_000 + 70_000 }),
  );
  const alarm = playOf(NOON + 250_000, {
    play: 'alarm',
    class: 'emergency',
    audio: SIREN,
    durationMs: 20_000,
    latestEndMs: NOON + 280_000,
  });
  const scene = (): World => {
    const world = World.ready(NOON, [...five, alarm], SIREN);
    world.run(NOON + 130_000);
    return world;
  };

  test('stops what sounds, keeps all silent until its end, and each receipt says so', () => {
    const world = scene();
    send(world, ordered({ kind: 'silence', untilMs: NOON + 350_000, emergencies: false }, world.now));
    world.run(NOON + 600_000);
    expect(world.sounded.map(({ play }) => play)).toEqual(['p-1', 'p-3']);
    expect(world.receiptOf('p-1')).toMatchObject({ outcome: 'partial', cause: 'stopped' });
    expect(world.receiptOf('p-2')).toMatchObject({ outcome: 'notPlayed', cause: 'stopped' });
  });

  test('lets emergencies through where it was told to', () => {
    const world = scene();
    send(world, ordered({ kind: 'silence', untilMs: NOON + 350_000, emergencies: true }, world.now));
    world.run(NOON + 600_000);
    expect(world.sounded.map(({ play }) => play)).toEqual(['p-1', 'alarm', 'p-3']);
  });

  test('is ended by a person, and survives a power cut until then', () => {
    const world = scene();
    send(world, ordered({ kind: 'silence', untilMs: NOON + 3_600_000, emergencies: false }, world.now));
    world.run(NOON + 200_000);
    world.powerCut();
    world.powerOn();
    world.connect();
    world.run(NOON + 340_000);
    expect(world.sounded.map(({ play }) => play)).toEqual(['p-1']);
    send(world, ordered({ kind: 'resume' }, world.now));
    world.run(NOON + 600_000);
    expect(world.sounded.map(({ play }) => play)).toEqual(['p-1', 'p-3']);
  });

  test('the button at the device silences for half an hour, and the service is told', () => {
    const world = scene();
    world.feed({ type: 'stopPressed' });
    world.run(NOON + 600_000);
    expect(world.sounded.map(({ play }) => play)).toEqual(['p-1', 'alarm']);
    expect(world.receiptOf('p-1')).toMatchObject({ outcome: 'partial', cause: 'stopped' });
    expect(eventsOf(world)).toContain('stopButton');
    expect(world.state.durable.silence?.untilMs).toBe(NOON + 130_000 + BUTTON_SILENCE_MS);
  });

  test('the button takes nothing from a longer silence that was ordered', () => {
    const world = scene();
    send(world, ordered({ kind: 'silence', untilMs: NOON + 3 * 3_600_000, emergencies: false }, world.now));
    world.run(NOON + 140_000);
    world.feed({ type: 'stopPressed' });
    world.run(NOON + 600_000);
    expect(world.sounded.map(({ play }) => play)).toEqual(['p-1']);
    expect(world.state.durable.silence).toMatchObject({ untilMs: NOON + 3 * 3_600_000, emergencies: false });
    expect(eventsOf(world)).toContain('stopButton');
  });

  test('the half hour of the button is ended by the office', () => {
    const world = scene();
    world.feed({ type: 'stopPressed' });
    world.run(NOON + 300_000);
    send(world, ordered({ kind: 'resume' }, world.now));
    world.run(NOON + 600_000);
    expect(world.sounded.map(({ play }) => play)).toEqual(['p-1', 'alarm', 'p-3']);
  });
});
