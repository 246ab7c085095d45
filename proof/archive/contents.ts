import { z } from 'zod';
import { epochMs, id, localDay } from '../../devices/protocol/index.js';

const words = z.string().max(2_000);

/** What hamlet heads said, a line for each session; receipts, keys, devices and log stand as in a pack (`pack/contents.ts`). */
export const ANSWERS_FILE = 'confirmations.jsonl';

/** A session as it was asked about, and every answer to it, those that were corrected too. */
export const answeredSession = z.strictObject({
  id: z.string().min(1).max(200),
  hamlet: z.strictObject({ id, name: words, commune: words }),
  day: localDay,
  startMs: epochMs,
  endMs: epochMs,
  clusters: z.array(z.strictObject({ id, name: words, reach: z.enum(['horn', 'transmitter']) })),
  plays: z.array(
    z.looseObject({
      id: z.string(),
      clusterId: z.string(),
      controllerId: z.string(),
      itemId: z.string(),
      title: words,
    }),
  ),
  answers: z
    .array(
      z.strictObject({
        id,
        kind: z.enum(['head', 'telephone']),
        n: z.int().min(1),
        answer: z.enum(['clear', 'unclear', 'notHeard']),
        atMs: epochMs,
        byId: words,
        byName: words,
        toldBy: words.nullable(),
        supersededAtMs: epochMs.nullable(),
      }),
    )
    .min(1),
});
export type AnsweredSession = z.infer<typeof answeredSession>;
