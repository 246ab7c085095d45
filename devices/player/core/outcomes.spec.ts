import { describe, expect, test } from '@jest/globals';
import { at, audioNamed, DAY_MS, HOUR_MS, playOf } from '../testing/plans.js';
import { World } from '../testing/world.js';

const START = at('5:30');

describe('case 12: a late start follows its policy and is recorded', () => {
  /** The player is down from before the start until `lateMs` after it. */
  function lateBy(lateMs: number, late: 'skip' | 'seek' | 'whole'): World {
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p', late, latestEndMs: START + 90_000 })]);
    world.run(START - 10_000);
    world.crash();
    world.run(START + lateMs);
    world.startPlayer();
    world.run(START + 300_000);
    return world;
  }

  test('skip: not played', () => {
    expect(lateBy(5_000, 'skip').receiptOf('p')).toMatchObject({
      outcome: 'notPlayed',
      cause: 'playerStopped',
      playedMs: 0,
    });
  });

  test('seek: joins where it would be by now, partial', () => {
    const world = lateBy(20_000, 'seek');
    expect(world.receiptOf('p')).toMatchObject({
      outcome: 'partial',
      cause: 'late',
      seekMs: 20_000,
      lateMs: 20_040,
      playedMs: 40_000,
    });
    expect(world.sounded[0]?.endedMs).toBe(START + 60_040);
  });

  test('whole: from the beginning while it still ends in time', () => {
    expect(lateBy(20_000, 'whole').receiptOf('p')).toMatchObject({
      outcome: 'complete',
      seekMs: 0,
      lateMs: 20_040,
      playedMs: 60_000,
    });
    expect(lateBy(30_001, 'whole').receiptOf('p')).toMatchObject({ outcome: 'notPlayed' });
  });

  test('nothing sounds after the latest end', () => {
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p', latestEndMs: START + 45_000 })]);
    world.run(START + 120_000);
    expect(world.receiptOf('p')).toMatchObject({ outcome: 'partial', cause: 'cutShort' });
    expect(world.sounded[0]?.endedMs).toBe(START + 45_005);
  });
});

describe('case 13: an emergency in the middle of a priority item', () => {
  test('both receipts are right', () => {
    const world = World.ready(
      at('5:00'),
      [
        playOf(START, { play: 'priority', class: 'priority' }),
        playOf(START + 20_000, {
          play: 'emergency',
          class: 'emergency',
          durationMs: 30_000,
          audio: audioNamed('storm'),
        }),
        playOf(START + 60_000, { play: 'next' }),
      ],
      audioNamed('storm'),
    );
    world.run(START + 300_000);
    expect(world.receiptOf('priority')).toMatchObject({ outcome: 'partial', cause: 'preempted', playedMs: 19_965 });
    expect(world.receiptOf('emergency')).toMatchObject({ outcome: 'complete', playedMs: 30_000 });
    expect(world.receiptOf('next')).toMatchObject({ outcome: 'complete' });
    expect(world.sounded.map(({ play }) => play)).toEqual(['priority', 'emergency', 'next']);
    expect(world.receiptOf('emergency').lateMs).toBeLessThan(100);
  });

  test('what could not start because an emergency held the loudspeaker was pre-empted', () => {
    const world = World.ready(at('5:00'), [
      playOf(START, { play: 'emergency', class: 'emergency' }),
      playOf(START + 10_000, { play: 'normal', late: 'skip' }),
    ]);
    world.run(START + 300_000);
    expect(world.receiptOf('normal')).toMatchObject({ outcome: 'notPlayed', cause: 'preempted' });
    expect(world.receiptOf('emergency')).toMatchObject({ outcome: 'complete' });
  });

  test('a sound output that fails while it is being stopped changes nothing of why it was stopped', () => {
    const world = World.ready(at('5:00'), [
      playOf(START, { play: 'normal' }),
      playOf(START + 20_000, { play: 'emergency', class: 'emergency' }),
    ]);
    world.run(START + 20_000);
    world.endSound('failed');
    world.run(START + 300_000);
    expect(world.receiptOf('normal')).toMatchObject({ outcome: 'partial', cause: 'preempted' });
    expect(world.receiptOf('emergency')).toMatchObject({ outcome: 'complete' });
  });

  test('an emergency waits for another emergency', () => {
    const world = World.ready(at('5:00'), [
      playOf(START, { play: 'a', class: 'emergency' }),
      playOf(START + 10_000, { play: 'b', class: 'emergency' }),
    ]);
    world.run(START + 300_000);
    expect([world.receiptOf('a').outcome, world.receiptOf('b').outcome]).toEqual(['complete', 'complete']);
  });
});

