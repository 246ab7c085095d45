import { describe, expect, test } from '@jest/globals';
import { signJws, topics } from '../../protocol/index.js';
import { SERVICE, testKey } from '../testing/keys.js';
import { morning, NOON, ordered, reportsOf, send } from '../testing/orders.js';
import { DEVICE, World } from '../testing/world.js';

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

describe('case 17: a later identity', () => {
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

describe('another key for the same device', () => {
  const next = testKey('next');
  const changed = { ...merged(NOON), publicKey: next.publicKey };
  const later = { ...changed, issuedAt: NOON + 1, path: ['commune-8'] };

  test('it believes what is said of the new key, and nothing more of the former', () => {
    const scene = morning();
    tell(scene, merged(NOON - 1));
    scene.run(scene.now + 1_000);
    scene.feed({ type: 'keyChanged', identity: changed });
    tell(scene, { ...later, publicKey: testKey('device').publicKey });
    tell(scene, later);
    scene.run(scene.now + 1_000);
    expect(scene.state.durable.identity).toMatchObject({ publicKey: next.publicKey, path: ['commune-8'] });
    expect(reportsOf(scene)).toEqual(['identityRejected']);
  });

  test('the power goes before the journal has it: the identity on the disk, which names the new key, wins at the next start', () => {
    const scene = morning();
    tell(scene, merged(NOON - 1));
    scene.run(scene.now + 1_000);
    scene.powerCut();
    scene.identity = changed;
    scene.powerOn();
    scene.run(scene.now + 1_000);
    expect(scene.state.durable.identity?.publicKey).toBe(next.publicKey);
    scene.connect();
    scene.run(scene.now + 1_000);
    tell(scene, later);
    scene.run(scene.now + 1_000);
    expect(scene.state.durable.identity).toMatchObject({ publicKey: next.publicKey, path: ['commune-8'] });
  });
});
