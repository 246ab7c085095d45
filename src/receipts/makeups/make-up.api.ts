import { z } from 'zod';
import { MOST_IN_BATCH, makeUpRequest } from '../../scheduling/index.js';

const id = z.string().min(1).max(64);
const day = z.iso.date();
const words = z.object({ vi: z.string(), en: z.string() });
const named = z.array(id).min(1).max(3_000);

const { windows, oncePerDay, gapMinutes, mostPlaysPerDay } = makeUpRequest.shape;

export const makeUpPreviewRequest = z.object({
  /** An office at or below the plan's area; default: that area. */
  areaId: id.optional(),
  /** Local days, both included; default: from today, seven days, not beyond the end of the plan while that lasts. */
  from: makeUpRequest.shape.from.optional(),
  until: makeUpRequest.shape.until.optional(),
  ...{ windows, oncePerDay, gapMinutes, mostPlaysPerDay },
  /** Also for cells whose plays are *unknown*: their receipts may still come. */
  withUnknown: z.boolean().default(false),
});
export type MakeUpPreviewRequest = z.output<typeof makeUpPreviewRequest>;

/** Beside the planner's own reasons. */
export const HOPELESS = [
  'withdrawn',
  'noStoredSound',
  'otherOffice',
  'hamletEnded',
  'noCluster',
  'atTransmitter',
] as const;
export type Hopeless = (typeof HOPELESS)[number];

const hamletOf = z.object({ id: z.string(), name: z.string(), communeName: z.string() });
const listed = z.object({ itemId: z.string(), title: z.string(), hamlets: z.array(hamletOf) });

const accepted = z.object({
  itemId: id,
  areaId: id,
  /** Those that owe the item, and no other. */
  clusterIds: named,
  day,
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/),
  /** Hamlets for which it counts. */
  hamletIds: named,
});

export const makeUpPreview = z.object({
  /** Sent back with what is accepted: the same sent twice is accepted once. */
  proposalId: z.string(),
  from: z.string(),
  until: z.string(),
  /** Days of the span lie outside the plan's period. */
  outsidePeriod: z.boolean(),
  reportDeadline: z.string().nullable(),
  /** By start; at most 500, and so many more are left for another proposal. */
  entries: z.array(accepted.extend({ title: z.string(), startMs: z.int(), endMs: z.int(), words })),
  left: z.int(),
  /** What cannot be placed, and why. */
  unplaced: z.array(listed.extend({ reason: z.string(), words })),
  /** *Chưa rõ*: may still come, and is proposed only with `withUnknown`. */
  unknown: z.array(listed),
  /** Make-up plays for them are scheduled already. */
  pending: z.array(listed),
  summary: z.object({
    /** Cells that are not complete, and of those the ones that plays are proposed for, *unknown*, pending. */
    missing: z.int(),
    wanted: z.int(),
    unknown: z.int(),
    pending: z.int(),
    /** Cells that are complete once all entries were played, and those of them before the day of the report; null: no such day. */
    completed: z.int(),
    completedBeforeDeadline: z.int().nullable(),
  }),
});
export type MakeUpPreview = z.output<typeof makeUpPreview>;

/** What of a proposal is accepted: all of it, or some. */
export const makeUpAcceptance = z.object({
  proposalId: id,
  entries: z.array(accepted).min(1).max(MOST_IN_BATCH),
});
export type MakeUpAcceptanceRequest = z.output<typeof makeUpAcceptance>;

/** An entry of the schedule that is marked as a make-up play (phát bù). */
export const makeUpView = z.object({
  entryId: z.string(),
  makeUp: z.literal(true),
  lineId: z.string(),
  itemId: z.string(),
  hamletIds: z.array(z.string()),
  /** `pending`: still to come; nothing else is proposed for its cells until it is over. */
  state: z.enum(['pending', 'over', 'cancelled']),
  acceptedByName: z.string(),
  acceptedAtMs: z.int(),
});
export type MakeUpView = z.output<typeof makeUpView>;
