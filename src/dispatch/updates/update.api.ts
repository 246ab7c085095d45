import { z } from 'zod';
import { id, UPDATE_STATES } from '../../../devices/protocol/index.js';
import { isLadder } from './engine/rollout.js';
import { TARGET_STATES } from './engine/states.js';
import { ROLLOUT_STATES } from './update.entity.js';

/** PostgreSQL keeps no NUL, and nobody reads control letters. */
const words = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .regex(/^[^\p{Cc}]*$/u);
const reason = words(500).default('');
const model = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._/+-]{0,99}$/u);

/** Beside the bytes of the bundle, which are the body. */
export const newRelease = z.object({
  number: z.coerce.number().int().min(1).max(2_000_000_000),
  name: words(60).min(1),
  notes: words(2_000).default(''),
  /** Separated by commas. */
  models: z
    .string()
    .transform((text) => [...new Set(text.split(',').map((each) => each.trim()))])
    .pipe(z.array(model).min(1).max(20)),
});
export type NewRelease = z.infer<typeof newRelease>;

export const releaseView = z.object({
  id: z.string(),
  number: z.int(),
  name: z.string(),
  notes: z.string(),
  models: z.array(z.string()),
  sha256: z.string(),
  bytes: z.int(),
  createdAtMs: z.int(),
  createdByName: z.string(),
});
export type ReleaseView = z.infer<typeof releaseView>;

const stage = z.union([
  z.strictObject({ count: z.int().min(1).max(1_000_000) }),
  z.strictObject({ percent: z.int().min(1).max(100) }),
]);
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
/** Local hours in which programs may be changed. */
const night = z.object({ from: clock, until: clock }).refine(({ from, until }) => from !== until, 'no time at all');

const HOUR_MS = 3_600_000;
export const newRollout = z.object({
  releaseId: id,
  areaId: id,
  groupId: id.optional(),
  stages: z
    .array(stage)
    .min(1)
    .max(10)
    .refine(isLadder, 'each stage more than the one before, the last one 100 percent')
    .default([{ count: 1 }, { percent: 5 }, { percent: 25 }, { percent: 100 }]),
  soakMs: z
    .int()
    .min(0)
    .max(30 * 24 * HOUR_MS)
    .default(24 * HOUR_MS),
  healthyPercent: z.int().min(1).max(100).default(90),
  failedPercent: z.int().min(0).max(100).default(5),
  /** Null: at any hour. */
  night: night.nullable().default({ from: '00:00', until: '04:00' }),
  /** An older release, to those that run a newer one. */
  back: z.boolean().default(false),
  reason,
});
export type NewRollout = z.infer<typeof newRollout>;

export const halting = z.object({ reason });
export type Halting = z.infer<typeof halting>;
/** `again`: those that failed are ordered once more; without it they are excused. */
export const resuming = z.object({ reason, again: z.boolean().default(false) });
export type Resuming = z.infer<typeof resuming>;
/** Without `releaseId`: the one before. */
export const goingBack = z.object({ reason, releaseId: id.optional(), night: night.nullable().default(null) });
export type GoingBack = z.infer<typeof goingBack>;

const counts = z.object(Object.fromEntries(TARGET_STATES.map((state) => [state, z.int()])));

export const rolloutView = z.object({
  id: z.string(),
  releaseId: z.string(),
  release: z.int(),
  back: z.boolean(),
  areaId: z.string(),
  groupId: z.string().nullable(),
  models: z.array(z.string()),
  stages: z.array(stage),
  /** Index of the open stage; -1: none yet. */
  stage: z.int(),
  /** Start of the night of the open stage. */
  stageFromMs: z.int().nullable(),
  soakMs: z.int(),
  healthyPercent: z.int(),
  failedPercent: z.int(),
  night: night.nullable(),
  state: z.enum(ROLLOUT_STATES),
  reason: z.string(),
  /** With `halted`: null when it halted by itself. */
  haltReason: z.string().nullable(),
  haltedAtMs: z.int().nullable(),
  createdAtMs: z.int(),
  createdByName: z.string(),
  endedAtMs: z.int().nullable(),
});
export type RolloutView = z.infer<typeof rolloutView>;

export const rolloutDetail = rolloutView.extend({
  counts,
  excused: z.int(),
  /** By controller; the address of the next page stands in the `Link` header. */
  devices: z.array(
    z.object({
      controllerId: z.string(),
      clusterId: z.string(),
      clusterName: z.string(),
      stage: z.int(),
      formerRelease: z.int(),
      state: z.enum(TARGET_STATES),
      detail: z.string().nullable(),
      orderedAtMs: z.int().nullable(),
      nightFromMs: z.int().nullable(),
      atMs: z.int().nullable(),
      heardAtMs: z.int().nullable(),
      excused: z.boolean(),
    }),
  ),
});
export type RolloutDetail = z.infer<typeof rolloutDetail>;

/** The newest first. */
export const deviceUpdates = z.object({
  order: z.object({ release: z.int(), rolloutId: z.string(), orderedAtMs: z.int() }).nullable(),
  statuses: z.array(
    z.object({
      release: z.int(),
      state: z.enum(UPDATE_STATES),
      detail: z.string().nullable(),
      atMs: z.int().nullable(),
      heardAtMs: z.int(),
    }),
  ),
});
export type DeviceUpdates = z.infer<typeof deviceUpdates>;

const page = { cursor: z.string().max(64).optional(), limit: z.coerce.number().int().min(1).max(500).default(100) };
export const rolloutQuery = z.object({ areaId: id, ...page });
export type RolloutQuery = z.infer<typeof rolloutQuery>;
export const targetQuery = z.object(page);
export type TargetQuery = z.infer<typeof targetQuery>;
