import type { JournalRecord } from '../player/core/index.js';
import { deviceReport, receipt, wish } from '../protocol/index.js';
import type { Publish } from './device-network.js';
import type { FleetEvent } from './stdio.js';

/** What the orchestrator hears of a journal record; null: nothing. */
export function toldOfRecord(record: JournalRecord, serial: string, unsent: number): FleetEvent | null {
  if (record.t === 'receipt') {
    const { outcome, cause, play, planned } = receipt.parse(JSON.parse(record.receipt.text));
    return { event: 'receipt', serial, outcome, cause, play, startMs: planned.startMs };
  }
  if (record.t === 'acked') {
    const { boot, first, last } = record;
    return { event: 'acked', serial, boot, first, last, unsent };
  }
  return null;
}

/** A report of refused input, as the device sends it to the service. */
export function toldOfReport(report: Publish, serial: string): FleetEvent {
  const { code, detail } = deviceReport.parse(JSON.parse(report.payload));
  return { event: 'rejected', serial, code, detail };
}

/** @param told assets that were told of before, and now these too */
export function toldOfWish(message: Publish, serial: string, told: Set<string>): FleetEvent[] {
  const fresh = wish.parse(JSON.parse(message.payload)).assets.filter(({ sha256 }) => !told.has(sha256));
  for (const { sha256 } of fresh) told.add(sha256);
  return fresh.map(({ sha256 }) => ({ event: 'wishing', serial, sha256 }));
}
