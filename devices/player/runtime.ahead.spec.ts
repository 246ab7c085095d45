import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Amplifier, type Relay } from './adapters/amplifier/amplifier.js';
import { LineSense } from './adapters/amplifier/line-sense.js';
import { SILENT } from './logger.js';
import type { PlayerRuntime } from './runtime.js';
import { planOf } from './testing/plans.js';
import { clock, DEVICE, planned, runningPlayer, until } from './testing/running-player.js';

let folder: string;
let running: PlayerRuntime | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-ahead-'));
});
afterEach(async () => {
  await running?.stop().catch(() => undefined);
  await rm(folder, { recursive: true });
});

async function player(...[lengthMs, change]: [number?, Parameters<typeof runningPlayer>[2]?]) {
  const made = await runningPlayer(folder, lengthMs, change);
  running = made.runtime;
  return made;
}

/** A relay that obeys and remembers when. */
function cabinet() {
  const asked: { readonly on: boolean; readonly monoMs: number }[] = [];
  const order = (on: boolean) => async () => {
    asked.push({ on, monoMs: clock.monoMs() });
    return null;
  };
  const relay: Relay = { on: order(true), off: order(false) };
  return { asked, relay };
}

describe('ahead of a planned start', () => {
  test('the sound output is told what comes, and then of the very instant before it is there', async () => {
    const { link, sound, runtime, happened } = await player(300, { env: { leadMs: 200 } });
    const play = planned(link, 2_500, 300);
    await until(() => sound.expected.includes('p'));
    expect(happened).not.toContain('sound p');
    await until(() => sound.requests.length === 1);
    const askedMonoMs = clock.monoMs();
    const { clock: anchor } = runtime.state.durable;
    const instantMonoMs = (anchor?.monoMs ?? 0) + play.startMs - (anchor?.serverMs ?? 0);
    expect(sound.requests[0]?.atMonoMs).toBeCloseTo(instantMonoMs, 3);
    expect(askedMonoMs).toBeLessThan(instantMonoMs);
    expect(askedMonoMs).toBeGreaterThan(instantMonoMs - 250);
    await until(() => happened.includes('durable acked'));
    // Nothing more is expected once there is nothing more.
    expect(sound.expected.at(-1)).toBeNull();
  });

  test('a play that is withdrawn while it is prepared is let go of, and never sounds', async () => {
    const { link, sound, happened, receipts } = await player();
    planned(link, 2_000, 300);
    await until(() => sound.expected.includes('p'));
    const change = { sinceMs: 0, from: '2020-01-01', until: '2040-01-01' };
    const { topic, payload } = link.service.publish(planOf({ device: DEVICE, version: 2, plays: [], change }));
    await link.deliver(topic, payload);
    await until(() => sound.expected.at(-1) === null);
    await until(() => receipts().length === 1);
    expect(receipts()[0]).toMatchObject({ outcome: 'notPlayed', cause: 'withdrawn' });
    expect(happened).not.toContain('sound p');
  });

  test('a coarse answer about the time is asked for again, a few times and no more', async () => {
    const { link, happened, runtime } = await player(300, { env: { fineTimeMs: 0 } });
    link.handlers?.connected();
    await until(() => runtime.state.timeRounds >= 6);
    expect(happened.filter((what) => what === 'publish time')).toHaveLength(6);
    const once = runtime.state.durable.clock;
    expect(once).not.toBeNull();
  });
});

describe('amplifier, line and button', () => {
  test('the amplifier is on before the first sample and off after the last', async () => {
    const { asked, relay } = cabinet();
    const amplifier = new Amplifier(relay, SILENT, 1_000, 200);
    const { link, sound } = await player(300, { parts: { amplifier }, env: { leadMs: 200 } });
    planned(link, 2_500, 300);
    await until(() => asked.length === 3);
    expect(asked.map(({ on }) => on)).toEqual([false, true, false]);
    const firstSampleMonoMs = sound.requests[0]?.atMonoMs ?? 0;
    const beforeMs = firstSampleMonoMs - (asked[1]?.monoMs ?? 0);
    expect(beforeMs).toBeGreaterThan(500);
    expect(beforeMs).toBeLessThan(1_100);
    expect((asked[2]?.monoMs ?? 0) - firstSampleMonoMs).toBeGreaterThan(400);
  });

  test('what the line carried while it sounded is in the receipt', async () => {
    const levels = [0, 12];
    const lineSense = new LineSense(async () => levels.shift() ?? null, 50);
    const { link, receipts } = await player(600, { parts: { lineSense } });
    planned(link, 1_000, 600);
    await until(() => receipts().length === 1);
    expect(receipts()[0]).toMatchObject({ outcome: 'complete', sensed: true });
  });

  test('the button stops what sounds, and the receipt says so', async () => {
    const { link, sound, runtime, receipts } = await player(60_000);
    planned(link, 500, 60_000);
    await until(() => sound.playedMs >= 200);
    runtime.pressStop();
    await until(() => receipts().length === 1);
    expect(receipts()[0]).toMatchObject({ outcome: 'partial', cause: 'stopped' });
    expect(sound.now).toBeNull();
  });
});
