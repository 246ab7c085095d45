import { z } from 'zod';
import { STATUSES } from '../engine/approval.js';
import { ITEM_KINDS } from '../engine/kinds.js';
import { itemSummary } from '../items/item.api.js';
import { AUDIO_STATES } from '../items/item.entity.js';

const id = z.string().min(1).max(64);
const value = z.string().max(200);

export const MOST_FOUND = 100;

/** All conditions must hold. Texts are compared without diacritics, capitals and signs. */
export const itemQuery = z.object({
  /**
   * Words of the title, the text or any metadata, with or without diacritics; the last one may be unfinished. Between
   * double quotes: words in a row. Without a word: everything, the newest first.
   */
  search: z.string().max(1_000).optional(),
  /** Instead of the content of one's own areas: what offices above them have on air, as it was approved. */
  from: z.enum(['above']).optional(),
  /** Content of this area and of those below it; with `from=above`, of this area above. */
  areaId: id.optional(),
  /** Of the current version; with `from=above`, of the one on air. */
  status: z.enum(STATUSES).optional(),
  audioState: z.enum(AUDIO_STATES).optional(),
  kind: z.enum(ITEM_KINDS).optional(),
  topic: value.optional(),
  field: z.coerce.number().pipe(z.int().min(1).max(6)).optional(),
  audience: value.optional(),
  form: value.optional(),
  language: z.string().max(35).optional(),
  programme: value.optional(),
  sourceOffice: value.optional(),
  sponsor: value.optional(),
  planLineId: id.optional(),
  groupId: id.optional(),
  requestId: id.optional(),
  /** The account that made the item or the version; or words of the name on air, or of the account's name then. */
  author: value.optional(),
  /** Local days, both included. */
  createdFrom: z.iso.date().optional(),
  createdTo: z.iso.date().optional(),
  /** A local day on which it may go on air by its validity. */
  validOn: z.iso.date().optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(MOST_FOUND)).default(50),
  /** As given in the `Link` header of the page before. */
  cursor: z.string().max(500).optional(),
});
export type ItemQuery = z.infer<typeof itemQuery>;

export const foundItem = itemSummary.extend({
  /** Where the words stand that were looked for: plain text, and UTF-16 offsets in it. Only when there were any. */
  snippet: z.object({ text: z.string(), marks: z.array(z.object({ from: z.int(), to: z.int() })) }).optional(),
});
export type FoundItem = z.infer<typeof foundItem>;

export interface FoundPage {
  readonly items: readonly FoundItem[];
  /** For the page after; null: this is the last one. */
  readonly next: string | null;
}
