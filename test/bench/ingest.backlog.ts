import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { deviceKeyOf } from '../../devices/player/adapters/crypto.js';
import {
  chainOf,
  FIRST_LINK,
  fromHex,
  type Receipt,
  type ReceiptBatch,
  signBatch,
} from '../../devices/protocol/index.js';
import { assemblePlatform } from '../../src/assemble.js';
import { readConfig } from '../../src/config/index.js';
import { PlannedPlayRow, plannedPlayId } from '../../src/dispatch/dispatch.entity.js';
import { insertMany } from '../../src/platform/database/index.js';
import { nodeCrypto } from '../../src/platform/keys/index.js';
import { silentLog } from '../../src/platform/logging/log.js';
import { COUNT_TALLIES } from '../../src/receipts/tallies/recount.queries.js';
import type { EnrolledDevice } from './enrolled-devices.js';

const ITEMS = 20;
const MINUTE_MS = 60_000;
const FIRST_PLAY_MS = Date.UTC(2026, 0, 5, 2);

/** A device's plays, one a minute from nine in the morning on; the titles are as long as those of the source plans. */
export function receiptOf({ id, clusterId, path }: EnrolledDevice, seq: number): Receipt {
  const startMs = FIRST_PLAY_MS + seq * MINUTE_MS;
  const item = {
    id: `item-${seq % ITEMS}`,
    version: 1,
    title: `Vốn vay Ngân hàng Chính sách xã hội, bài ${seq % ITEMS}`,
    language: 'vi',
  };
  return {
    v: 1,
    device: id,
    boot: 1,
    bootId: `boot-of-${id}`.slice(0, 40),
    seq,
    simulated: true,
    play: `play-${seq}`,
    occurrence: `occurrence-${seq}`,
    part: 0,
    planVersion: 1,
    day: dayOf(startMs),
    item,
    audioSha256: 'a'.repeat(64),
    area: { id: path[0] as string, name: 'Xã An Khương' },
    cluster: { id: clusterId, name: 'Cụm loa nhà văn hóa ấp 1' },
    planned: {
      startMs,
      latestEndMs: startMs + MINUTE_MS,
      durationMs: 45_000,
      volume: 80,
      class: 'normal',
      late: 'whole',
    },
    outcome: 'complete',
    cause: null,
    grade: 'completed',
    startedAtMs: startMs,
    endedAtMs: startMs + 45_000,
    playedMs: 45_000,
    seekMs: 0,
    lateMs: 0,
    volume: 80,
    clock: { trust: 'trusted', errorMs: 20 },
  };
}

const dayOf = (ms: number): string => new Date(ms + 7 * 3_600_000).toISOString().slice(0, 10);

/** What the plans told these devices, written and counted as the publisher does it, into the database of a service that is down. */
export async function tellPlays(
  environment: Readonly<Record<string, string>>,
  devices: readonly EnrolledDevice[],
  each: number,
): Promise<void> {
  const platform = assemblePlatform(readConfig(environment), silentLog);
  await platform.database.start();
  try {
    for (const device of devices) {
      const rows = Array.from({ length: each }, (_, index) => plannedOf(device, index + 1));
      await platform.database.write((tx) => insertMany(tx.manager, PlannedPlayRow, rows));
    }
    await platform.database.write(({ manager }) => manager.query(COUNT_TALLIES));
  } finally {
    await platform.database.stop();
  }
}

function plannedOf(device: EnrolledDevice, seq: number): PlannedPlayRow {
  const { play, item, day, planned } = receiptOf(device, seq);
  return {
    ...{ id: plannedPlayId(device.id, play), controllerId: device.id, play },
    ...{ clusterId: device.clusterId, areaPath: `/${[...device.path].reverse().join('/')}/`, entryId: 'entry-1' },
    ...{
      itemId: item.id,
      itemVersion: item.version,
      day,
      startMs: planned.startMs,
      durationMs: planned.durationMs,
      planVersion: 1,
      withdrawnAtMs: null,
    },
  };
}

/** How a device sends: so many receipts under one signature, so many such batches in one message. */
export interface Packing {
  readonly run: number;
  readonly batches: number;
}

/** The backlog as lines of `index of the device, tab, number of its last receipt, tab, message`, device by device. */
export async function writeBacklog(
  file: string,
  devices: readonly EnrolledDevice[],
  each: number,
  { run, batches }: Packing,
): Promise<void> {
  const out = createWriteStream(file);
  for (const [index, device] of devices.entries())
    for (const [last, message] of messagesOf(batchesOf(device, each, run), batches))
      if (!out.write(`${index}\t${last}\t${message}\n`)) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
}

function messagesOf(signed: readonly ReceiptBatch[], batches: number): [number, string][] {
  return Array.from({ length: signed.length / batches }, (_, message) => {
    const some = signed.slice(message * batches, (message + 1) * batches);
    return [some.at(-1)?.last as number, JSON.stringify(batches === 1 ? some[0] : some)];
  });
}

function batchesOf(device: EnrolledDevice, each: number, run: number): ReceiptBatch[] {
  const key = deviceKeyOf(device.privateKey);
  let previous = FIRST_LINK;
  return Array.from({ length: each / run }, (_, batch) => {
    const first = batch * run + 1;
    const receipts = Array.from({ length: run }, (_, index) => JSON.stringify(receiptOf(device, first + index)));
    const link = chainOf(fromHex(previous), receipts, nodeCrypto).at(-1) as string;
    const unsigned = {
      v: 1,
      device: device.id,
      boot: 1,
      first,
      last: first + run - 1,
      previous,
      link,
      receipts,
    } as const;
    previous = link;
    return signBatch({ ...unsigned, receipts }, key);
  });
}
