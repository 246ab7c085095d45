import { z } from 'zod';
import { CELL_STATES, LEAST_GRADES } from '../engine/cells.js';

const day = z.iso.date();

/** What is asked beyond the line's own rule and its plan's period. */
export const coverageQuery = z.object({
  from: day.optional(),
  to: day.optional(),
  leastGrade: z.enum(LEAST_GRADES).optional(),
  /** Names of languages as content has them, divided by commas. */
  languages: z
    .string()
    .max(200)
    .transform((names) => names.split(',').filter((name) => name !== ''))
    .optional(),
  /** Borders of that day; default: all that were valid within the period. */
  borders: day.optional(),
});
export type CoverageQuery = z.infer<typeof coverageQuery>;

export const coverageView = z.object({
  line: z.object({ id: z.string(), title: z.string(), criterion: z.string(), target: z.int(), unit: z.string() }),
  plan: z.object({
    number: z.string(),
    title: z.string(),
    periodFrom: z.string(),
    periodTo: z.string(),
    note: z.string(),
  }),
  /** Local days that are counted, both ends. */
  period: z.object({ from: z.string(), to: z.string() }),
  rule: z.object({ plays: z.int(), clusters: z.enum(['all', 'any']), leastGrade: z.enum(LEAST_GRADES) }),
  /** This database holds demonstration data: nothing in it is proof of anything. */
  demo: z.boolean(),
  items: z.array(z.object({ id: z.string(), title: z.string(), language: z.string() })),
  hamlets: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      communeId: z.string(),
      communeName: z.string(),
      /** Loudspeaker clusters that served it within the period. */
      clusters: z.int(),
      /** A transmitter is among them: what that played is *đưa tới máy phát* only, and completes no cell. */
      byTransmitter: z.boolean(),
    }),
  ),
  /** Rows by item, columns by hamlet. */
  cells: z.array(z.array(z.enum(CELL_STATES))),
  /** Of each cell: clusters of the hamlet that have played what is asked ("2/3 cụm"). */
  completeClusters: z.array(z.array(z.int())),
  counts: z.record(z.enum(CELL_STATES), z.int()),
  required: z.int(),
  reached: z.int(),
  done: z.boolean(),
  /** The first cells that keep the line from being done, by name. */
  missing: z.array(z.object({ item: z.string(), hamlet: z.string(), commune: z.string(), state: z.enum(CELL_STATES) })),
  /** Cells of which a person states that the item was brought there by hand (khai báo): beside their state, it completes none. */
  declared: z.array(z.object({ itemId: z.string(), hamletId: z.string(), times: z.int() })),
  /** Hamlets in which nothing of the line was heard, not even in part. */
  neverReached: z.array(z.string()),
});
export type CoverageView = z.infer<typeof coverageView>;
