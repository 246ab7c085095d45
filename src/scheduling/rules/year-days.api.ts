import { z } from 'zod';

/** The engine says in words what is wrong with a day. */
const day = z.string().max(20);
const name = z.string().trim().max(200);

export const yearParam = z.object({ year: z.coerce.number().int().min(1968).max(2149) });
export type YearParam = z.output<typeof yearParam>;

/** What makes the days of a year special; the list that is sent stands in for the one before. */
export const yearDaysContent = z.object({
  holidays: z.array(z.object({ day, name })).max(100),
  /** `worked` counts as the weekday of `standsFor`, and the other way round. */
  swapped: z.array(z.object({ worked: day, standsFor: day })).max(50),
  /** National mourning: silence from the first day to the last, both included. */
  mourning: z.array(z.object({ from: day, to: day, reason: name })).max(20),
});
export type YearDaysContent = z.output<typeof yearDaysContent>;

export const yearDaysView = yearDaysContent.extend({
  year: z.int(),
  origin: z.enum(['readyMade', 'entered']),
  /** To be shown beside a ready-made list; null for one that people entered. */
  note: z.object({ vi: z.string(), en: z.string() }).nullable(),
  changedByName: z.string().nullable(),
  changedAtMs: z.int().nullable(),
});
export type YearDaysView = z.output<typeof yearDaysView>;
