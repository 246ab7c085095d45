import { Temporal } from 'temporal-polyfill';
import type { ApprovalAction, Status } from './approval.js';

/** Validity is said in local days; the zone of the machine never changes a result (invariant 1). */
export const VALIDITY_ZONE = 'Asia/Ho_Chi_Minh';

/** The moment after the last local day on air. @param validTo YYYY-MM-DD, included; null: no limit */
export function expiryOf(validTo: string | null): number | null {
  if (validTo === null) return null;
  return Temporal.PlainDate.from(validTo).add({ days: 1 }).toZonedDateTime(VALIDITY_ZONE).epochMilliseconds;
}

/** A version as far as time can do something to it. UTC epoch ms. */
export interface Timed {
  readonly status: Status;
  readonly expiresAtMs: number | null;
  readonly reviewDueAtMs: number | null;
}

/** What the clock does to a version at this moment; null: nothing. */
export function dueAction({ status, expiresAtMs, reviewDueAtMs }: Timed, nowMs: number): ApprovalAction | null {
  if (status === 'approved' && expiresAtMs !== null && expiresAtMs <= nowMs) return 'expire';
  if (status === 'provisional' && reviewDueAtMs !== null && reviewDueAtMs <= nowMs) return 'lapse';
  return null;
}
