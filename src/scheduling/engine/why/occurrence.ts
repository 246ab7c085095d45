import { type OccurrenceChange, originalWallOf, type Recurring } from '../recurrence/index.js';
import { textOfWall } from '../time/index.js';

/** `2026-01-05T05:00:00` → `20260105T0500`, as identities of occurrences end; seconds only where there are some. */
const keyOf = (local: string): string =>
  local
    .replaceAll('-', '')
    .replaceAll(':', '')
    .replace(/^(\d{8}T\d{4})00$/, '$1');

/** The identity, without its entry, of whatever has its time from this occurrence. */
export const timeKeyOf = (occurrence: string): string => occurrence.slice(occurrence.lastIndexOf('-') + 1);

/** Original local start of an occurrence: YYYY-MM-DDTHH:MM:SS. */
export const originalOf = (occurrence: string): string => textOfWall(originalWallOf(occurrence) ?? 0);

/** How the entry's own occurrence was moved or cancelled; undefined: it was not. */
export function changeOf(
  { changes = [] }: Pick<Recurring, 'changes'>,
  occurrence: string,
): OccurrenceChange | undefined {
  const key = timeKeyOf(occurrence);
  return changes.find(({ original }) => keyOf(original.length === 16 ? `${original}:00` : original) === key);
}
