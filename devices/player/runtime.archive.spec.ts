import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { signJws, topics } from '../protocol/index.js';
import { DiskReceiptArchive } from './adapters/receipt-archive.js';
import { SILENT } from './logger.js';
import type { PlayerRuntime } from './runtime.js';
import { SERVICE } from './testing/keys.js';
import { ordered } from './testing/orders.js';
import { DEVICE, planned, runningPlayer, until } from './testing/running-player.js';

let folder: string;
let running: PlayerRuntime | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-archived-'));
});
afterEach(async () => {
  await running?.stop().catch(() => undefined);
  await rm(folder, { recursive: true });
});

async function player() {
  const made = await runningPlayer(folder, 200, {
    env: { capabilities: ['archive'] },
    parts: { archive: new DiskReceiptArchive(join(folder, 'archive'), SILENT) },
  });
  running = made.runtime;
  const { link, runtime } = made;
  const recall = async (first: number, last: number) => {
    const order = ordered({ kind: 'resendReceipts', boot: 1, first, last }, Date.now());
    await until(() => runtime.state.durable.clock !== null);
    await link.deliver(topics.down(DEVICE, 'commands'), signJws('vang-command', order, SERVICE));
    const states = () =>
      link.service.heard
        .filter(({ topic, message }) => topic === topics.up(DEVICE, 'commands') && message.command === order.id)
        .map(({ message }) => message.state);
    await until(() => states().length === 2);
    return states();
  };
  const texts = () => link.service.arrived.map(({ text }) => text);
  return { ...made, recall, texts };
}

describe('a service that was restored from a backup', () => {
  test('asks for an acknowledged receipt again, after a restart of the player too, and gets the same bytes', async () => {
    const first = await player();
    planned(first.link, 300, 200);
    await until(() => first.happened.includes('durable acked'));
    const [played] = first.texts();
    expect(await first.recall(1, 5)).toEqual(['received', 'done']);
    expect(first.texts()).toEqual([played, played]);
    expect(first.runtime.state.durable.unsent).toEqual([]);
    await first.runtime.stop();

    const second = await player();
    second.link.handlers?.connected();
    expect(await second.recall(1, 1)).toEqual(['received', 'done']);
    expect(second.texts()).toEqual([played]);
  });

  test('asks for what the device never had: done, and nothing is sent', async () => {
    const { link, recall, texts } = await player();
    link.handlers?.connected();
    expect(await recall(1, 9)).toEqual(['received', 'done']);
    expect(texts()).toEqual([]);
  });
});

test('the power goes between the archive and the journal: the receipt is sent and kept again, and told once', async () => {
  const first = await player();
  first.link.service.acknowledges = false;
  planned(first.link, 300, 200);
  await until(() => first.texts().length > 0);
  // Its acknowledgement comes, is kept, and cannot be written down.
  first.journal.broken = true;
  const ack = first.link.service.acknowledge(1, 1, 1);
  await first.link.deliver(ack.topic, ack.payload);
  await expect(first.runtime.failed).rejects.toThrow('input/output error');

  const second = await player();
  expect(second.runtime.state.durable.unsent).toHaveLength(1);
  second.link.handlers?.connected();
  await until(() => second.happened.includes('durable acked'));
  expect(await second.recall(1, 1)).toEqual(['received', 'done']);
  expect(second.texts()).toEqual([first.texts()[0], first.texts()[0]]);
});
