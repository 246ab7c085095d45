import type { JournalRecord } from '../player/core/index.js';
import { deviceReport, receipt } from '../protocol/index.js';
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
