import { z } from 'zod';
import { id } from '../../../devices/protocol/index.js';
import { entryEdit, entryView } from '../entries/entry.api.js';

/** The same edit of many: all are changed, or none. */
export const bulkEdit = z.object({
  ids: z
    .array(id)
    .min(1)
    .max(500)
    .refine((ids) => new Set(ids).size === ids.length, 'each entry once'),
  edit: entryEdit.refine((edit) => Object.values(edit).some((value) => value !== undefined), 'nothing to change'),
});
export type BulkEdit = z.output<typeof bulkEdit>;

export const editedView = z.object({
  /** The entry that goes on. */
  entry: entryView,
  /** The part before the change; null: the entry was changed in place. */
  ended: entryView.nullable(),
  /** Moved and cancelled occurrences ahead that the new rule has no counterpart for: for a person to decide. */
  orphans: z.array(z.object({ original: z.string(), to: z.string().nullable() })),
});
