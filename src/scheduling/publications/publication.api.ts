import { z } from 'zod';
import { id } from '../../../devices/protocol/index.js';
import { entryEdit, localDateTime, newEntry } from '../entries/entry.api.js';

/** What one publication may do: all of it, or nothing. */
export const scheduleChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('make'), entry: newEntry }),
  /** A change of rule or time goes on as a linked entry from `fromMs`. */
  z.object({ kind: z.literal('edit'), id, edit: entryEdit, fromMs: z.int().min(0).default(0) }),
  z.object({ kind: z.literal('occurrence'), id, original: localDateTime, to: localDateTime.nullable() }),
  z.object({ kind: z.literal('cancel'), id }),
]);
export type ScheduleChange = z.output<typeof scheduleChange>;

/** Changes of one person, published together. Each entry is named at most once. */
export const newPublication = z.object({ changes: z.array(scheduleChange).min(1).max(500) });
export type NewPublication = z.output<typeof newPublication>;

/** Moved and cancelled occurrences ahead that a new rule has no counterpart for: decide what becomes of them. */
const orphans = z.array(z.object({ entryId: z.string(), original: z.string(), to: z.string().nullable() }));

export const publicationView = z.object({
  id: z.string(),
  byName: z.string(),
  atMs: z.int(),
  /** Entries made, changed and cancelled. */
  made: z.int(),
  changed: z.int(),
  cancelled: z.int(),
  titles: z.array(z.string()),
  /** The publication that took it back. */
  undoneById: z.string().nullable(),
  /** The publication that it takes back. */
  undoesId: z.string().nullable(),
  /** Told in the answer to the publication; a list has none. */
  orphans,
});
export type PublicationView = z.output<typeof publicationView>;

/** What would change for whom in the seven days ahead, if the changes were published now. */
export const publicationSummary = z.object({
  clusters: z.array(
    z.object({
      clusterId: z.string(),
      name: z.string(),
      added: z.int(),
      removed: z.int(),
      /** Played at another time, louder or softer, or with other sound. */
      changed: z.int(),
      /** Sound that its device has not been told of before; what it will fetch over its SIM. */
      newBytes: z.int(),
    }),
  ),
  /** Clusters of the areas of the changed entries whose plan stays as it is. */
  untouched: z.int(),
  totalNewBytes: z.int(),
  orphans,
  /** In words. */
  words: z.object({ vi: z.string(), en: z.string() }),
});
export type PublicationSummary = z.output<typeof publicationSummary>;

export const publicationQuery = z.object({ areaId: id, before: id.optional() });
export type PublicationQuery = z.output<typeof publicationQuery>;
