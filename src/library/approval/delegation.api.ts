import { z } from 'zod';

const id = z.string().min(1).max(64);
const person = z.object({ id: z.string(), name: z.string() });
const ms = z.int().min(0).max(8_640_000_000_000_000);

export const newDelegation = z.object({
  /** Whose right is handed on; default: one's own. */
  fromId: id.optional(),
  toId: id,
  areaId: id,
  /** Half-open term, UTC epoch ms; default: from now on. */
  fromMs: ms.optional(),
  untilMs: ms,
  reason: z.string().trim().min(1).max(1_000),
});
export type NewDelegation = z.infer<typeof newDelegation>;

export const delegationView = z.object({
  id: z.string(),
  from: person,
  to: person,
  areaId: z.string(),
  fromMs: z.int(),
  untilMs: z.int(),
  reason: z.string(),
  createdBy: person,
  createdAtMs: z.int(),
  revokedAtMs: z.int().nullable(),
  /** In its term and not revoked; it is worth nothing once its giver has lost the right. */
  active: z.boolean(),
});
export type DelegationView = z.infer<typeof delegationView>;
