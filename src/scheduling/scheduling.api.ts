import { z } from 'zod';
import { id, LATE_POLICIES, ON_TIME_MS, PLAN_DAYS, PLAY_CLASSES, plannedPlay } from '../../devices/protocol/index.js';
import { DEFAULT_ZONE, ENTRY_CLASSES, GAP_REASONS } from './engine/index.js';

const localDay = z.iso.date();
const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/);
/** First and last day both play; `until` null: no end. */
const range = { from: localDay, until: localDay.nullable(), time: localTime };

export const recurrence = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('once'), date: localDay, time: localTime }),
  z.object({ kind: z.literal('daily'), ...range }),
  /** ISO weekdays: 1 is Monday, 7 is Sunday. */
  z.object({ kind: z.literal('weekly'), ...range, weekdays: z.array(z.int().min(1).max(7)).max(7) }),
]);

const entryClass = z.enum(ENTRY_CLASSES, {
  error: 'normal or priority; an emergency is played at once, not scheduled',
});

export const newEntry = z.object({
  areaId: id,
  itemId: id,
  /** Empty: the title of the item. */
  title: z.string().trim().min(1).max(300).optional(),
  recurrence,
  zone: z.string().max(64).default(DEFAULT_ZONE),
  class: entryClass.default('normal'),
  late: z.enum(LATE_POLICIES).default('whole'),
  /** How long after its planned end a play may still sound; a start that counts as on time must not be cut. */
  graceMs: z.int().min(ON_TIME_MS).max(86_400_000).default(900_000),
  volume: z.int().min(0).max(100).default(80),
  /** Null: every cluster at or below the area. */
  clusterIds: z.array(id).min(1).max(3_000).nullable().default(null),
});
export type NewEntry = z.infer<typeof newEntry>;

/** All are scheduled, or none. */
export const newEntries = z.object({ entries: z.array(newEntry).min(1).max(500) });
export type NewEntries = z.infer<typeof newEntries>;

export const entryView = z.object({
  id: z.string(),
  areaId: z.string(),
  itemId: z.string(),
  title: z.string(),
  recurrence,
  zone: z.string(),
  class: z.enum(PLAY_CLASSES),
  late: z.enum(LATE_POLICIES),
  graceMs: z.int(),
  volume: z.int(),
  clusterIds: z.array(z.string()).nullable(),
  createdByName: z.string(),
  createdAtMs: z.int(),
  cancelledAtMs: z.int().nullable(),
  revision: z.int(),
});
export type EntryView = z.infer<typeof entryView>;

export const MOST_LISTED = 1_000;

/** Entries at or below the area, oldest first, at most 1,000; `after` is the last id of the page before. */
export const entryQuery = z.object({ areaId: id, after: id.optional() });
export type EntryQuery = z.infer<typeof entryQuery>;

/**
 * With `clusterId`: exactly what that cluster is told; `areaId` is then the area in which it lies itself, not one above (the
 * schedule knows no clusters, so it cannot look that up). Without: what any cluster at or below the area is told;
 * `clusterIds` says which. What an office above plays at named clusters only is seen by asking for such a cluster.
 */
export const previewQuery = z.object({
  areaId: id,
  clusterId: id.optional(),
  /** The contract ends with the year 9999 (`epochMs`). */
  from: localDay.refine((day) => day < '9999-01-01'),
  days: z.coerce.number().int().min(1).max(PLAN_DAYS).default(PLAN_DAYS),
});
export type PreviewQuery = z.infer<typeof previewQuery>;

const ofEntry = { entryId: z.string(), entryTitle: z.string(), localDay: z.string() };

export const previewView = z.object({
  zone: z.string(),
  fromMs: z.int(),
  untilMs: z.int(),
  plays: z.array(
    z.object({
      ...ofEntry,
      areaId: z.string(),
      /** Null: every cluster. Of an entry from above the asked area: only the cluster asked for. */
      clusterIds: z.array(z.string()).nullable(),
      /** Local, HH:MM:SS. */
      starts: z.string(),
      ends: z.string(),
      /** As people read it, e.g. `Chủ nhật 04/01/2026, 05:00–05:12`. */
      words: z.string(),
      play: plannedPlay,
    }),
  ),
  gaps: z.array(
    z.object({
      ...ofEntry,
      occurrence: z.string(),
      startMs: z.int(),
      starts: z.string(),
      reason: z.enum(GAP_REASONS),
      /** The reason as people read it. */
      words: z.string(),
    }),
  ),
  /** Pairs of plays (by `play.play`) that one cluster would have to sound together. */
  overlaps: z.array(z.object({ first: z.string(), second: z.string(), fromMs: z.int(), untilMs: z.int() })),
});
export type PreviewView = z.infer<typeof previewView>;
