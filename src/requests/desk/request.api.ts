import { z } from 'zod';
import { THIRD_PARTIES } from '../../library/index.js';
import { REQUEST_STATUSES, SENDER_KINDS } from '../engine/senders.js';

export const requestQuery = z.object({
  /** This area and everything below it. */
  areaId: z.string().min(1).max(64).optional(),
  status: z.enum(REQUEST_STATUSES).optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
  /** As the `Link` header of the page before gave it. */
  cursor: z.string().max(100).optional(),
});
export type RequestQuery = z.infer<typeof requestQuery>;

export const requestView = z.object({
  id: z.string(),
  linkId: z.string(),
  areaId: z.string(),
  /** As the link said when it was sent; so are name and contact. */
  senderKind: z.enum(SENDER_KINDS),
  senderName: z.string(),
  contact: z.string().nullable(),
  title: z.string(),
  text: z.string().nullable(),
  language: z.string(),
  /** Downloaded at `/files/:n`, counted from 0. */
  files: z.array(
    z.object({ fileName: z.string(), type: z.string(), family: z.enum(['audio', 'document']), bytes: z.int() }),
  ),
  thirdParty: z.enum(THIRD_PARTIES).nullable(),
  wanted: z.string().nullable(),
  urgent: z.boolean(),
  receivedAtMs: z.int(),
  /** What was cleaned on the way in, and what was found when the draft was made. */
  notes: z.array(z.string()),
  status: z.enum(REQUEST_STATUSES),
  /** The draft that was made of it. */
  itemId: z.string().nullable(),
  decidedByName: z.string().nullable(),
  decidedAtMs: z.int().nullable(),
  reason: z.string().nullable(),
});
export type RequestView = z.infer<typeof requestView>;

export const draftWish = z.object({
  /** What to draft from: `text`, or the place of a file. Default: a voice, else a document, else the text. */
  from: z
    .union([z.literal('text'), z.int().min(0).max(20)])
    .nullable()
    .default(null),
});
export type DraftWish = z.infer<typeof draftWish>;

export const draftAnswer = z.object({
  itemId: z.string(),
  /** Somebody, perhaps this very tap, made it before. */
  alreadyDrafted: z.boolean(),
  request: requestView,
});
export type DraftAnswer = z.infer<typeof draftAnswer>;

export const decline = z.object({
  /** The sender reads it. */
  reason: z.string().max(1_000),
});
export type Decline = z.infer<typeof decline>;
