import { localDays } from '../../engine/days.js';

/** Minutes after local midnight. `fromMinute` > `untilMinute` goes over midnight. */
export interface NightWindow {
  readonly fromMinute: number;
  readonly untilMinute: number;
}

/** A program that is ordered in the last minutes of a night is fetched after it. */
const LEAST_LEFT_MS = 30 * 60_000;

/**
 * The night of `nowMs`, from now on, or else the next one, UTC epoch ms.
 * @param window null: at any hour
 */
export function nightAt(
  nowMs: number,
  zone: string,
  window: NightWindow | null,
): { readonly fromMs: number; readonly untilMs: number | null } {
  if (window === null) return { fromMs: nowMs, untilMs: null };
  const { fromMinute, untilMinute } = window;
  for (const { fromMs: midnightMs, untilMs: nextMs } of localDays(nowMs - 86_400_000, zone, 4)) {
    const untilMs = (untilMinute > fromMinute ? midnightMs : nextMs) + untilMinute * 60_000;
    const left = Math.min(LEAST_LEFT_MS, (untilMs - midnightMs - fromMinute * 60_000) / 2);
    if (nowMs + left <= untilMs) return { fromMs: Math.max(nowMs, midnightMs + fromMinute * 60_000), untilMs };
  }
  throw new RangeError('no night within three days');
}
