import { readdir } from 'node:fs/promises';
import { type Receipt, topics } from '../../devices/protocol/index.js';
import { LibraryService } from '../../src/library/index.js';
import { PlanService } from '../../src/plans/index.js';
import type { Database } from '../../src/platform/database/index.js';
import { silentLog } from '../../src/platform/logging/index.js';
import { ReceiptIntake } from '../../src/receipts/intake.service.js';
import { TransparencyLog } from '../../src/receipts/log/transparency-log.js';
import { QuarantinedReceipt, ReceiptBatchRow, ReceiptRow } from '../../src/receipts/receipt.entity.js';
import { ArchiveContents } from '../../src/receipts/retention/archive.content.js';
import { ArchiveFolder } from '../../src/receipts/retention/archive.folder.js';
import { Leaving } from '../../src/receipts/retention/leaving.js';
import { RetentionClock, type Step } from '../../src/receipts/retention/retention.clock.js';
import { ReceiptArchive } from '../../src/receipts/retention/retention.entity.js';
import { RETENTION_SETTINGS, type RetentionSettings } from '../../src/receipts/retention/settings.js';
import type { PoleDevice } from './pole-device.js';
import { MONDAY_NINE, type Station } from './station.js';
import { told } from './told.js';

export const DAY_MS = 86_400_000;

/** A clock of archives that can be made to break off, as a process that is killed there. */
export class BrittleClock extends RetentionClock {
  breaksAt: Step | null = null;
  /** Done before it goes on. */
  at: (step: Step) => Promise<unknown> | undefined = () => undefined;

  protected override async reached(step: Step): Promise<void> {
    await this.at(step);
    if (step === this.breaksAt) throw new Error(`killed: ${step}`);
  }
}

/** Another process over the same database and the same folder. */
export function clockOf(station: Station, changes: Partial<RetentionSettings> = {}): BrittleClock {
  const settings = { ...settingsOf(station), ...changes };
  return new BrittleClock(
    station.database,
    station.get(ArchiveContents),
    station.get(ArchiveFolder),
    station.get(Leaving),
    station.get(TransparencyLog),
    station.get(PlanService),
    station.get(LibraryService),
    station.platform.keys,
    station.clock,
    silentLog,
    settings,
  );
}

export const settingsOf = (station: Station): RetentionSettings =>
  station.app.get<RetentionSettings>(RETENTION_SETTINGS, { strict: false });

/** Its files, also those that nobody knows. */
export async function filesOf(station: Station): Promise<string[]> {
  return (await readdir(settingsOf(station).folder).catch(() => [])).sort();
}

/** Hands a signed message to the intake as the broker does, and waits until it is written. */
export async function deliver(station: Station, device: PoleDevice, message: unknown): Promise<void> {
  const intake = station.get(ReceiptIntake);
  intake.take(topics.up(device.id, 'receipts'), Buffer.from(JSON.stringify(message)));
  await intake.stop();
}

/** Plays that a device is told and plays whole, one run. @returns the message */
export async function plays(
  station: Station,
  device: PoleDevice,
  names: readonly string[],
  changes: Partial<Receipt> = {},
  cluster = 'k1',
) {
  const itemId = changes.item?.id ?? 'item-1';
  await told(station, device, names, { cluster, itemId, everyMs: 0 });
  const batch = device.batch(names.map((name) => device.receipt(name, MONDAY_NINE, changes)));
  await deliver(station, device, batch);
  return batch;
}

export async function rowsOf(database: Database) {
  return database.read(async (reader) => ({
    receipts: await reader.count(ReceiptRow),
    batches: await reader.count(ReceiptBatchRow),
    quarantined: await reader.count(QuarantinedReceipt),
    archives: await reader.find(ReceiptArchive, { order: { id: 'ASC' } }),
  }));
}
