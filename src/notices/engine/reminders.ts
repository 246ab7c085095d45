/** Viet Nam keeps UTC+7 the whole year. */
const LOCAL_OFFSET_MS = 7 * 3_600_000;
const DAY_MS = 86_400_000;
/** Local time of day. Nobody's telephone rings between these, unless the matter is urgent. */
const QUIET_FROM_MS = 21 * 3_600_000;
const QUIET_UNTIL_MS = 5 * 3_600_000;

export const MOST_REMINDERS = 3;

export interface Matter {
  /** Null: no reminders. */
  readonly remindAfterMs: number | null;
  /** When people were last told, or reminded. UTC epoch ms. */
  readonly lastToldAtMs: number;
  /** Reminders so far. */
  readonly reminders: number;
  readonly urgent: boolean;
}

/** The end of the quiet hours in which this moment lies; null: it lies in none. Both UTC epoch ms. */
export function quietUntil(atMs: number): number | null {
  const midnight = Math.floor((atMs + LOCAL_OFFSET_MS) / DAY_MS) * DAY_MS - LOCAL_OFFSET_MS;
  const timeOfDayMs = atMs - midnight;
  if (timeOfDayMs < QUIET_UNTIL_MS) return midnight + QUIET_UNTIL_MS;
  return timeOfDayMs >= QUIET_FROM_MS ? midnight + DAY_MS + QUIET_UNTIL_MS : null;
}

/** When something that was due at `atMs` may disturb people. */
export function outsideQuietHours(atMs: number, urgent: boolean): number {
  return urgent ? atMs : (quietUntil(atMs) ?? atMs);
}

/** When people are to be reminded next; null: not any more. */
export function nextReminderAt({ remindAfterMs, lastToldAtMs, reminders, urgent }: Matter): number | null {
  if (remindAfterMs === null || remindAfterMs <= 0 || reminders >= MOST_REMINDERS) return null;
  return outsideQuietHours(lastToldAtMs + remindAfterMs, urgent);
}

export type ReminderDecision =
  | { readonly kind: 'never' }
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'remind' };

/**
 * What to do now. The service may have been off when a reminder was due: it is then made up for, once, and not in the
 * quiet hours either.
 */
export function decideReminder(matter: Matter, nowMs: number): ReminderDecision {
  const dueMs = nextReminderAt(matter);
  if (dueMs === null) return { kind: 'never' };
  const untilMs = outsideQuietHours(Math.max(dueMs, nowMs), matter.urgent);
  return untilMs > nowMs ? { kind: 'wait', untilMs } : { kind: 'remind' };
}
