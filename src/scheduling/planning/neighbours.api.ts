import { z } from 'zod';
import { id } from '../../../devices/protocol/index.js';
import { NEIGHBOUR_CODES } from '../engine/index.js';
import { plannedDay } from './planning.api.js';

export const neighboursQuery = z.object({
  areaId: id,
  from: plannedDay,
  days: z.coerce.number().int().min(1).max(7).default(1),
});
export type NeighboursQuery = z.output<typeof neighboursQuery>;

const words = z.object({ vi: z.string(), en: z.string() });

export const neighboursView = z.object({
  warnings: z.array(
    z.object({
      /** `elsewhere`: a cluster of another area sounds at the same time. What it plays is not told. */
      code: z.enum([...NEIGHBOUR_CODES, 'elsewhere']),
      clusters: z.array(z.object({ id: z.string(), name: z.string() })),
      /** Name of a foreign loudspeaker; null: none. */
      foreign: z.string().nullable(),
      /** Name of the commune of a cluster elsewhere; null: none. */
      commune: z.string().nullable(),
      distanceM: z.number(),
      /** How much later the sound of one arrives at the other. */
      delayMs: z.int(),
      /** The first time, and how often in the days asked about. */
      fromMs: z.int(),
      untilMs: z.int(),
      times: z.int(),
      solution: z.enum(['startTogether', 'stagger', 'staggerInPart', 'warn']),
      words,
    }),
  ),
  /** Plays of this area that would better start later. Nothing of it is stored. */
  staggers: z.array(
    z.object({
      clusters: z.array(z.object({ clusterId: z.string(), play: z.string(), entryId: z.string() })),
      fromMs: z.int(),
      toMs: z.int(),
      words,
    }),
  ),
  /** Clusters of the area without coordinates: nothing is known of these. */
  withoutPlace: z.array(z.string()),
  /** What did not fit into this answer. */
  leftOut: z.object({ clusters: z.int(), warnings: z.int(), staggers: z.int() }),
});
export type NeighboursView = z.output<typeof neighboursView>;
