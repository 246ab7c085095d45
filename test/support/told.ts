import { topics } from '../../devices/protocol/index.js';
import { PlannedPlayRow, plannedPlayId } from '../../src/dispatch/dispatch.entity.js';
import { Alarm } from '../../src/fleet/fleet.entity.js';
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
  await station.database.write(async (tx) => {
    for (let from = 0; from < rows.length; from += 200)
      await tx.manager.insert(PlannedPlayRow, rows.slice(from, from + 200));
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
