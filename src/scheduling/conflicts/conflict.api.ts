import { z } from 'zod';
import { id, PLAN_DAYS } from '../../../devices/protocol/index.js';
import { CONFLICT_CODES, type Conflict, type ConflictCode, SEVERITIES } from '../engine/conflicts/index.js';
import { localDateTime, localDay } from '../entries/entry.api.js';
import { MOST_DAYS_SHOWN } from '../preview/preview.api.js';

const words = { vi: z.string(), en: z.string() };

/** Days ahead of the clusters at or below the area, or of one of them. */
export const conflictQuery = z.object({
  areaId: id,
  clusterId: id.optional(),
  from: localDay.refine((day) => day < '9999-01-01'),
  days: z.coerce.number().int().min(1).max(MOST_DAYS_SHOWN).default(PLAN_DAYS),
});
export type ConflictQuery = z.output<typeof conflictQuery>;

const codes = Object.keys(CONFLICT_CODES) as [ConflictCode, ...ConflictCode[]];

/** What can be done, with the text of its button. What else it holds depends on `kind`: docs/conflicts.md. */
const solution = z.looseObject({ kind: z.string(), ...words });

export const conflictView = z.object({
  /** The same for the same conflict in every list. */
  key: z.string(),
  code: z.enum(codes),
  severity: z.enum(SEVERITIES),
  ...words,
  entryIds: z.array(z.string()),
  occurrences: z.array(z.string()),
  itemIds: z.array(z.string()),
  /** None: no cluster is there yet. */
  clusterIds: z.array(z.string()),
  fromMs: z.int(),
  untilMs: z.int(),
  /** What happens if nobody does anything. */
  ifNothing: z.object({
    ...words,
    fates: z.array(z.object({ occurrence: z.string(), happens: z.string(), startsMs: z.int().nullable() })),
  }),
  /** Of a clash of priorities: until when the commune decides, and which occurrence goes first otherwise. */
  decision: z.object({ key: z.string(), deadlineMs: z.int(), byDefault: z.string() }).nullable(),
  solutions: z.array(solution),
});
export type ConflictView = z.output<typeof conflictView>;

export const conflictList = z.object({ conflicts: z.array(conflictView), leftOut: z.int() });
export type ConflictListView = z.output<typeof conflictList>;

/** Does what a solution says, if the conflict is still there. `solution`: its place in the list of the conflict. */
export const solutionRequest = z.object({
  ...conflictQuery.shape,
  key: z.string().max(1_000),
  solution: z.int().min(0).max(100),
});
export type SolutionRequest = z.output<typeof solutionRequest>;

/** Why an item or entry plays, or does not, at a cluster or board in a local minute (Asia/Ho_Chi_Minh). */
export const whyQuery = z.object({
  clusterId: id,
  at: localDateTime,
  itemId: id.optional(),
  entryId: id.optional(),
});
export type WhyQuery = z.output<typeof whyQuery>;

export const whyView = z.object({
  plays: z.boolean(),
  /** Whether the loudspeaker really sounds it, all plays considered; null: a stream, or on a board. */
  sounds: z.boolean().nullable(),
  reasons: z.array(
    z.object({
      code: z.string(),
      ...words,
      /** Entry, rule set, decision and override that it rests on. */
      cites: z.looseObject({}),
      data: z.looseObject({}),
    }),
  ),
});
export type WhyView = z.output<typeof whyView>;

export function viewOf(
  { listenerIds, decision, ...conflict }: Conflict,
  isPlace: (id: string) => boolean,
): ConflictView {
  const view = { ...conflict, clusterIds: listenerIds.filter(isPlace), decision: decision ?? null };
  return structuredClone(view) as unknown as ConflictView;
}
