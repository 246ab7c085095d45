import { describe, expect, test } from '@jest/globals';
import { type PlanHead, signJws, topics } from '../../protocol/index.js';
import { SERVICE, signedKeySet, type TestKey, testKey } from '../testing/keys.js';
import { at, audioNamed, planOf, playOf } from '../testing/plans.js';
import { DEVICE, World } from '../testing/world.js';

const START = at('5:30');

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
