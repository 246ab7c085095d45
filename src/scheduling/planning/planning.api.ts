import { z } from 'zod';
import { id } from '../../../devices/protocol/index.js';
import { MOST_PLAYS_PER_CELL, UNPLACED_REASONS } from '../engine/index.js';
import { localDay } from '../entries/entry.api.js';

/** The bulk endpoint takes no more entries at once, all of them or none. */
export const MOST_IN_BATCH = 500;

/** The contract ends with the year 9999 (`epochMs`). */
export const plannedDay = localDay.refine((day) => day < '9999-01-01');
const wallTime = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?|24:00)$/);

const ground = {
  /** The office: a commune or above. Its hamlets, its clusters, its entries. */
  areaId: id,
  /** Both days included; at most a year. */
  from: plannedDay,
  until: plannedDay,
  /** Preferred local hours, the most liked first. What fits none takes any time that the rules leave. */
  windows: z
    .array(z.object({ from: wallTime, until: wallTime }))
    .max(8)
    .default([]),
  /** No script twice on a day in one hamlet. */
  oncePerDay: z.boolean().default(true),
  /** Silence between a proposed play and any other of the same cluster. */
  gapMinutes: z.int().min(0).max(1_440).default(0),
  /** Of these plays at one cluster and day; null: no limit. */
  mostPlaysPerDay: z.int().min(1).max(2_000).nullable().default(null),
};

export const campaignRequest = z.object({
  ...ground,
  itemIds: z.array(id).min(1).max(200),
  playsPerHamlet: z.int().min(1).max(50),
  /** So many plays of each script in each hamlet on days before `before`: the day of a report. */
  cut: z.object({ before: plannedDay, atLeast: z.int().min(1).max(50) }).optional(),
});
export type CampaignRequest = z.output<typeof campaignRequest>;

export const makeUpRequest = z.object({
  ...ground,
  cells: z
    .array(z.object({ itemId: id, hamletId: id, missing: z.int().min(1).max(MOST_PLAYS_PER_CELL) }))
    .min(1)
    .max(10_000),
});
export type MakeUpRequest = z.output<typeof makeUpRequest>;

const words = z.object({ vi: z.string(), en: z.string() });

const proposal = z.object({
  /** As `POST /api/entries` takes it. */
  entry: z.object({
    areaId: z.string(),
    itemId: z.string(),
    recurrence: z.object({ kind: z.literal('once'), date: z.string(), time: z.string() }),
    /** Null: every cluster at or below the area. */
    clusterIds: z.array(z.string()).nullable(),
  }),
  title: z.string(),
  startMs: z.int(),
  /** Where several languages are spoken, the end of the longest. */
  endMs: z.int(),
  /** Hamlets for which the play counts. Others may hear it too, through a cluster that they share. */
  serves: z.array(z.string()),
  words,
});
export type ProposalView = z.infer<typeof proposal>;

/** Nothing of it is stored. */
export const proposalsView = z.object({
  /** By start. Each batch, sent as `{ entries: batch.map(({ entry }) => entry) }` to `POST /api/entries/bulk`, is scheduled whole or not. */
  batches: z.array(z.array(proposal).max(MOST_IN_BATCH)),
  unplaced: z.array(
    z.object({
      itemId: z.string(),
      title: z.string(),
      /** `cutNotMet`: placed, but too late for the cut. All others: not placed. */
      reason: z.enum(UNPLACED_REASONS),
      words,
      hamlets: z.array(z.object({ id: z.string(), name: z.string(), missing: z.int() })),
    }),
  ),
  summary: z.object({
    /** Script × hamlet. */
    cells: z.int(),
    /** Plays that these cells want, and for how many of them a place was found. */
    wanted: z.int(),
    placed: z.int(),
    /** Entries, and plays of cells, by local day. */
    byDay: z.array(z.object({ day: z.string(), entries: z.int(), plays: z.int() })),
  }),
});
export type ProposalsView = z.infer<typeof proposalsView>;
