import type { World } from './lay.js';
import { keyOfBreach } from './remark.js';
import type { Gap, GapReason, Slice } from './timeline.types.js';

/** In place of a slice that will not be heard. */
export function gapFor(
  { entryId, occurrence, id, startMs }: Slice,
  reason: GapReason,
  { calendar, zone }: Pick<World, 'calendar' | 'zone'>,
  why: Pick<Gap, 'breach' | 'by'> = {},
): Gap {
  const part = Number(id.slice(id.lastIndexOf('-p') + 2));
  return { entryId, occurrence, part, localDay: calendar.localDayOf(startMs, zone), startMs, reason, ...why };
}

/** By start, then by what is missing: a total order. */
export const byStartOfGap = (a: Gap, b: Gap): number =>
  a.startMs - b.startMs || compare(a.occurrence, b.occurrence) || (a.part ?? -1) - (b.part ?? -1);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Two gaps with one key say the same. */
export const keyOfGap = ({ occurrence, part, startMs, reason, breach, by, cannot }: Gap): string =>
  `${occurrence} ${part} ${startMs} ${reason} ${breach ? keyOfBreach(breach) : ''} ${by ?? ''} ${cannot ?? ''}`;
