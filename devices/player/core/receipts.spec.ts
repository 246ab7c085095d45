import { describe, expect, test } from '@jest/globals';
import { TOPIC_RULES, topics } from '../../protocol/index.js';
import { testKey } from '../testing/keys.js';
import { assetOf, at, audioNamed, DAY_MS, HOUR_MS, playOf } from '../testing/plans.js';
import { World } from '../testing/world.js';
import { batchLength, batchOf, nextWake } from './index.js';

const START = at('5:30');

describe('an ordinary morning', () => {
  test('a bulletin plays when planned and its receipt says so', () => {
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p' })]);
    world.run(START + 120_000);
    expect(world.sounded).toEqual([
      { play: 'p', startedMs: START + 40, endedMs: START + 60_040, seekMs: 0, volume: 80 },
    ]);
    expect(world.receiptOf('p')).toMatchObject({
      outcome: 'complete',
      cause: null,
      grade: 'completed',
      playedMs: 60_000,
      simulated: false,
      planVersion: 1,
      clock: { trust: 'trusted' },
    });
    expect(world.service.arrived.map(({ receipt }) => receipt.play)).toEqual(['p']);
    // As exactly as the device can know: half the round trip of the time answer.
    expect(Math.abs((world.receiptOf('p').startedAtMs ?? 0) - (START + 40))).toBeLessThanOrEqual(
      world.receiptOf('p').clock.errorMs ?? 0,
    );
  });

  test('audio of several chunks arrives through its descriptor', () => {
    const audio = assetOf(Buffer.alloc(100_000, 'âm thanh'));
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p', audio })], audio);
    world.run(START + 120_000);
    expect(world.receiptOf('p').outcome).toBe('complete');
  });

  test('audio that is here already before the connection is wished for at once after a start', () => {
    const audio = audioNamed('late');
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p', audio })]);
    world.crash();
    world.startPlayer();
    world.run(world.now + 100);
    world.service.hold(audio);
    world.connect();
    world.run(world.now + 1_000);
    expect(world.state.stored.has(audio.ref.sha256)).toBe(true);
  });

  test('two bulletins at the same minute follow each other', () => {
    const world = World.ready(at('5:00'), [
      playOf(START, { play: 'b' }),
      playOf(START, { play: 'a', class: 'priority' }),
    ]);
    world.run(START + 180_000);
    expect(world.sounded.map(({ play }) => play)).toEqual(['a', 'b']);
    expect(world.receiptOf('b')).toMatchObject({ outcome: 'complete', lateMs: expect.any(Number) });
    expect(world.receiptOf('b').lateMs).toBeGreaterThan(59_000);
  });
});

describe('case 7: a crash in mid-play', () => {
  test('gives a partial receipt with the seconds of the journal, when only the player crashed', () => {
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p' })]);
    world.run(START + 20_100);
    world.crash();
    world.run(START + 25_000);
    world.startPlayer();
    expect(world.receiptOf('p')).toMatchObject({
      outcome: 'partial',
      cause: 'playerStopped',
      grade: 'started',
      playedMs: 20_000,
      boot: 2,
      seq: 1,
    });
    expect(world.sounded[0]?.endedMs).toBe(START + 20_100);
  });

  test('says power lost when the machine went down, also before time is known again', () => {
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p' })]);
    world.run(START + 20_100);
    world.powerCut();
    world.run(START + 300_000);
    world.powerOn();
    expect(world.receiptOf('p')).toMatchObject({
      outcome: 'partial',
      cause: 'powerLost',
      playedMs: 20_000,
      clock: { trust: 'trusted' },
    });
    world.connect();
    world.run(START + 400_000);
    expect(world.receiptOf('p').outcome).toBe('partial');
    expect(world.sounded).toHaveLength(1);
  });

  test('in its last instant is still not complete', () => {
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p' })]);
    world.run(START + 60_039);
    world.crash();
    world.startPlayer();
    expect(world.receiptOf('p')).toMatchObject({ outcome: 'partial', cause: 'playerStopped' });
  });
});

