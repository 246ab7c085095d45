import { z } from 'zod';
import {
  AUTHORITY_LEVELS,
  INTERRUPTED_POLICIES,
  id,
  LATE_POLICIES,
  ON_TIME_MS,
  PLAY_CLASSES,
} from '../../../devices/protocol/index.js';
import { DEFAULT_ZONE, DEVICES, ENTRY_CLASSES } from '../engine/index.js';

export const localDay = z.iso.date();
const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/);
/** Local wall-clock time, YYYY-MM-DDTHH:MM or with :SS. */
export const localDateTime = z.string().regex(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/);
/** First and last day both play; `until` null: no end. */
const range = { from: localDay, until: localDay.nullable(), time: localTime };

/** When it is played: a simple rule, RFC 5545, or days of the Vietnamese lunar calendar. */
export const recurrence = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('once'), date: localDay, time: localTime }),
  z.object({ kind: z.literal('daily'), ...range }),
  /** ISO weekdays: 1 is Monday, 7 is Sunday. */
  z.object({ kind: z.literal('weekly'), ...range, weekdays: z.array(z.int().min(1).max(7)).max(7) }),
  /** Values of RRULE, RDATE and EXDATE; EXDATE may be whole days. */
  z.object({
    kind: z.literal('rrule'),
    start: localDateTime,
    rules: z.array(z.string().min(1).max(500)).max(10),
    dates: z.array(localDateTime).max(1_000).default([]),
    except: z
      .array(z.union([localDay, localDateTime]))
      .max(1_000)
      .default([]),
  }),
  z.object({
    kind: z.literal('lunar'),
    ...range,
    on: z.object({
      days: z.array(z.int().min(1).max(30)).min(1).max(30),
      /** Null: every lunar month. */
      month: z.int().min(1).max(12).nullable(),
      leap: z.enum(['regular', 'leap', 'both']).default('regular'),
      missing30: z.enum(['skip', 'lastDay']).default('lastDay'),
      /** −1: the eve. */
      offsetDays: z.int().min(-15).max(15).default(0),
    }),
  }),
]);

/** A day: longer is no part of a running order. */
const LONGEST_PART_MS = 86_400_000;
const partMs = z.int().min(1_000).max(LONGEST_PART_MS);
const orderPart = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('item'), itemId: id }),
  /** On boards, for as long as planned: a picture or a text. A video has its own length: `item`. */
  z.object({ kind: z.literal('show'), itemId: id, durationMs: partMs }),
  z.object({ kind: z.literal('relay'), itemId: id, durationMs: partMs }),
  z.object({ kind: z.literal('live'), durationMs: partMs }),
  z.object({ kind: z.literal('gap'), durationMs: z.int().min(0).max(LONGEST_PART_MS) }),
  /** In a slot: where the entries stand that are put into it; without one, behind everything else. */
  z.object({ kind: z.literal('bulletin') }),
]);
const runningOrder = z
  .array(orderPart)
  .min(1)
  .max(100)
  .refine((parts) => parts.filter(({ kind }) => kind === 'bulletin').length <= 1, 'at most one place for bulletins');

/** Khung giờ: keeps its time free. `reserved`: only the office that made it and those above put entries into it. */
const slot = z.object({ lengthMs: z.int().min(1_000).max(LONGEST_PART_MS), reserved: z.boolean().default(false) });
/** The rule then gives the days, and the place the time. */
const place = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('inSlot'), entryId: id }),
  z.object({ kind: z.literal('after'), entryId: id, gapMs: z.int().min(0).max(LONGEST_PART_MS).default(0) }),
]);

const named = z.array(id).min(1).max(3_000).nullable();
const entryClass = z.enum(ENTRY_CLASSES, {
  error: 'normal or priority; an emergency is played at once, not scheduled',
});

const settings = {
  /** Empty: the title of its first item. */
  title: z.string().trim().min(1).max(300).optional(),
  recurrence,
  zone: z.string().max(64).default(DEFAULT_ZONE),
  slot: slot.nullable().default(null),
  place: place.nullable().default(null),
  class: entryClass.default('normal'),
  late: z.enum(LATE_POLICIES).default('whole'),
  /** What becomes of a play that an emergency interrupts: goes on, is played anew, or ends. */
  interrupted: z.enum(INTERRUPTED_POLICIES).default('resume'),
  /** How long after its planned end a play may still sound; a start that counts as on time must not be cut. */
  graceMs: z.int().min(ON_TIME_MS).max(86_400_000).default(900_000),
  volume: z.int().min(0).max(100).default(80),
  /** For loudspeakers, for boards, or for both: a place of the other kind is not meant, also when it is named. */
  devices: z.enum(DEVICES).default('loudspeakers'),
  /** Clusters and boards. Null, like the two after it: none named. All null: every one at or below the area. */
  clusterIds: named.default(null),
  groupIds: named.default(null),
  hamletIds: named.default(null),
};

