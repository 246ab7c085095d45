import { z } from 'zod';
import { id } from '../../../devices/protocol/index.js';
import { commandView } from './command.api.js';

/** Phát ngay. An emergency (khẩn cấp) has its own policy: `POST /api/emergencies`. */
export const newPlayNow = z.object({
  /** Every loudspeaker at or below it, or the named clusters. */
  areaId: id,
  clusterIds: z.array(id).min(1).max(500).nullable().default(null),
  /** Approved, and valid today. */
  itemId: id,
  class: z.enum(['normal', 'priority']).default('normal'),
  volume: z.int().min(0).max(100).default(80),
  /** Why it is played although the rules of the area forbid it, of whoever may make them (`schedule.rules`). */
  overrideReason: z.string().trim().min(10).max(500).nullable().default(null),
  reason: z.string().trim().max(500).default(''),
  /** A second tap, or a retry on a poor line, with the same key is the same play. */
  requestKey: z.uuid(),
});
export type NewPlayNow = z.infer<typeof newPlayNow>;

export const playNowView = z.object({
  /** Its entry on the schedule: cancelled, it is stopped wherever it sounds or waits. */
  entryId: z.string(),
  title: z.string(),
  startMs: z.int(),
  /** One for each audience that hears the same: `GET /api/commands/:id` says what became of it at each device. */
  commands: z.array(commandView),
  /** Where it is not played, and why. */
  missing: z.array(z.object({ clusterId: z.string(), reason: z.string(), words: z.string() })),
});
export type PlayNowView = z.infer<typeof playNowView>;
