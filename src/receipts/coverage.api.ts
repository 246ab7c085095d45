import { z } from 'zod';
import { CELL_STATES, LEAST_GRADES } from './engine/cells.js';
import { DEVIATIONS, type Deviation } from './engine/deviations.js';

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

export const receiptQuery = z.object({
  itemId: z.string().max(64).optional(),
  clusterId: z.string().max(64).optional(),
  outcome: z.enum(['complete', 'partial', 'notPlayed']).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type ReceiptQuery = z.infer<typeof receiptQuery>;

/** `receipt` is the text that the device signed, as it came. */
export const receiptView = z.object({
  id: z.string(),
  controllerId: z.string(),
  boot: z.int(),
  seq: z.int(),
  /** Null: it left, and the archive says. */
  receivedAtMs: z.int().nullable(),
  backfill: z.boolean().nullable(),
  /** The device was offline when its play was moved or got other content, and followed what it was told before. */
  followedFormer: z.boolean(),
  /** Stored sound, whose hash the device verified. False: a relay, of which nobody knows what its source sent. */
  contentVerified: z.boolean(),
  /** `transmitter`: it proves *đưa tới máy phát*, no more. */
  reach: z.enum(['horn', 'transmitter']),
  /** How it differs from what was planned (docs/outcomes.md); null: it left, and the archive says. */
  notAsRequired: z.array(z.enum(Object.keys(DEVIATIONS) as [Deviation, ...Deviation[]])).nullable(),
  /** Null: it left for `archive`. */
  receipt: z.string().nullable(),
  /** The file that holds it; null: the database does. */
  archive: z.string().nullable(),
});
export type ReceiptView = z.infer<typeof receiptView>;

/** Receipts that the chain of a device proves to exist, and that have not come. Their numbers lie between `after` and `before`. */
export const gapView = z.object({
  controllerId: z.string(),
  clusterId: z.string(),
  /** Boot 0: the device's life begins with it. */
  after: z.object({ boot: z.int(), seq: z.int() }),
  before: z.object({ boot: z.int(), seq: z.int() }),
  openedAtMs: z.int(),
  /** When the device was last asked for them; null: not yet, or it keeps no archive. */
  askedAtMs: z.int().nullable(),
});

export const quarantineView = z.object({
  id: z.string(),
  controllerId: z.string(),
  reason: z.string(),
  title: z.string(),
  receivedAtMs: z.int(),
  payload: z.string(),
});