describe('case 8: nothing is written before there is sound', () => {
  test('neither a receipt nor a record of the start', () => {
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p' })]);
    world.run(START + 39);
    expect(world.state.starting?.obliged.play.play).toBe('p');
    expect(world.journal.filter(({ t }) => t === 'started' || t === 'receipt')).toEqual([]);
    world.run(START + 40);
    expect(world.journal.filter(({ t }) => t === 'started')).toHaveLength(1);
    expect(world.receipts).toEqual([]);
  });

  test('a sound output that fails before the first sample gives not played, with no start', () => {
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p' })]);
    world.run(START + 20);
    world.endSound('failed');
    expect(world.receiptOf('p')).toMatchObject({
      outcome: 'notPlayed',
      cause: 'soundFailed',
      startedAtMs: null,
      endedAtMs: null,
      playedMs: 0,
    });
  });

  test('a file that cannot be decoded says so, and is not tried again for the next play', () => {
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p' }), playOf(START + HOUR_MS, { play: 'q' })]);
    world.run(START + 20);
    world.endSound('damaged');
    world.run(START + 2 * HOUR_MS);
    expect(world.receiptOf('p')).toMatchObject({ outcome: 'notPlayed', cause: 'assetDamaged' });
    expect(world.receiptOf('q')).toMatchObject({ outcome: 'notPlayed', cause: 'assetDamaged' });
    expect(world.sounded).toEqual([]);
  });
});

describe('case 9: the clock jumps back in mid-play', () => {
  test('neither stops nor repeats the play; the duration is the monotonic one and the end not before the start', () => {
    const world = World.ready(START - 3_595_000, [playOf(START, { play: 'p' })]);
    // The hourly question falls into the play; the answer is an hour back.
    world.run(START - 1);
    world.service.clockErrorMs = -HOUR_MS;
    world.run(START + 30_000);
    expect(world.state.durable.clock?.serverMs).toBeLessThan(START);
    expect(world.state.durable.current?.obliged.play.play).toBe('p');
    world.run(START + 2 * HOUR_MS);
    expect(world.sounded).toHaveLength(1);
    expect(world.receiptOf('p')).toMatchObject({
      outcome: 'complete',
      playedMs: 60_000,
      startedAtMs: START + 40,
      endedAtMs: START + 60_040,
    });
  });
});

describe('case 10: six hours offline, 1,040 plays', () => {
  const plays = [...Array(1_040).keys()].map((n) =>
    playOf(at('6:00') + n * 20_000, { play: `p-${n}`, durationMs: 15_000 }),
  );

  test('all arrive once, in order, when the network is back', () => {
    const world = World.ready(at('5:50'), plays);
    world.disconnect();
    world.run(at('12:00'));
    expect(world.service.arrived).toEqual([]);
    world.connect();
    world.run(at('12:05'));
    expect(world.service.arrived.map(({ receipt }) => receipt.play)).toEqual(plays.map(({ play }) => play));
    expect(world.service.arrived.every(({ receipt }) => receipt.outcome === 'complete')).toBe(true);
    expect(world.service.arrived.map(({ receipt }) => receipt.seq)).toEqual(plays.map((_, n) => n + 1));
    const sizes = world.service.batches.map((batch) => JSON.parse(batch).receipts.length);
    expect(sizes).toEqual([...Array(10).fill(100), 40]);
    expect(world.state.durable.unsent).toEqual([]);
  });

  test('lost acknowledgements: the same bytes are sent again until one arrives', () => {
    const world = World.ready(at('5:50'), plays.slice(0, 70));
    world.disconnect();
    world.run(at('7:00'));
    world.service.acknowledges = false;
    world.connect();
    world.run(at('7:00:50'));
    world.disconnect();
    world.connect();
    world.run(at('7:01'));
    const { batches } = world.service;
    expect(batches.length).toBeGreaterThanOrEqual(4);
    expect(new Set(batches).size).toBe(1);
    world.service.acknowledges = true;
    world.run(at('7:02'));
    expect(new Set(world.service.arrived.map(({ text }) => text)).size).toBe(70);
    expect(world.state.durable.unsent).toEqual([]);
  });

  test('an acknowledgement in pieces lets the player rest', () => {
    const world = World.ready(at('5:50'), plays.slice(0, 20));
    world.disconnect();
    world.run(at('7:00'));
    world.service.acknowledges = false;
    world.connect();
    world.run(at('7:00:01'));
    world.deliver(world.service.acknowledge(1, 1, 12), world.service.acknowledge(1, 13, 20));
    world.run(at('7:02'));
    expect(world.state.durable.unsent).toEqual([]);
    expect(world.service.batches).toHaveLength(1);
  });

  test('receipts of two boots travel in batches of their own', () => {
    const world = World.ready(at('5:50'), plays.slice(0, 20));
    world.disconnect();
    world.run(at('6:03:10'));
    world.crash();
    world.startPlayer();
    world.run(at('7:00'));
    world.connect();
    world.run(at('7:01'));
    expect(
      world.service.batches.map((batch) => JSON.parse(batch)).map(({ boot, first, last }) => [boot, first, last]),
    ).toEqual([
      [1, 1, 9],
      [2, 1, 11],
    ]);
    expect(world.service.arrived.map(({ receipt }) => receipt.play)).toEqual(
      plays.slice(0, 20).map(({ play }) => play),
    );
  });
});

