import { z } from 'zod';
import { isDay } from '../engine/local-days.js';
import { UPKEEP_KINDS } from './upkeep.entity.js';

const day = z.string().refine(isDay, { message: 'must be a day, yyyy-mm-dd' });

export const newUpkeep = z.object({
  kind: z.enum(UPKEEP_KINDS),
  day,
  person: z.string().trim().min(1).max(200),
  /** Đồng, whole. */
  costVnd: z.int().min(0).max(1_000_000_000_000),
  text: z.string().trim().min(1).max(2_000),
  faultId: z.string().max(64).nullable().default(null),
});
export type NewUpkeep = z.infer<typeof newUpkeep>;

export const upkeepView = newUpkeep.extend({
  id: z.string(),
  clusterId: z.string(),
  clusterName: z.string(),
  controllerId: z.string().nullable(),
  writtenByName: z.string(),
  writtenAtMs: z.int(),
});
export type UpkeepView = z.infer<typeof upkeepView>;

export const upkeepQuery = z.object({
  clusterId: z.string().max(64).optional(),
  kind: z.enum(UPKEEP_KINDS).optional(),
  /** Local days, both inclusive. */
  from: day.optional(),
  until: day.optional(),
});
export type UpkeepQuery = z.infer<typeof upkeepQuery>;
