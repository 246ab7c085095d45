import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { topics } from '../protocol/index.js';
import type { PlayerRuntime } from './runtime.js';
import { DEVICE, planned, runningPlayer, until } from './testing/running-player.js';

let folder: string;
let running: PlayerRuntime | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-runtime-'));
});
afterEach(async () => {
  await running?.stop().catch(() => undefined);
  await rm(folder, { recursive: true });
});

async function player(lengthMs?: number) {
  const made = await runningPlayer(folder, lengthMs);
  running = made.runtime;
  return made;
}

describe('the running player', () => {
  test('plays when planned, writes before it tells, and is told that it was heard', async () => {
    const { link, happened, receipts } = await player();
    const play = planned(link, 1_500, 300);
    await until(() => happened.includes('durable acked'));
    expect(receipts()[0]).toMatchObject({ outcome: 'complete', playedMs: 300 });
    // Never early; how late is up to the machine, and a second would be another fault than a slow timer.
    const lateMs = (receipts()[0]?.startedAtMs ?? 0) - play.startMs;
    expect(lateMs).toBeGreaterThan(-50);
    expect(lateMs).toBeLessThan(1_000);
    const order = happened.filter((what) =>
      /sound|silence|durable (started|receipt|acked)|publish receipts/.test(what),
    );
    expect(order).toEqual([
      'sound p',
      'durable started',
      'silence p',
      'durable receipt',
      'publish receipts',
      'durable acked',
    ]);
    // Nothing is asked before the broker has granted the topic of the answer.
    expect(happened.indexOf('publish time')).toBeGreaterThan(
      happened.indexOf(`subscribed ${topics.down(DEVICE, 'time')}`),
    );
  });

  test('a network that hangs delays no sound', async () => {
    const { link, happened, runtime } = await player();
    planned(link, 1_500, 300);
    await until(() => runtime.state.stored.size === 2 && runtime.state.durable.clock !== null);
    link.hangs = true;
    link.handlers?.connected();
    await until(() => happened.includes('silence p'));
  });

  test('what was meant for a lost connection is not sent on the next', async () => {
    const { link, happened, runtime } = await player();
    link.hangs = true;
    link.handlers?.connected();
    await until(() => link.hanging === 1);
    link.hangs = false;
    link.lose();
    link.handlers?.connected();
    // Only the question of this connection counts as asked; one left over from the first would stand before it.
    await until(() => runtime.state.durable.clock !== null);
    expect(happened.filter((what) => what === 'publish time')).toHaveLength(1);
  });

  test('stopped in mid-play: the receipt is durable, partial, player stopped; nothing more is played', async () => {
    const { link, happened, receipts, runtime, sound } = await player(60_000);
    link.service.acknowledges = false;
    planned(link, 100, 60_000);
    await until(() => happened.includes('durable progress'));
    await until(() => sound.playedMs >= 200);
    await runtime.stop();
    expect(sound.now).toBeNull();
    expect(receipts()).toMatchObject([{ outcome: 'partial', cause: 'playerStopped' }]);
    expect(receipts()[0]?.playedMs).toBeGreaterThanOrEqual(200);
    expect(happened.at(-1)).toBe('goodbye');
    const again = await player();
    expect(again.runtime.state.durable.unsent).toHaveLength(1);
    expect(again.runtime.state.durable.boot).toBe(2);
    expect(again.receipts()).toEqual([]);
  });

  test('after a restart the plan, the audio and the time are still there: it plays without a network', async () => {
    const first = await player();
    planned(first.link, 1_500, 300);
    await until(() => first.runtime.state.stored.size === 2 && first.runtime.state.durable.clock !== null);
    await first.runtime.stop();
    const second = await player();
    await until(() => second.receipts().length === 1);
    expect(second.receipts()[0]).toMatchObject({ outcome: 'complete', boot: 2 });
  });

  test('a journal that fails ends the player, in silence', async () => {
    const { link, journal, sound, runtime } = await player(60_000);
    planned(link, 100, 60_000);
    await until(() => sound.now !== null);
    journal.broken = true;
    await expect(runtime.failed).rejects.toThrow('input/output error');
    await until(() => sound.now === null);
  });
});