test.each([
  ['a usual receipt', JSON.stringify({ play: 'p', title: 'Bản tin sáng' }).padEnd(1_000), 100],
  ['one of Vietnamese letters, three bytes each', 'ế'.repeat(8_000), 8],
  ['one of quotes, each escaped', '"'.repeat(8_000), 12],
  ['one larger than a batch should be', 'ế'.repeat(70_000), 1],
])('a batch holds so many of %s, and the topic takes it', (_what, text, count) => {
  const link = '0'.repeat(64);
  const receipts = Array.from({ length: 150 }, (_, i) => ({ boot: 1, seq: i + 1, previous: link, link, text }));
  expect(batchLength(receipts)).toBe(count);
  const batch = JSON.stringify(batchOf('device-1', receipts.slice(0, count), testKey('device')));
  expect(Buffer.byteLength(batch)).toBeLessThanOrEqual(TOPIC_RULES['up.receipts'].maxBytes);
});

describe('a plan that outlives the memory for finals', () => {
  test('a play of the first day is not owed again on the twelfth', () => {
    const plays = [...Array(12).keys()].map((day) => playOf(START + day * DAY_MS, { play: `day-${day}` }));
    const world = World.ready(at('5:00'), plays);
    world.run(START + 12 * DAY_MS);
    expect(world.receipts.map(({ play }) => play)).toEqual(plays.map(({ play }) => play));
  });
});

test('a timer that rings a fraction of a millisecond early loses no start', () => {
  const world = World.ready(at('5:00'), [playOf(START, { play: 'p' })]);
  world.run(START - 1_000);
  const due = nextWake(world.state, world.monoMs) as number;
  for (const early of [0.1, 0.4, 0.49, 0.5, 0.9]) expect(nextWake(world.state, due - early)).toBeLessThanOrEqual(due);
});

describe('what the device tells of itself', () => {
  test('that it is ready, that it plays, and the plan it holds', () => {
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p' })]);
    world.run(START + 120_000);
    const states = world.service.heard
      .filter(({ topic }) => topic === topics.up('device-1', 'state'))
      .map(({ message }) => message);
    expect(states.at(-1)).toMatchObject({ online: true, ready: true, playing: null, planVersion: 1, trust: 'trusted' });
    expect(states.some(({ playing }) => playing === 'p')).toBe(true);
    const synced = world.service.heard.filter(({ topic }) => topic === topics.up('device-1', 'plan'));
    expect(synced.map(({ message }) => message)).toEqual([{ v: 1, device: 'device-1', version: 1 }]);
  });

  test('the last receipt that it wrote, acknowledged or not, also after a restart that begins new numbers', () => {
    const world = World.ready(at('5:00'), [playOf(START, { play: 'p' }), playOf(START + HOUR_MS, { play: 'q' })]);
    const last = () =>
      world.service.heard.filter(({ topic }) => topic === topics.up('device-1', 'state')).at(-1)?.message.lastReceipt;
    world.run(START - 1_000);
    expect(last()).toBeUndefined();
    world.service.acknowledges = false;
    world.run(START + 120_000);
    expect(last()).toEqual({ boot: 1, seq: 1 });
    world.service.acknowledges = true;
    world.powerCut();
    world.powerOn();
    world.connect();
    world.run(START + 300_000);
    expect(last()).toEqual({ boot: 1, seq: 1 });
    world.run(START + HOUR_MS + 120_000);
    expect(last()).toEqual({ boot: 2, seq: 1 });
  });
});
