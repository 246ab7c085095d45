import type { Wrong } from './faults.js';
import { DAY_MS, localDayOf, localMonthOf, startOfDay } from './local-days.js';

export interface WatchedSim {
  /** Last local day of the package; null: it has no end. */
  readonly expiresOn: string | null;
  /** Bytes a calendar month; null: no quota is known. */
  readonly quotaBytes: number | null;
  readonly warnDays: number;
  /** 0 to 1 */
  readonly warnShare: number;
}

/**
 * What people are to be warned of: the package ends within `warnDays` (or has ended), or more than `warnShare` of this
 * month's quota is used. An extension, another quota and a new month end it.
 */
export function wrongBySim(sim: WatchedSim, usedBytes: number, nowMs: number): Wrong[] {
  const wrong: Wrong[] = [];
  if (sim.expiresOn !== null) {
    const fromMs = startOfDay(sim.expiresOn) - sim.warnDays * DAY_MS;
    if (nowMs >= fromMs) wrong.push({ kind: 'simExpiry', episode: sim.expiresOn, sinceMs: fromMs });
  }
  if (sim.quotaBytes !== null && usedBytes > sim.quotaBytes * sim.warnShare) {
    const month = localMonthOf(nowMs);
    wrong.push({ kind: 'simQuota', episode: `${month}/${sim.quotaBytes}`, sinceMs: startOfDay(localDayOf(nowMs)) });
  }
  return wrong;
}
