import { z } from 'zod';
import { MEANS } from './declaration.entity.js';

const id = z.string().min(1).max(64);
const day = z.iso.date();
const words = (most: number) => z.string().normalize('NFC').max(most);

/** The name of a person, as reports print it: letters, marks, spaces and what stands between names; nothing that a page or a table would obey. */
const personName = words(100)
  .trim()
  .regex(/^\p{L}[\p{L}\p{M} .,'’()-]*$/u);

/** Beside the photograph, which is the body. */
export const newDeclaration = z.object({
  itemId: id,
  hamletId: id,
  /** Local day on which it was done. */
  day,
  person: personName,
  means: z.enum(MEANS).default('portableLoudspeaker'),
  note: words(500).default(''),
});
export type NewDeclaration = z.infer<typeof newDeclaration>;

export const takingBack = z.object({ reason: words(500).trim().min(1) });
export type TakingBack = z.infer<typeof takingBack>;

/** The latest first, at most 1,000. */
export const declarationQuery = z.object({
  lineId: id.optional(),
  itemId: id.optional(),
  hamletId: id.optional(),
  from: day.optional(),
  until: day.optional(),
});
export type DeclarationQuery = z.infer<typeof declarationQuery>;

export const declarationView = z.object({
  id: z.string(),
  /** Of both: *khai báo*, never *phát đủ*. */
  state: z.enum(['declared', 'takenBack']),
  itemId: z.string(),
  itemTitle: z.string(),
  lineId: z.string(),
  hamletId: z.string(),
  hamletName: z.string(),
  communeName: z.string(),
  day: z.string(),
  means: z.enum(MEANS),
  person: z.string(),
  note: z.string(),
  photo: z.object({ sha256: z.string(), type: z.string(), width: z.int(), height: z.int() }),
  enteredByName: z.string(),
  enteredAtMs: z.int(),
  takenBack: z.object({ atMs: z.int(), byName: z.string(), reason: z.string() }).nullable(),
});
export type DeclarationView = z.infer<typeof declarationView>;
