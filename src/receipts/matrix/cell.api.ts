import { z } from 'zod';
import { OUTCOMES, TIME_TRUSTS } from '../../../devices/protocol/index.js';
import { CONTRADICTIONS } from '../confirmations/engine/contradiction.js';
import { ANSWERS } from '../confirmations/engine/sessions.js';
import { declarationView } from '../declared/declaration.api.js';
import { CELL_STATES } from '../engine/cells.js';
import { DEVIATIONS, type Deviation } from '../engine/deviations.js';
import { GRADES, PLAY_OUTCOMES } from '../engine/outcome.js';
import { coverageQuery, coverageView } from './coverage.api.js';

/** As the matrix is asked, so that the cell is the same. */
export const cellQuery = coverageQuery.extend({
  /** Plays of one page, the last ones first. */
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
  /** As the `Link` header of the page before gave it. */
  cursor: z.string().max(200).optional(),
});
export type CellQuery = z.infer<typeof cellQuery>;

const coded = z.object({ code: z.string(), words: z.object({ vi: z.string(), en: z.string() }) });

/** A receipt of the ledger. Device, boot and sequence name it. */
const receiptOfPlay = z.object({
  id: z.string(),
  controllerId: z.string(),
  boot: z.int(),
  seq: z.int(),
  /** What it states, as the device saw it. */
  states: z.enum(OUTCOMES),
  /** Device time, corrected to that of the service unless `clock.corrected` is false; null: nothing sounded. */
  startedAtMs: z.int().nullable(),
  endedAtMs: z.int().nullable(),
  /** Monotonic: no clock changes it. */
  playedMs: z.int(),
  lateMs: z.int(),
  volume: z.int(),
  /** As the device was told. */
  planned: z.object({ startMs: z.int(), durationMs: z.int(), volume: z.int() }),
  clock: z.object({
    trust: z.enum(TIME_TRUSTS),
    /** How far it may be wrong, as measured; null: not measured. */
    errorMs: z.int().nullable(),
    /** Device times above were corrected. False: the device could not trust any time, and they stand as its clock showed them. */
    corrected: z.boolean(),
  }),
  /** By the clock of the service. */
  receivedAtMs: z.int(),
  /** It came later than the line explains: the device had been offline. */
  backfill: z.boolean(),
  deviations: z.array(coded.extend({ code: z.enum(Object.keys(DEVIATIONS) as [Deviation, ...Deviation[]]) })),
  /** The text that the device signed, and its SHA-256, by which anybody asks the log for it. */
  text: z.string(),
  sha256: z.string(),
  /** Its way into the transparency log. Addresses that need no account. */
  proof: z.object({
    /** Null: it has none yet, a few seconds more. */
    leaf: z.int().nullable(),
    /** The last one, if it covers the leaf. */
    checkpoint: z.object({ size: z.int(), signedAtMs: z.int(), address: z.string() }).nullable(),
    /** Inclusion proof in the tree of that checkpoint. */
    inclusion: z.string().nullable(),
  }),
});
export type ReceiptOfPlay = z.infer<typeof receiptOfPlay>;

const playOfCell = z.object({
  /** Of the planned play. */
  id: z.string(),
  clusterId: z.string(),
  controllerId: z.string(),
  day: z.string(),
  startMs: z.int(),
  outcome: z.enum(PLAY_OUTCOMES),
  grade: z.enum(GRADES),
  /** Why it is no better: `cause.…` of the contract, `unknown.…` what its device is now, `other.…` as the service knows; null: it is complete. */
  why: coded.nullable(),
  /** Of an unknown play: when its device was last heard. */
  lastHeardAtMs: z.int().nullable(),
  /** Monotonic, of the item; null: nothing is known. */
  playedMs: z.int().nullable(),
  /** Whether the line to the loudspeaker carried a signal; null: the device cannot tell, or nothing is known. */
  sensed: z.boolean().nullable(),
  /** The device was offline when the play was moved or got other content, and followed what it was told before. */
  followedFormer: z.boolean(),
  /** Null: none has come. */
  receiptId: z.string().nullable(),
  /** Null: none has come, or it has left for `archive`. */
  receipt: receiptOfPlay.nullable(),
  /** The file that holds it; null: the database does, or none has come. */
  archive: z.string().nullable(),
});
export type PlayOfCell = z.infer<typeof playOfCell>;

/** One item in one hamlet: all that makes the cell what it is. */
export const cellView = z.object({
  line: coverageView.shape.line,
  plan: coverageView.shape.plan,
  period: coverageView.shape.period,
  rule: coverageView.shape.rule,
  demo: z.boolean(),
  item: coverageView.shape.items.element,
  hamlet: z.object({ id: z.string(), name: z.string(), communeId: z.string(), communeName: z.string() }),
  /** As in the matrix. */
  state: z.enum(CELL_STATES),
  completeClusters: z.int(),
  /** Every loudspeaker cluster that served the hamlet within the period. */
  clusters: z.array(
    z.object({
      id: z.string(),
      code: z.string(),
      name: z.string(),
      reach: z.enum(['horn', 'transmitter']),
      state: z.enum(CELL_STATES),
      served: z.array(coverageView.shape.period),
      /** Of all pages. */
      counts: z.record(z.enum(PLAY_OUTCOMES), z.int()),
    }),
  ),
  plays: z.array(playOfCell),
  /** Answers that hold of sessions with the item, and how receipts speak against them. */
  confirmations: z.array(
    z.object({
      sessionId: z.string(),
      day: z.string(),
      startMs: z.int(),
      kind: z.enum(['head', 'telephone']),
      answer: z.enum(ANSWERS),
      atMs: z.int(),
      byName: z.string(),
      toldBy: z.string().nullable(),
      contradiction: z.enum(CONTRADICTIONS).nullable(),
    }),
  ),
  /** Khai báo that stand: beside the state, they complete nothing. */
  declarations: z.array(declarationView.extend({ photoAddress: z.string() })),
});
export type CellView = z.infer<typeof cellView>;
