import { describe, expect, test } from '@jest/globals';
import { at, audioNamed, HOUR_MS, playOf } from '../testing/plans.js';
import { World } from '../testing/world.js';

/** One bulletin an hour, each to be played within five minutes or not at all. */
const hourly = (...hours: readonly number[]) =>
  hours.map((hour) => playOf(at(`${hour}:00`), { play: `at-${hour}`, latestEndMs: at(`${hour}:05`) }));
const causes = (world: World) =>
  Object.fromEntries(world.receipts.map(({ play, outcome, cause }) => [play, cause ?? outcome]));

describe('case 19: power lost, network lost and player stopped are different', () => {
  test('network lost: everything plays, and is told when the network is back', () => {
    const world = World.ready(at('5:30'), hourly(6, 7, 8));
    world.disconnect();
    world.run(at('8:30'));
    expect(world.service.arrived).toEqual([]);
    world.connect();
    world.run(at('8:31'));
    expect(world.service.arrived.map(({ receipt }) => [receipt.play, receipt.outcome])).toEqual([
      ['at-6', 'complete'],
      ['at-7', 'complete'],
      ['at-8', 'complete'],
    ]);
  });

  test('power lost from 6:30 to 8:30', () => {
    const world = World.ready(at('5:30'), hourly(6, 7, 8, 9));
    world.run(at('6:30'));
    world.powerCut();
    world.run(at('8:30'));
    world.powerOn();
    world.connect();
    world.run(at('9:30'));
    expect(causes(world)).toEqual({ 'at-6': 'complete', 'at-7': 'powerLost', 'at-8': 'powerLost', 'at-9': 'complete' });
    expect(world.receiptOf('at-7')).toMatchObject({
      outcome: 'notPlayed',
      grade: 'verified',
      startedAtMs: null,
      boot: 2,
    });
  });

  test('only the player stopped from 6:30 to 8:30', () => {
    const world = World.ready(at('5:30'), hourly(6, 7, 8, 9));
    world.run(at('6:30'));
    world.crash();
    world.run(at('8:30'));
    world.startPlayer();
    world.run(at('9:30'));
    expect(causes(world)).toEqual({
      'at-6': 'complete',
      'at-7': 'playerStopped',
      'at-8': 'playerStopped',
      'at-9': 'complete',
    });
  });

  test('first the power, then the player: each for its own hours', () => {
    const world = World.ready(at('5:30'), hourly(6, 7, 8, 9, 10));
    world.run(at('6:30'));
    world.powerCut();
    world.run(at('7:30'));
    world.powerOn();
    world.run(at('8:30'));
    world.crash();
    world.run(at('9:30'));
    world.startPlayer();
    world.connect();
    world.run(at('10:30'));
    // At 8 it was on without time; at 9 as well: time was first known after that.
    expect(causes(world)).toEqual({
      'at-6': 'complete',
      'at-7': 'powerLost',
      'at-8': 'noTrustedTime',
      'at-9': 'noTrustedTime',
      'at-10': 'complete',
    });
  });

  test('audio that never came', () => {
    const world = World.ready(at('5:30'), [playOf(at('6:00'), { play: 'p', audio: audioNamed('nobody has it') })]);
    world.run(at('7:00'));
    expect(world.receiptOf('p')).toMatchObject({ outcome: 'notPlayed', cause: 'assetMissing', grade: 'received' });
  });
});

describe('case 24: after a power cut without network and clock chip', () => {
  test('nothing plays until time is trusted, and the receipts say which was power and which was time', () => {
    const world = World.ready(at('5:30'), hourly(6, 7, 8, 9, 10));
    world.run(at('6:30'));
    world.powerCut();
    world.run(at('7:30'));
    world.powerOn();
    world.run(at('9:30'));
    expect(world.sounded.map(({ play }) => play)).toEqual(['at-6']);
    expect(world.receipts).toHaveLength(1);
    world.connect();
    world.run(at('10:30'));
    expect(causes(world)).toEqual({
      'at-6': 'complete',
      'at-7': 'powerLost',
      'at-8': 'noTrustedTime',
      'at-9': 'noTrustedTime',
      'at-10': 'complete',
    });
  });

  test('a forged or stale answer does not make time trusted', () => {
    const world = World.ready(at('5:30'), hourly(6));
    world.powerCut();
    world.service.answersTime = false;
    world.powerOn();
    world.connect();
    world.run(at('5:40'));
    expect(world.state.durable.clock).toBeNull();
    world.run(at('6:30'));
    expect(world.sounded).toEqual([]);
  });

  test('two weeks without an answer: too uncertain to play, and said so once time is back', () => {
    const later = playOf(at('6:00') + 15 * 24 * HOUR_MS, { play: 'late', latestEndMs: at('6:05') + 15 * 24 * HOUR_MS });
    const world = World.ready(at('5:30'), [later]);
    world.disconnect();
    world.run(at('7:00') + 15 * 24 * HOUR_MS);
    expect(world.sounded).toEqual([]);
    world.connect();
    world.run(world.now + 60_000);
    expect(world.receiptOf('late')).toMatchObject({ outcome: 'notPlayed', cause: 'noTrustedTime' });
  });

  test('after six hours without an answer the receipt says coasting, with the possible error', () => {
    const world = World.ready(at('5:30'), hourly(14));
    world.disconnect();
    world.run(at('14:30'));
    expect(world.receiptOf('at-14')).toMatchObject({ outcome: 'complete', clock: { trust: 'coasting' } });
    expect(world.receiptOf('at-14').clock.errorMs).toBeGreaterThan(3_000); // 8.5 h at 100 millionths
  });
});

describe('an orderly end', () => {
  test('in mid-play: partial, player stopped, and nothing new starts', () => {
    const world = World.ready(at('5:30'), [...hourly(6), playOf(at('6:00:10'), { play: 'next' })]);
    world.run(at('6:00:20'));
    world.feed({ type: 'closing' });
    world.run(at('6:00:30'));
    expect(world.receiptOf('at-6')).toMatchObject({
      outcome: 'partial',
      cause: 'playerStopped',
      playedMs: 19_965,
      boot: 1,
    });
    world.crash();
    world.run(at('6:00:40'));
    world.startPlayer();
    world.run(at('6:05'));
    expect(world.receiptOf('next')).toMatchObject({ outcome: 'complete', boot: 2 });
  });

  test('before the first sample: nothing is written, the next boot plays it', () => {
    const world = World.ready(at('5:30'), hourly(6));
    world.run(at('6:00') + 20);
    world.feed({ type: 'closing' });
    world.endSound('stopped');
    expect(world.receipts).toEqual([]);
    world.crash();
    world.startPlayer();
    world.run(at('6:05'));
    expect(world.receiptOf('at-6').outcome).toBe('complete');
  });
});

test('an asset that was evicted is fetched again when a plan names it again', () => {
  const audio = audioNamed('jingle');
  const world = World.ready(at('5:30'), [playOf(at('6:00'), { play: 'p', audio })], audio);
  world.feed({ type: 'assetsEvicted', sha256s: [audio.ref.sha256] });
  world.run(at('7:00'));
  expect(world.state.stored.has(audio.ref.sha256)).toBe(true);
  expect(world.receiptOf('p').outcome).toBe('complete');
});
