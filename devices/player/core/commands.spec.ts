import { describe, expect, test } from '@jest/globals';
import { type Command, type CommandBody, type PlannedPlay, signJws, topics } from '../../protocol/index.js';
import { SERVICE, signedKeySet, testKey } from '../testing/keys.js';
import { at, audioNamed, playOf } from '../testing/plans.js';
import { DEVICE, World } from '../testing/world.js';
import { BUTTON_SILENCE_MS } from './silence.js';

const NOON = at('12:00:00');
const SIREN = audioNamed('siren');
const morning = (world = NOON): World => World.ready(world, [playOf(at('17:00'), { play: 'evening' })]);

let named = 0;
function ordered(body: CommandBody, nowMs: number, change: Partial<Command> = {}): Command {
  const id = `command-${++named}`;
  return { v: 1, id, to: { device: DEVICE }, issuedAt: nowMs, expiresAt: nowMs + 60_000, body, ...change };
}

/** Sends it on the device's own topic, or on that of the area it names. */
function send(world: World, order: Command, signer = SERVICE): void {
  const payload = signJws('vang-command', order, signer);
  const topic = 'area' in order.to ? topics.area(order.to.area, 'commands') : topics.down(DEVICE, 'commands');
  world.deliver({ topic, payload });
}

const statesOf = (world: World, id: string) =>
  world.service.heard
    .filter(({ topic, message }) => topic === topics.up(DEVICE, 'commands') && message.command === id)
    .map(({ message }) => (message.reason ? `${message.state} ${message.reason}` : message.state));
const reportsOf = (world: World) =>
  world.service.heard.filter(({ topic }) => topic === topics.up(DEVICE, 'reports')).map(({ message }) => message.code);
const eventsOf = (world: World) =>
  world.service.heard.filter(({ topic }) => topic === topics.up(DEVICE, 'events')).map(({ message }) => message.kind);

const siren = (startMs: number, options: Partial<Omit<PlannedPlay, 'audio'>> = {}): PlannedPlay =>
  playOf(startMs, { play: 'siren', class: 'emergency', audio: SIREN, durationMs: 20_000, ...options });

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
});

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

describe('case 17: a later identity', () => {
  const merged = (issuedAt: number, device = DEVICE) => ({
    ...morning().state.durable.head,
    v: 1 as const,
    device,
    publicKey: testKey('device').publicKey,
    path: ['commune-9', 'province-9'],
    area: { id: 'commune-9', name: 'Xã mới' },
    cluster: { id: 'cluster-1', name: 'Cụm loa ấp 3' },
    issuedAt,
  });
  const tell = (scene: World, identity: object) =>
    scene.deliver({ topic: topics.down(DEVICE, 'identity'), payload: signJws('vang-identity', identity, SERVICE) });

  test('moves the device to the topics of its new commune, for ever', () => {
    const scene = morning();
    tell(scene, merged(NOON));
    scene.run(scene.now + 1_000);
    scene.powerCut();
    scene.powerOn();
    scene.connect();
    scene.run(scene.now + 10_000);
    send(scene, ordered({ kind: 'volume', percent: 30 }, scene.now, { to: { area: 'commune-9' } }));
    scene.run(scene.now + 1_000);
    expect(scene.state.durable.volumePercent).toBe(30);
  });

  test.each([
    ['of another device', merged(NOON, 'device-2')],
    ['with another key', { ...merged(NOON), publicKey: testKey('other').publicKey }],
    ['without an area', { ...merged(NOON), path: [] }],
  ])('one %s is refused', (_, identity) => {
    const scene = morning();
    tell(scene, identity);
    scene.run(scene.now + 1_000);
    expect(scene.state.durable.identity).toBeNull();
    expect(reportsOf(scene)).toEqual(['identityRejected']);
  });

  test('one older than the one held is refused', () => {
    const scene = morning();
    tell(scene, merged(NOON));
    tell(scene, { ...merged(NOON - 1), path: ['commune-8'] });
    scene.run(scene.now + 1_000);
    expect(scene.state.durable.identity?.path).toEqual(['commune-9', 'province-9']);
    expect(reportsOf(scene)).toEqual(['identityRejected']);
  });
});
