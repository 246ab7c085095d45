import { describe, expect, test } from '@jest/globals';
import { type Command, type CommandBody, type PlannedPlay, signJws, topics } from '../../protocol/index.js';
import { SERVICE, signedKeySet, testKey } from '../testing/keys.js';
import { morning, NOON, ordered, reportsOf, SIREN, send, siren, statesOf } from '../testing/orders.js';
import { at, playOf } from '../testing/plans.js';
import { DEVICE, World } from '../testing/world.js';

describe('an emergency by command', () => {
  function world(): World {
    const scene = morning();
    scene.service.hold(SIREN);
    scene.lengths.set(SIREN.ref.sha256, 20_000);
    return scene;
  }
  const playNow = (plays: PlannedPlay[], languages: string[] | null = null): CommandBody => ({
    kind: 'playNow',
    day: '2026-11-20',
    choices: [{ languages, plays }],
  });

  test('sounds at its instant although no plan has told of it, and its receipt names the command', () => {
    const scene = world();
    const order = ordered(playNow([siren(NOON + 20_000)]), scene.now, { to: { area: 'commune-1' } });
    send(scene, order);
    scene.run(NOON + 60_000);
    expect(scene.sounded).toMatchObject([{ play: 'siren', startedMs: NOON + 20_040 }]);
    expect(scene.receiptOf('siren')).toMatchObject({ outcome: 'complete', command: order.id });
    expect(statesOf(scene, order.id)).toEqual(['done']);
  });

  test('and the plan that follows with the same play makes it sound no second time', () => {
    const scene = world();
    send(scene, ordered(playNow([siren(NOON + 20_000)]), scene.now, { to: { area: 'province-1' } }));
    scene.run(NOON + 10_000);
    scene.plan({ version: 2, plays: [playOf(at('17:00'), { play: 'evening' }), siren(NOON + 20_000)] }, SIREN);
    scene.run(NOON + 120_000);
    expect(scene.sounded.map(({ play }) => play)).toEqual(['siren']);
    expect(scene.receiptOf('siren')).not.toHaveProperty('command');
    expect(scene.receiptOf('siren').planVersion).toBe(2);
  });

  test('is wished for before all else', () => {
    const scene = world();
    send(scene, ordered(playNow([siren(NOON + 20_000)]), scene.now, { to: { area: 'commune-1' } }));
    scene.run(NOON + 10_000);
    const wishes = scene.service.heard.filter(({ topic }) => topic === topics.up(DEVICE, 'wishes'));
    expect(wishes.at(-1)?.message.assets).toMatchObject([{ sha256: SIREN.ref.sha256, urgent: true }]);
  });

  test('each audience gets its own plays', () => {
    const scene = world();
    scene.plan({ version: 2, plays: [], change: { languages: ['khm', 'vi'] } });
    scene.run(NOON + 5_000);
    const khmer = siren(NOON + 20_000, { play: 'siren-khm' });
    const body: CommandBody = {
      kind: 'playNow',
      day: '2026-11-20',
      choices: [
        { languages: null, plays: [siren(NOON + 20_000)] },
        { languages: ['khm', 'vi'], plays: [khmer] },
      ],
    };
    send(scene, ordered(body, scene.now, { to: { area: 'commune-1' } }));
    scene.run(NOON + 60_000);
    expect(scene.sounded.map(({ play }) => play)).toEqual(['siren-khm']);
  });

  test('who reconnects inside it joins by the list of what is active; who comes after it stays silent', () => {
    const scene = world();
    scene.disconnect();
    const order = ordered(playNow([siren(NOON + 20_000)]), NOON, {
      to: { area: 'commune-1' },
      expiresAt: NOON + 300_000,
    });
    const list = { v: 1, area: 'commune-1', version: 1, commands: [signJws('vang-command', order, SERVICE)] };
    scene.service.kept.set(topics.area('commune-1', 'active'), signJws('vang-active', list, SERVICE));
    scene.run(NOON + 40_000);
    scene.connect();
    scene.run(NOON + 120_000);
    expect(scene.sounded.map(({ play }) => play)).toEqual(['siren']);

    const late = world();
    late.disconnect();
    late.service.kept.set(
      topics.area('commune-1', 'active'),
      signJws('vang-active', { ...list, version: 2, commands: [] }, SERVICE),
    );
    late.run(NOON + 400_000);
    late.connect();
    late.run(NOON + 500_000);
    expect(late.sounded).toEqual([]);
  });

  test('without trusted time it waits for a fresh answer, and an expired one is never played (invariant 14)', () => {
    const scene = world();
    scene.powerCut();
    scene.service.answersTime = false;
    scene.powerOn();
    scene.connect();
    const order = ordered(playNow([siren(NOON + 20_000)]), scene.now, { to: { area: 'commune-1' } });
    const stale = ordered(playNow([siren(NOON + 20_000, { play: 'stale' })]), scene.now - 600_000);
    send(scene, order);
    send(scene, stale);
    scene.run(NOON + 30_000);
    expect(scene.sounded).toEqual([]);
    scene.service.answersTime = true;
    scene.run(NOON + 90_000);
    expect(scene.sounded.map(({ play }) => play)).toEqual(['siren']);
    expect(statesOf(scene, stale.id)).toEqual(['expired']);
  });

  test('stopped before it sounded it is not played, and says by whom', () => {
    const scene = world();
    send(scene, ordered(playNow([siren(NOON + 20_000)]), scene.now, { to: { area: 'commune-1' } }));
    scene.run(NOON + 10_000);
    send(scene, ordered({ kind: 'stop', play: 'siren' }, scene.now, { to: { area: 'commune-1' } }));
    scene.run(NOON + 60_000);
    expect(scene.sounded).toEqual([]);
    expect(scene.receiptOf('siren')).toMatchObject({ outcome: 'notPlayed', cause: 'stopped' });
  });
});