describe('case 18: withdrawn content', () => {
  test('is dropped at the next contact, and the receipt says so at its planned start', () => {
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p' }), playOf(START + HOUR_MS, { play: 'q' })]);
    world.plan({ version: 2, plays: [playOf(START + HOUR_MS, { play: 'q' })] });
    world.run(START - 1);
    expect(world.receipts).toEqual([]);
    world.run(START + 2 * HOUR_MS);
    expect(world.receiptOf('p')).toMatchObject({ outcome: 'notPlayed', cause: 'withdrawn', planVersion: 1 });
    expect(world.receiptOf('q')).toMatchObject({ outcome: 'complete', planVersion: 2 });
    expect(world.sounded.map(({ play }) => play)).toEqual(['q']);
  });

  test('played offline before that, the receipt says that it was played', () => {
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p' })]);
    world.disconnect();
    world.plan({ version: 2, plays: [] });
    world.run(START + 120_000);
    world.connect();
    world.run(START + 180_000);
    expect(world.state.durable.activeVersion).toBe(2);
    expect(world.receiptOf('p')).toMatchObject({ outcome: 'complete', planVersion: 1 });
    expect(world.service.arrived).toHaveLength(1);
  });

  test('in mid-play stops, partial, and the player comes to rest', () => {
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p' })]);
    world.run(START + 20_000);
    world.plan({ version: 2, plays: [] });
    world.run(START + 120_000);
    expect(world.receiptOf('p')).toMatchObject({ outcome: 'partial', cause: 'withdrawn' });
    expect(world.receiptOf('p').playedMs).toBeLessThan(20_100);
  });

  test('taken back before the start, it plays', () => {
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p' })]);
    world.plan({ version: 2, plays: [] });
    world.run(at('5:10'));
    world.plan({ version: 3, plays: [playOf(START, { play: 'p' })] });
    world.run(START + 120_000);
    expect(world.receiptOf('p')).toMatchObject({ outcome: 'complete', planVersion: 3 });
  });

  test('moved to another day while the power was off: owed there, and once', () => {
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p' })]);
    world.powerCut();
    world.run(START + DAY_MS - HOUR_MS);
    world.powerOn();
    // The new plan arrives before the time does: nothing of the old day is settled yet.
    world.service.answersTime = false;
    world.plan({ version: 2, plays: [playOf(START + DAY_MS, { play: 'p' })], change: { fromMs: at('0:00') + DAY_MS } });
    world.connect();
    world.run(world.now + 2_000);
    expect(world.state.durable.activeVersion).toBe(2);
    world.service.answersTime = true;
    world.run(START + DAY_MS + 120_000);
    expect(world.receiptOf('p')).toMatchObject({ outcome: 'complete', planVersion: 2 });
  });

  test('a plan that becomes known after its start says so', () => {
    const world = World.ready(at('5:00'), []);
    world.disconnect();
    world.run(START + 30 * 60_000);
    world.plan({ version: 2, plays: [playOf(START, { play: 'p' })] });
    world.connect();
    world.run(START + HOUR_MS);
    expect(world.receiptOf('p')).toMatchObject({ outcome: 'notPlayed', cause: 'planLate' });
  });
});
