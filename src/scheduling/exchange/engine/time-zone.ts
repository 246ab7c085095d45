import { Temporal } from 'temporal-polyfill';

/** From one offset to another, seconds east of UTC. */
export interface ClockChange {
  readonly atMs: number;
  readonly fromS: number;
  readonly toS: number;
}

/** No zone changes its clock so often: what is further is cut. */
const MOST_CHANGES = 200;

/** How a zone has set its clocks: the offset at the beginning, then each change up to the end. */
export function clockChangesOf(
  zone: string,
  fromMs: number,
  untilMs: number,
): { readonly offsetS: number; readonly changes: readonly ClockChange[] } {
  const first = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(zone);
  const changes: ClockChange[] = [];
  let at = first;
  while (changes.length < MOST_CHANGES) {
    const next = at.getTimeZoneTransition('next');
    if (next === null || next.epochMilliseconds > untilMs) break;
    const before = next.subtract({ seconds: 1 });
    changes.push({ atMs: next.epochMilliseconds, fromS: offsetOf(before), toS: offsetOf(next) });
    at = next;
  }
  return { offsetS: offsetOf(first), changes };
}

const offsetOf = (at: Temporal.ZonedDateTime): number => Math.round(at.offsetNanoseconds / 1e9);
