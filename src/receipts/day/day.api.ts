import { z } from 'zod';
import { CAUSES } from '../../../devices/protocol/index.js';
import { PLAY_OUTCOMES, REMARKS, type Remark } from '../engine/outcome.js';

export const dayQuery = z.object({ areaId: z.string().max(64), day: z.iso.date() });
export type DayQuery = z.infer<typeof dayQuery>;

/** What the loudspeakers of an area were to play on a local day, and what came of it; by cluster and time. */
export const dayView = z.object({
  areaId: z.string(),
  day: z.string(),
  demo: z.boolean(),
  counts: z.record(z.enum(PLAY_OUTCOMES), z.int()),
  clusters: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      reach: z.enum(['horn', 'transmitter']),
      plays: z.array(
        z.object({
          /** Of the planned play. */
          id: z.string(),
          itemId: z.string(),
          itemVersion: z.int(),
          startMs: z.int(),
          outcome: z.enum(PLAY_OUTCOMES),
          /** As the device states it. */
          cause: z.enum(CAUSES).nullable(),
          /** Why it is no better, as the service knows (docs/outcomes.md). */
          remark: z.enum(Object.keys(REMARKS) as [Remark, ...Remark[]]).nullable(),
          playedMs: z.int().nullable(),
          /** Null: unknown. */
          receiptId: z.string().nullable(),
        }),
      ),
    }),
  ),
});
export type DayView = z.infer<typeof dayView>;