export const newEntry = z
  .object({
    areaId: id,
    /** Short for a running order of this item alone. */
    itemId: id.optional(),
    runningOrder: runningOrder.optional(),
    ...settings,
  })
  .transform((entry, context) => {
    const { itemId, runningOrder: order, ...rest } = entry;
    if ((itemId === undefined) === (order === undefined)) {
      context.addIssue({ code: 'custom', message: 'either itemId or runningOrder', path: ['runningOrder'] });
      return z.NEVER;
    }
    return { ...rest, runningOrder: order ?? [{ kind: 'item' as const, itemId: itemId ?? '' }] };
  });
export type NewEntry = z.output<typeof newEntry>;

/** All are scheduled, or none. */
export const newEntries = z.object({ entries: z.array(newEntry).min(1).max(500) });
export type NewEntries = z.output<typeof newEntries>;

/** What is not given stays. A change of rule, zone or place starts a new series at `fromMs`; what is before it stays as it was. */
export const entryEdit = z
  .object({
    title: z.string().trim().min(1).max(300),
    runningOrder,
    recurrence,
    zone: z.string().max(64),
    slot: slot.nullable(),
    place: place.nullable(),
    class: entryClass,
    late: z.enum(LATE_POLICIES),
    interrupted: z.enum(INTERRUPTED_POLICIES),
    graceMs: z.int().min(ON_TIME_MS).max(86_400_000),
    volume: z.int().min(0).max(100),
    devices: z.enum(DEVICES),
    clusterIds: named,
    groupIds: named,
    hamletIds: named,
  })
  .partial();
export type EntryEdit = z.output<typeof entryEdit>;

/** `fromMs`: from when a change of rule, zone or place holds; 0: from now on. */
export const editRequest = z.object({ edit: entryEdit, fromMs: z.int().min(0).default(0) });
export type EditRequest = z.output<typeof editRequest>;

/** Local starts; `original` as the rule has it, `to` null: it is not played. */
export const occurrenceEdit = z.object({ original: localDateTime, to: localDateTime.nullable() });
export type OccurrenceEdit = z.output<typeof occurrenceEdit>;

export const entryView = z.object({
  id: z.string(),
  areaId: z.string(),
  title: z.string(),
  runningOrder: z.array(orderPart),
  recurrence,
  /** The rule as people say it. */
  words: z.object({ vi: z.string(), en: z.string() }),
  changes: z.array(z.object({ original: z.string(), to: z.string().nullable() })),
  zone: z.string(),
  slot: slot.nullable(),
  place: place.nullable(),
  class: z.enum(PLAY_CLASSES),
  level: z.enum(AUTHORITY_LEVELS),
  late: z.enum(LATE_POLICIES),
  interrupted: z.enum(INTERRUPTED_POLICIES),
  graceMs: z.int(),
  volume: z.int(),
  devices: z.enum(DEVICES),
  clusterIds: z.array(z.string()).nullable(),
  groupIds: z.array(z.string()).nullable(),
  hamletIds: z.array(z.string()).nullable(),
  /** The entry whose series this one goes on with. */
  followsId: z.string().nullable(),
  createdByName: z.string(),
  createdAtMs: z.int(),
  cancelledAtMs: z.int().nullable(),
  revision: z.int(),
});
export type EntryView = z.output<typeof entryView>;

export const editedView = z.object({
  entry: entryView,
  /** The part before, when the rule changed; null: changed in place. */
  ended: entryView.nullable(),
  /** Moved and cancelled occurrences ahead that the new rule has no counterpart for: decide what becomes of them. */
  orphans: z.array(z.object({ original: z.string(), to: z.string().nullable() })),
});

export const MOST_LISTED = 1_000;

/** Entries at or below the area, oldest first, at most 1,000; `after` is the last id of the page before. */
export const entryQuery = z.object({ areaId: id, after: id.optional() });
export type EntryQuery = z.infer<typeof entryQuery>;
