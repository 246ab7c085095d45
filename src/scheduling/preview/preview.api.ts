import { z } from 'zod';
import { id, PLAN_DAYS, plannedPlay } from '../../../devices/protocol/index.js';
import { GAP_REASONS } from '../engine/index.js';
import { localDay } from '../entries/entry.api.js';

/** Of one answer: a month on the screen. How many of what area there may be is another bound (`bounds.ts`). */
export const MOST_DAYS_SHOWN = 31;

/**
 * What the clusters at or below the area are told, or one of them. Where entries have no cluster yet, what one would be told.
 */
export const previewQuery = z.object({
  areaId: id,
  clusterId: id.optional(),
  /** The contract ends with the year 9999 (`epochMs`). */
  from: localDay.refine((day) => day < '9999-01-01'),
  days: z.coerce.number().int().min(1).max(MOST_DAYS_SHOWN).default(PLAN_DAYS),
});
export type PreviewQuery = z.infer<typeof previewQuery>;

const ofEntry = {
  entryId: z.string(),
  entryTitle: z.string(),
  localDay: z.string(),
  /** The clusters of the asked area that it concerns; none: no cluster is there yet. */
  clusterIds: z.array(z.string()),
};

export const previewView = z.object({
  zone: z.string(),
  fromMs: z.int(),
  untilMs: z.int(),
  /** The days shown, with their lunar dates (Viet Nam). */
  days: z.array(
    z.object({
      day: z.string(),
      lunar: z.object({ year: z.int(), month: z.int(), day: z.int(), leap: z.boolean() }).nullable(),
      /** Can chi of the lunar year, e.g. `Bính Ngọ`. */
      lunarYear: z.string().nullable(),
    }),
  ),
  plays: z.array(
    z.object({
      ...ofEntry,
      /** Identity of the play: (occurrence, part of the running order). */
      id: z.string(),
      kind: z.enum(['sound', 'show', 'relay', 'live']),
      areaId: z.string(),
      /** Local, HH:MM:SS. */
      starts: z.string(),
      ends: z.string(),
      /** As people read it, e.g. `Chủ nhật 04/01/2026, 05:00–05:12`. */
      words: z.string(),
      startMs: z.int(),
      endMs: z.int(),
      /** No more than the rules allow. */
      volume: z.int(),
      /** As the device is told; null: live, what a board shows, or a relay whose substitute sound is not made yet. */
      play: plannedPlay.nullable(),
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
  /** Pairs of plays (by `id`) that one cluster would have to sound together. */
  overlaps: z.array(z.object({ first: z.string(), second: z.string(), fromMs: z.int(), untilMs: z.int() })),
});
export type PreviewView = z.infer<typeof previewView>;
