import { describe, expect, test } from '@jest/globals';
import { type PlanHead, signJws, topics } from '../../protocol/index.js';
import { SERVICE, signedKeySet, type TestKey, testKey } from '../testing/keys.js';
import { at, audioNamed, DAY_MS, HOUR_MS, planOf, playOf } from '../testing/plans.js';
import { DEVICE, World } from '../testing/world.js';

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

describe('case 16: what is not rightly signed is ignored and reported', () => {
  const reportsOf = (world: World) =>
    world.service.heard
      .filter(({ topic }) => topic === topics.up(DEVICE, 'reports'))
      .map(({ message }) => `${message.code}: ${message.detail}`);

  /** A device with plan 5 gets another signed text on its plan topic. */
  function afterHead(
    forge: (head: PlanHead) => string,
    keys: readonly TestKey[] = [{ key: SERVICE }],
  ): { world: World; reports: string[] } {
    const world = World.ready(at('5:00'), []);
    world.service.keys = signedKeySet(2, keys);
    world.deliver({ topic: topics.keys, payload: world.service.keys });
    world.plan({ version: 5, plays: [playOf(START, { play: 'p' })] });
    world.run(at('5:05'));
    expect(world.state.durable.activeVersion).toBe(5);
    const { head } = planOf({ device: DEVICE, version: 6, plays: [] });
    world.deliver({ topic: topics.down(DEVICE, 'plan'), payload: forge(head) });
    world.run(START + 120_000);
    return { world, reports: reportsOf(world) };
  }
  const stranger = testKey('stranger');
  const local = testKey('local');

  test.each<[string, (head: PlanHead) => string, string]>([
    ['unsigned', (head) => JSON.stringify(head), 'planRejected: malformed'],
    ['by a stranger', (head) => signJws('vang-plan', head, stranger), 'planRejected: unknownKey'],
    [
      "under a known key's name",
      (head) => signJws('vang-plan', head, { ...stranger, kid: SERVICE.kid }),
      'planRejected: wrongSignature',
    ],
    ['a signed message of another kind', (head) => signJws('vang-ack', head, SERVICE), 'planRejected: wrongType'],
    [
      'for another device',
      (head) => signJws('vang-plan', { ...head, device: 'device-2' }, SERVICE),
      'planRejected: for another device',
    ],
    [
      'an older plan',
      (head) => signJws('vang-plan', { ...head, version: 4 }, SERVICE),
      'planRejected: version 4 after 5',
    ],
    [
      'a head that is no head',
      (head) => signJws('vang-plan', { ...head, parts: 'none' }, SERVICE),
      'planRejected: malformed',
    ],
  ])('a plan %s', (_, forge, report) => {
    const { world, reports } = afterHead(forge);
    expect(reports).toEqual([report]);
    expect(world.state.durable.head?.version).toBe(5);
    expect(world.receiptOf('p').outcome).toBe('complete');
  });

  test('a plan by a key whose scope is another commune', () => {
    const { world, reports } = afterHead(
      (head) => signJws('vang-plan', head, local),
      [{ key: SERVICE }, { key: local, scope: ['commune-2'] }],
    );
    expect(reports).toEqual(['planRejected: unknownKey']);
    expect(world.receiptOf('p').outcome).toBe('complete');
  });

  test('a plan by a key of the province above is obeyed', () => {
    const { world, reports } = afterHead(
      (head) => signJws('vang-plan', head, local),
      [{ key: SERVICE }, { key: local, scope: ['province-1'] }],
    );
    expect(reports).toEqual([]);
    expect(world.state.durable.activeVersion).toBe(6);
  });

  test('a plan by a key that is no longer valid', () => {
    const keys = [{ key: SERVICE }, { key: local, until: at('4:00') }];
    expect(afterHead((head) => signJws('vang-plan', head, local), keys).reports).toEqual(['planRejected: unknownKey']);
  });

  test('the same plan twice is nothing new, and nothing to report', () => {
    const { reports } = afterHead((head) => signJws('vang-plan', { ...head, version: 5 }, SERVICE));
    expect(reports).toEqual([]);
  });

  test('a key set of another root, and an older one that would revive a key', () => {
    const world = World.ready(at('5:00'), []);
    world.deliver({ topic: topics.keys, payload: signedKeySet(9, [{ key: stranger }], stranger) });
    world.deliver({ topic: topics.keys, payload: signedKeySet(3) });
    world.deliver({ topic: topics.keys, payload: signedKeySet(2, [{ key: stranger }]) });
    world.run(at('5:01'));
    expect(reportsOf(world)).toEqual(['keysRejected: wrongSignature', 'keysRejected: version 2 after 3']);
    expect(world.state.durable.keys?.version).toBe(3);
  });

  test('a plan that comes before its key waits for the key', () => {
    const world = World.ready(at('5:00'), []);
    const { head, parts } = planOf({ device: DEVICE, version: 6, plays: [playOf(START, { play: 'p' })] });
    world.service.hold(...parts);
    world.deliver({ topic: topics.down(DEVICE, 'plan'), payload: signJws('vang-plan', head, local) });
    world.run(at('5:01'));
    expect(world.state.durable.activeVersion).toBe(1);
    world.deliver({ topic: topics.keys, payload: signedKeySet(2, [{ key: SERVICE }, { key: local }]) });
    world.run(at('5:02'));
    expect(world.state.durable.activeVersion).toBe(6);
  });

  test('an acknowledgement that nobody signed lets no receipt go', () => {
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p' })]);
    world.service.acknowledges = false;
    world.run(START + 70_000);
    const ack = { v: 1, device: DEVICE, boot: 1, first: 1, last: 1, quarantined: [] };
    world.deliver({ topic: topics.down(DEVICE, 'acks'), payload: signJws('vang-ack', ack, stranger) });
    world.deliver({
      topic: topics.down(DEVICE, 'acks'),
      payload: signJws('vang-ack', { ...ack, device: 'device-2' }, SERVICE),
    });
    world.run(START + 80_000);
    expect(world.state.durable.unsent).toHaveLength(1);
    expect(reportsOf(world)).toHaveLength(2);
  });

  test('a damaged chunk is not stored; the right one still is', () => {
    const audio = audioNamed('x', 400);
    const world = new World();
    world.now = at('5:00');
    world.service.suppliesAssets = false;
    world.powerOn();
    world.connect();
    const { signedHead, parts } = planOf({ device: DEVICE, version: 1, plays: [playOf(START, { play: 'p', audio })] });
    world.deliver({ topic: topics.down(DEVICE, 'plan'), payload: signedHead });
    world.run(at('5:00:01'));
    const part = parts[0] as (typeof parts)[0];
    world.deliver({ topic: topics.chunk(part.ref.sha256, 0), payload: Buffer.alloc(part.bytes.length) });
    world.deliver({ topic: topics.chunk(part.ref.sha256, 0), payload: part.bytes });
    world.run(at('5:00:02'));
    expect(world.state.durable.activeVersion).toBe(1);
    expect(reportsOf(world)).toEqual([`assetRejected: ${part.ref.sha256}: chunk 0 of another hash`]);
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
