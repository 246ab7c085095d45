import { z } from 'zod';
import { OUTCOMES } from '../../../devices/protocol/index.js';
import { CONTRADICTIONS } from './engine/contradiction.js';
import { ANSWERS } from './engine/sessions.js';

const areaId = z.string().min(1).max(64);
const day = z.iso.date();
const paged = {
  /** This area and everything below it, as it was when the answers came. */
  areaId: areaId.optional(),
  /** First and last local day of the sessions, both included. */
  fromDay: day.optional(),
  toDay: day.optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
  /** As the `Link` header of the page before gave it. */
  cursor: z.string().max(100).optional(),
};

export const confirmationQuery = z.object(paged);
export type ConfirmationQuery = z.infer<typeof confirmationQuery>;

const given = z.object({
  /** `head`: by the own page. `telephone`: told to an operator, who entered it. */
  kind: z.enum(['head', 'telephone']),
  answer: z.enum(ANSWERS),
  /** Of the service. */
  atMs: z.int(),
  /** The hamlet head as the link named them, or the operator; nobody for one that left for an archive. */
  byName: z.string(),
  /** Who said so on the telephone. */
  toldBy: z.string().nullable(),
  /** The file that holds who gave it and what it corrected; null: that is still here. */
  archive: z.string().nullable(),
});
export type GivenView = z.infer<typeof given>;

/** Names of the hamlet, its commune and the titles are those of the time of the first answer. */
const session = z.object({
  id: z.string(),
  hamletId: z.string(),
  hamletName: z.string(),
  communeName: z.string(),
  day: z.string(),
  startMs: z.int(),
  endMs: z.int(),
});

export const confirmationView = session.extend({
  items: z.array(z.object({ itemId: z.string(), title: z.string(), startMs: z.int() })),
  /** In the order in which they were given, corrections too: the last of each kind holds. */
  answers: z.array(given.extend({ supersededAtMs: z.int().nullable() })),
});
export type ConfirmationView = z.infer<typeof confirmationView>;

export const sessionQuery = z.object({ hamletId: areaId });
export type SessionQuery = z.infer<typeof sessionQuery>;

export const telephoned = z.object({
  /** As the list of sessions names it. */
  sessionId: z.string().min(1).max(100),
  answer: z.enum(ANSWERS),
  /** Who said so: the hamlet head, or whom they asked to call. */
  toldBy: z.string().max(120),
});
export type Telephoned = z.infer<typeof telephoned>;

/** An answer that holds, and what devices say of the same plays by now. */
export const contradictionView = given.extend({
  id: z.string(),
  contradiction: z.enum(CONTRADICTIONS),
  session,
  plays: z.array(
    z.object({
      /** Of the planned play. */
      id: z.string(),
      clusterId: z.string(),
      clusterName: z.string(),
      controllerId: z.string(),
      itemId: z.string(),
      title: z.string(),
      startMs: z.int(),
      /** As the device said; null: no receipt came (chưa rõ). */
      outcome: z.enum(OUTCOMES).nullable(),
      cause: z.string().nullable(),
      /** What that proves of the content: less where a relay or a transmitter stands between. */
      proven: z.enum(OUTCOMES).nullable(),
      receiptId: z.string().nullable(),
    }),
  ),
});
export type ContradictionView = z.infer<typeof contradictionView>;
