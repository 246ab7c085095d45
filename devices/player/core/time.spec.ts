import { describe, expect, test } from '@jest/globals';
import { signJws, topics } from '../../protocol/index.js';
import { SERVICE } from '../testing/keys.js';
import { detailsOf, standing, waiting } from '../testing/waiting.js';
import { DEVICE, type World } from '../testing/world.js';

describe('an answer about the time that answers nothing asked', () => {
  const answer = (world: World, nonce: string) => {
    const reply = { v: 1, device: DEVICE, nonce, serverMs: world.now + 3_600_000 };
    world.deliver({ topic: topics.down(DEVICE, 'time'), payload: signJws('vang-time', reply, SERVICE) });
    world.run(world.now + 100);
  };
  const REPORT = 'timeRejected: answers a question that is not open';

  test('over another nonce: once reported, never believed', () => {
    const world = waiting();
    const before = standing(world);
    for (let n = 0; n < 5; n++) answer(world, `somebody-else-asked-${n}`);
    expect(detailsOf(world)).toEqual([REPORT]);
    expect(standing(world)).toEqual(before);
  });

  test('a replay of one that was taken', () => {
    const world = waiting();
    const nonce = world.state.timeAsked?.nonce as string;
    const reply = { v: 1, device: DEVICE, nonce, serverMs: world.now };
    const payload = signJws('vang-time', reply, SERVICE);
    const replay = () => {
      world.deliver({ topic: topics.down(DEVICE, 'time'), payload });
      world.run(world.now + 100);
    };
    replay();
    expect(detailsOf(world)).toEqual([]);
    const before = standing(world);
    replay();
    replay();
    expect(detailsOf(world)).toEqual([REPORT]);
    expect(standing(world)).toEqual(before);
  });

  test("a straggler of the device's own, over a slow line, is no alarm; the same once more is", () => {
    const world = waiting();
    const late = world.state.timeAsked?.nonce as string;
    world.run(world.now + 6_000);
    expect(world.state.timeAsked?.nonce).not.toBe(late);
    const before = standing(world);
    answer(world, late);
    expect(detailsOf(world)).toEqual([]);
    answer(world, late);
    expect(detailsOf(world)).toEqual([REPORT]);
    expect(standing(world)).toEqual(before);
  });

  test('nor is one that comes on the next connection', () => {
    const world = waiting();
    const late = world.state.timeAsked?.nonce as string;
    world.disconnect();
    world.connect();
    world.run(world.now + 100);
    answer(world, late);
    expect(detailsOf(world)).toEqual([]);
  });
});
