import { z } from 'zod';
import { id } from '../../../devices/protocol/index.js';
import { BLACKOUT_KINDS, DAY_CHOICES } from '../engine/rules/index.js';
import { localDay } from '../entries/entry.api.js';

/** Days and times are judged by the engine, which says in words what is wrong with them. */
const shortText = z.string().max(20);

/** Hours on certain days: ISO weekdays (1 is Monday), public holidays, days on which offices work. */
const dayHours = {
  days: z.array(z.literal(DAY_CHOICES)).max(20),
  /** Days of the year as MM-DD, both included; null: the whole year. */
  season: z.object({ from: shortText, to: shortText }).nullable().default(null),
  /** HH:MM; `until` may be 24:00. */
  from: shortText,
  until: shortText,
  untilDay: z.enum(['same', 'next']).default('same'),
};
const allowedWindow = z.object(dayHours);
const volumeCeiling = z.object({ ...dayHours, max: z.number() });

/** Silence from `fromMs` until `untilMs`, UTC epoch milliseconds. */
export const blackout = z.object({
  fromMs: z.int(),
  untilMs: z.int(),
  reason: z.string().trim().max(300),
  kind: z.enum(BLACKOUT_KINDS),
});
export type NewBlackout = z.output<typeof blackout>;

/** A part that is null is inherited from above; one that is stated stands in for the whole of it. Blackouts add up. */
const parts = {
  windows: z.array(allowedWindow).nullable().default(null),
  maxSessionMinutes: z.number().nullable().default(null),
  maxSessionsPerDay: z.number().nullable().default(null),
  sessionGapMinutes: z.number().nullable().default(null),
  volumeCeilings: z.array(volumeCeiling).nullable().default(null),
  blackouts: z.array(blackout).default([]),
};

const paper = {
  number: z.string().trim().max(100),
  /** Day of the paper. */
  date: shortText,
  /** First and last day are both in force; `validTo` null: no end. */
  validFrom: shortText,
  validTo: shortText.nullable().default(null),
};

export const ruleSetContent = z.object({ ...paper, ...parts });
export type RuleSetContent = z.output<typeof ruleSetContent>;

export const newRuleSet = ruleSetContent.extend({ areaId: id });
export type NewRuleSet = z.output<typeof newRuleSet>;

export const ruleSetEnd = z.object({ validTo: shortText });
export type RuleSetEnd = z.output<typeof ruleSetEnd>;

export const ruleSetView = ruleSetContent.extend({
  id: z.string(),
  areaId: z.string(),
  /** Today, where the rules hold. */
  standing: z.enum(['ahead', 'inForce', 'over']),
  attachment: z.object({ sha256: z.string(), type: z.string() }).nullable(),
  createdByName: z.string(),
  createdAtMs: z.int(),
  /** Who brought the last day forward. */
  endedByName: z.string().nullable(),
  endedAtMs: z.int().nullable(),
});
export type RuleSetView = z.output<typeof ruleSetView>;

/** A warning: two rule sets of one area hold on the same days; where both state a part, `winner` counts. */
const overlap = z.object({
  code: z.literal('ruleSetsOverlap'),
  winner: z.string(),
  loser: z.string(),
  from: z.string(),
  to: z.string().nullable(),
});

export const ruleSetAnswer = z.object({ ruleSet: ruleSetView, overlaps: z.array(overlap) });
export type RuleSetAnswer = z.output<typeof ruleSetAnswer>;

export const ruleSetQuery = z.object({ areaId: id });
export type RuleSetQuery = z.output<typeof ruleSetQuery>;

/** Rule sets of the area, and those of the areas above it, which hold where its own say nothing; the latest paper first. */
export const ruleSetList = z.object({
  own: z.array(ruleSetView),
  above: z.array(ruleSetView),
  overlaps: z.array(overlap),
});
export type RuleSetList = z.output<typeof ruleSetList>;

export const effectiveQuery = z.object({ areaId: id, day: localDay });
export type EffectiveQuery = z.output<typeof effectiveQuery>;

const source = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ruleSet'),
    id: z.string(),
    revision: z.int(),
    number: z.string(),
    date: z.string(),
  }),
  z.object({ kind: z.literal('yearDays'), year: z.int() }),
]);
const stated = <T extends z.ZodType>(value: T) => z.object({ value, source });

/** What holds at the area on the day, each part with what states it; null: nobody states it. */
export const effectiveView = z.object({
  day: z.string(),
  /** ISO, after swapped working days. */
  weekday: z.int(),
  workday: z.boolean(),
  holiday: z.string().nullable(),
  windows: stated(z.array(allowedWindow)).nullable(),
  maxSessionMinutes: stated(z.number()).nullable(),
  maxSessionsPerDay: stated(z.number()).nullable(),
  sessionGapMinutes: z.number(),
  volumeCeilings: stated(z.array(volumeCeiling)).nullable(),
  /** Those that touch the day, national mourning with them. */
  blackouts: z.array(stated(blackout)),
  words: z.object({ vi: z.array(z.string()), en: z.array(z.string()) }),
});
export type EffectiveView = z.output<typeof effectiveView>;
