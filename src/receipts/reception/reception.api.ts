import { z } from 'zod';

/** What became of content in each commune that it was made for: đã nhận / đã xếp lịch / đã phát. */
export const receptionView = z.object({
  itemId: z.string(),
  title: z.string(),
  communes: z.array(
    z.object({
      areaId: z.string(),
      name: z.string(),
      /** The commune's decision; null: none yet. */
      decision: z.enum(['accepted', 'declined']).nullable(),
      reason: z.string().nullable(),
      decidedByName: z.string().nullable(),
      decidedAtMs: z.int().nullable(),
      /** By the commune itself, or by an office above for its loudspeakers. */
      scheduled: z.boolean(),
      /** Plays that devices of the commune were told, and those proved by receipts; a relay or a transmitter proves a part at most. */
      planned: z.int(),
      complete: z.int(),
      partial: z.int(),
      /** Of the partial ones those that sounded whole at a transmitter: đưa tới máy phát, no more. */
      toTransmitter: z.int(),
      lastPlayedAtMs: z.int().nullable(),
    }),
  ),
  counts: z.object({ communes: z.int(), accepted: z.int(), scheduled: z.int(), played: z.int() }),
});
export type ReceptionView = z.infer<typeof receptionView>;
