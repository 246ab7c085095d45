import { z } from 'zod';
import { ITEM_KINDS, THIRD_PARTIES } from '../engine/kinds.js';
import { AUDIO_STATES } from '../items/item.entity.js';

const sha256 = z.string();
const person = z.object({ id: z.string(), name: z.string() });

/** A version that waits for the reader's decision. */
export const waitingVersion = z.object({
  itemId: z.string(),
  version: z.int(),
  areaId: z.string(),
  kind: z.enum(ITEM_KINDS),
  title: z.string(),
  language: z.string(),
  /** `provisional`: it is on air already, and taken off at `dueAtMs` unless somebody approves it. */
  status: z.enum(['pending', 'provisional']),
  author: person,
  correctedBy: person.nullable(),
  /** Who asks for the approval, and since when. */
  submittedBy: person.nullable(),
  submittedAtMs: z.int().nullable(),
  airedByName: z.string().nullable(),
  dueAtMs: z.int().nullable(),
  /** Who asked for it to be broadcast. */
  requestId: z.string().nullable(),
  thirdParty: z.enum(THIRD_PARTIES).nullable(),
  reviewer: person.nullable(),
  audioState: z.enum(AUDIO_STATES),
  audioDurationMs: z.int().nullable(),
  /** To be named when it is approved. */
  textSha256: sha256.nullable(),
  audioSha256: sha256.nullable(),
  contentSha256: sha256.nullable(),
  /** Corrected words: it must be heard before it is approved. */
  mustBeHeard: z.boolean(),
  /** For whom the reader would decide; null: by their own right. */
  onBehalfOf: person.nullable(),
});
export type WaitingVersion = z.infer<typeof waitingVersion>;
export const waitingVersions = z.array(waitingVersion);