describe('what is refused', () => {
  const stop: CommandBody = { kind: 'stop' };
  const stranger = testKey('stranger');

  test.each<[string, (world: World) => Command, typeof SERVICE, string]>([
    ['an unknown key', (world) => ordered(stop, world.now), stranger, 'commandRejected'],
    ['another device', (world) => ordered(stop, world.now, { to: { device: 'device-2' } }), SERVICE, 'commandRejected'],
  ])('%s: reported, not obeyed', (_, order, signer, code) => {
    const scene = morning();
    send(scene, order(scene), signer);
    scene.run(scene.now + 1_000);
    expect(reportsOf(scene)).toEqual([code]);
    expect(scene.state.durable.obeyed).toEqual({});
  });

  test('a command to one area, brought on the topic of another', () => {
    const scene = morning();
    const payload = signJws('vang-command', ordered(stop, scene.now, { to: { area: 'commune-2' } }), SERVICE);
    scene.deliver({ topic: topics.area('commune-1', 'commands'), payload });
    scene.run(scene.now + 1_000);
    expect(reportsOf(scene)).toEqual(['commandRejected']);
  });

  test('an area that is not above this device is not listened to', () => {
    const scene = morning();
    send(scene, ordered({ kind: 'volume', percent: 5 }, scene.now, { to: { area: 'commune-2' } }));
    scene.run(scene.now + 1_000);
    expect(scene.state.durable.volumePercent).toBe(100);
  });

  test('a key whose scope does not cover the device', () => {
    const scene = morning();
    const local = testKey('local');
    scene.service.keys = signedKeySet(2, [{ key: SERVICE }, { key: local, scope: ['commune-2'] }]);
    scene.deliver({ topic: topics.keys, payload: scene.service.keys });
    send(scene, ordered({ kind: 'volume', percent: 5 }, scene.now), local);
    scene.run(scene.now + 1_000);
    expect(reportsOf(scene)).toEqual(['commandRejected']);
    expect(scene.state.durable.volumePercent).toBe(100);
  });

  test.each<[string, Partial<Command> & { body?: CommandBody }, string]>([
    ['expired', { issuedAt: NOON - 120_000, expiresAt: NOON - 60_000 }, 'expired'],
    ['issued in the future', { issuedAt: NOON + 600_000, expiresAt: NOON + 660_000 }, 'refused fromFuture'],
    ['living for a week', { expiresAt: NOON + 7 * 86_400_000 }, 'refused tooLong'],
    ['of a later version', { body: { kind: 'danceAround' } as unknown as CommandBody }, 'refused unsupported'],
    ['for hardware that is not there', { body: { kind: 'reboot' } }, 'refused unsupported'],
    ['to stop what does not sound', {}, 'refused notSounding'],
  ])('%s', (_, change, state) => {
    const scene = morning();
    const order = ordered(stop, NOON, change);
    send(scene, order);
    scene.run(scene.now + 1_000);
    expect(statesOf(scene, order.id)).toEqual([state]);
  });

  test('a replay is obeyed once, also after a power cut', () => {
    const scene = morning();
    const louder = ordered({ kind: 'volume', percent: 40 }, scene.now, { expiresAt: scene.now + 3_600_000 });
    send(scene, louder);
    scene.run(scene.now + 1_000);
    send(scene, ordered({ kind: 'volume', percent: 70 }, scene.now));
    scene.run(scene.now + 1_000);
    scene.powerCut();
    scene.powerOn();
    scene.connect();
    scene.run(scene.now + 10_000);
    send(scene, louder);
    scene.run(scene.now + 1_000);
    expect(scene.state.durable.volumePercent).toBe(70);
  });

  test('an older list of what is active', () => {
    const scene = morning();
    const list = (version: number) => ({
      topic: topics.area('commune-1', 'active'),
      payload: signJws('vang-active', { v: 1, area: 'commune-1', version, commands: [] }, SERVICE),
    });
    scene.deliver(list(7), list(7), list(6));
    scene.run(scene.now + 1_000);
    expect(reportsOf(scene)).toEqual(['activeRejected']);
  });

  test('garbage of every shape changes nothing and ends nothing', () => {
    const scene = morning();
    const before = scene.state.durable;
    for (const payload of ['', '{}', 'a.b.c', '..', '\u0000', signJws('vang-plan', {}, SERVICE), '{"kind":"stop"}'])
      for (const topic of [topics.down(DEVICE, 'commands'), topics.area('commune-1', 'commands')])
        scene.deliver({ topic, payload });
    scene.run(scene.now + 1_000);
    expect(scene.state.durable).toEqual(before);
    expect(reportsOf(scene)).toHaveLength(14);
  });
});
