import { z } from 'zod';
import { id } from '../../../devices/protocol/index.js';

export const calendarQuery = z.object({ areaId: id });
export type CalendarQuery = z.output<typeof calendarQuery>;

/** The text of a calendar (RFC 5545), and what its events play. */
export const calendarImport = z.object({
  areaId: id,
  ics: z.string().min(1).max(1_000_000),
  /** Item by UID; without one, an event plays what it says itself, or the item that is called as it is. */
  items: z.record(z.string().max(1_000), id).default({}),
  /** True: only tells what would be made. */
  dryRun: z.boolean().default(false),
});
export type CalendarImport = z.output<typeof calendarImport>;

/** `present`: the area has this entry already; `ignored`: nothing that is scheduled. */
export const EVENT_OUTCOMES = ['made', 'present', 'refused', 'ignored'] as const;

export const calendarAnswer = z.object({
  events: z.array(
    z.object({
      uid: z.string(),
      title: z.string(),
      outcome: z.enum(EVENT_OUTCOMES),
      /** Null when it is not made, and in a dry run. */
      entryId: z.string().nullable(),
      /** Why it is refused or ignored; null else. */
      code: z.string().nullable(),
      /** The same as people read it. */
      words: z.string().nullable(),
    }),
  ),
});
export type CalendarAnswer = z.output<typeof calendarAnswer>;
