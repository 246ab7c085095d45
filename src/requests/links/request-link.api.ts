import { z } from 'zod';
import { MOST_PER_DAY, USUAL_PER_DAY } from '../engine/limits.js';
import { SENDER_KINDS } from '../engine/senders.js';

const moment = z.int().min(0).max(8.64e15);

export const newLink = z.object({
  /** A commune or a hamlet. */
  areaId: z.string().min(1).max(64),
  senderKind: z.enum(SENDER_KINDS),
  /** Who will send, as it is to stand with every request and be named on air. */
  senderName: z.string().max(120),
  /** Telephone, to ask back. */
  contact: z.string().trim().max(60).nullable().default(null),
  mostPerDay: z.int().min(1).max(MOST_PER_DAY).default(USUAL_PER_DAY),
  /** Default one year from now, at most two. UTC epoch ms. */
  validUntilMs: moment.nullable().default(null),
});
export type NewLink = z.infer<typeof newLink>;

export const linkQuery = z.object({ areaId: z.string().min(1).max(64).optional() });
export type LinkQuery = z.infer<typeof linkQuery>;

export const linkRenewal = z.object({
  /** Default: as it was, or one year from now when that is over. */
  validUntilMs: moment.nullable().default(null),
});
export type LinkRenewal = z.infer<typeof linkRenewal>;

/** Without the address: that is told once, when the link is made. */
export const linkView = z.object({
  id: z.string(),
  areaId: z.string(),
  senderKind: z.enum(SENDER_KINDS),
  senderName: z.string(),
  contact: z.string().nullable(),
  mostPerDay: z.int(),
  validUntilMs: z.int(),
  revokedAtMs: z.int().nullable(),
  createdByName: z.string(),
  createdAtMs: z.int(),
  lastUsedAtMs: z.int().nullable(),
});
export type LinkView = z.infer<typeof linkView>;

/** `address` is shown once, as text and QR code; whoever has it may send. */
export const issuedLink = linkView.extend({ address: z.string() });
export type IssuedLink = z.infer<typeof issuedLink>;
