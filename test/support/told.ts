import { topics } from '../../devices/protocol/index.js';
import { PlannedPlayRow, plannedPlayId } from '../../src/dispatch/dispatch.entity.js';
import { PlannedPlays } from '../../src/dispatch/index.js';
import { Alarm } from '../../src/fleet/fleet.entity.js';
import { PlayOutcome } from '../../src/receipts/receipt.entity.js';
import type { PoleDevice } from './pole-device.js';
import { MONDAY_NINE, type Station } from './station.js';

/** Plays that a device was told, as the publisher writes them down: one every `everyMs` (a minute) from nine on. */
export async function told(
  station: Station,
  device: PoleDevice,
  plays: readonly string[],
  changes: Partial<PlannedPlayRow> & { readonly cluster?: string; readonly everyMs?: number } = {},
): Promise<void> {
  const { cluster: code = 'k1', everyMs = 60_000, ...more } = changes;
  const cluster = await station.cluster(code);
  const rows: PlannedPlayRow[] = plays.map((play, index) => ({
    id: plannedPlayId(device.id, play),
    controllerId: device.id,
    play,
    clusterId: cluster.id,
    areaPath: cluster.areaPath,
    entryId: 'entry-1',
    itemId: 'item-1',
    itemVersion: 1,
    day: '2026-01-05',
    startMs: MONDAY_NINE + index * everyMs,
    durationMs: 60_000,
    planVersion: 1,
    withdrawnAtMs: null,
    ...more,
  }));
  await station.database.write((tx) => station.get(PlannedPlays).add(tx, rows));
}

/** What came of a play that was told: whole, unless told otherwise. Written as the intake of receipts writes it, and not counted. */
export async function came(
  station: Station,
  controllerId: string,
  play: string,
  changes: Partial<PlayOutcome> = {},
): Promise<void> {
  const id = plannedPlayId(controllerId, play);
  await station.database.write(async ({ manager }) => {
    const { itemId, clusterId, day } = await manager.findOneByOrFail(PlannedPlayRow, { id });
    await manager.insert(PlayOutcome, {
      ...{ id, itemId, clusterId, day, outcome: 'complete', cause: null, grade: 'completed', playedMs: 60_000 },
      ...{ relayHeardMs: null, sensed: null, doubtedAtMs: null },
      ...{ receiptId: `${id}.receipt`, planVersion: 1, ...changes },
    });
  });
}

/** Counts of a device's alarms by code. */
export async function alarmsOf(station: Station, device: { readonly id: string }): Promise<Record<string, number>> {
  const alarms = await station.database.read((reader) => reader.findBy(Alarm, { controllerId: device.id }));
  return Object.fromEntries(alarms.map(({ code, count }) => [code, count]));
}

/** Someone else's uplink topic, for a device that pretends. */
export const uplinkOf = (device: { readonly id: string }, uplink: Parameters<typeof topics.up>[1]): string =>
  topics.up(device.id, uplink);
