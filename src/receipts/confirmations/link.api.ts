import { z } from 'zod';

const moment = z.int().min(0).max(8.64e15);

export const newConfirmationLink = z.object({
  hamletId: z.string().min(1).max(64),
  /** As the page greets its owner, and as every answer names who gave it. */
  headName: z.string().max(120),
  /** Telephone, to ask back. */
  contact: z.string().trim().max(60).nullable().default(null),
  /** Default one year from now, at most two. UTC epoch ms. */
  validUntilMs: moment.nullable().default(null),
});
export type NewConfirmationLink = z.infer<typeof newConfirmationLink>;

export const confirmationLinkQuery = z.object({ areaId: z.string().min(1).max(64).optional() });
export type ConfirmationLinkQuery = z.infer<typeof confirmationLinkQuery>;

export const confirmationLinkRenewal = z.object({
  /** Default: as it was, or one year from now when that is over. */
  validUntilMs: moment.nullable().default(null),
});
export type ConfirmationLinkRenewal = z.infer<typeof confirmationLinkRenewal>;

/** Without the address: that is told once, when the link is made. */
export const confirmationLinkView = z.object({
  id: z.string(),
  hamletId: z.string(),
  headName: z.string(),
  contact: z.string().nullable(),
  validUntilMs: z.int(),
  revokedAtMs: z.int().nullable(),
  createdByName: z.string(),
  createdAtMs: z.int(),
  /** When it last answered. */
  lastUsedAtMs: z.int().nullable(),
});
export type ConfirmationLinkView = z.infer<typeof confirmationLinkView>;

/** Shown once, as text and as the QR code of the same (SVG); whoever has it answers for the hamlet. */
export const issuedConfirmationLink = confirmationLinkView.extend({ address: z.string(), qrSvg: z.string() });
export type IssuedConfirmationLink = z.infer<typeof issuedConfirmationLink>;
