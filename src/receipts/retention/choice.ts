import type { EntityManager } from 'typeorm';
import { among, type Database } from '../../platform/database/index.js';
import { Confirmation, ConfirmationSession } from '../confirmations/confirmation.entity.js';
import { evidenceOf } from '../confirmations/confirmation.queries.js';
import { contradictionOf } from '../confirmations/engine/contradiction.js';
import { LogLeaf } from '../log/log.entity.js';
import { PlayOutcome, QuarantinedReceipt, ReceiptBatchRow, ReceiptRow } from '../receipt.entity.js';
import { receiptId } from '../receipt-id.js';
import {
  type Dispute,
  disputeOf,
  type LeaveRule,
  type ReceiptFacts,
  whyRunStays,
  whySessionStays,
} from './engine/rules.js';

export interface ChosenSession {
  readonly session: ConfirmationSession;
  /** All of them, in the order in which they were given. */
  readonly answers: readonly Confirmation[];
}

/** What may leave together. */
export interface Portion {
  /** Receipts by device, whole runs. */
  readonly receiptIds: ReadonlyMap<string, readonly string[]>;
  readonly sessions: readonly ChosenSession[];
  /** More may leave. */
  readonly full: boolean;
  /** Of the run or answer that waits longest, by how long after its days were over; -Infinity: there is nothing. */
  readonly waitedMs: number;
}

export interface ChoiceRule {
  readonly receipts: LeaveRule;
  readonly confirmations: Pick<LeaveRule, 'beforeMs' | 'openItems'>;
  readonly mostReceipts: number;
}

const BATCHES_AT_ONCE = 200;
/** Numbers looked up with one statement. */
const NUMBERS_AT_ONCE = 500;
const ANSWERS_AT_ONCE = 200;
const MOST_SESSIONS = 2_000;

type LightBatch = Pick<ReceiptBatchRow, 'id' | 'controllerId' | 'boot' | 'first' | 'last' | 'receivedAtMs'>;

/** Goes once through what is in the database, oldest first, and takes what may leave portion by portion. */
export class Choice {
  #afterBatch = '';
  #batchesDone: boolean;
  #afterAnswer: readonly [atMs: number, id: string] = [0, ''];
  #answersDone: boolean;
  readonly #disputes = new Map<string, readonly Dispute[]>();

  constructor(
    private readonly database: Database,
    private readonly rule: ChoiceRule,
    /** Between two looks: others want the machine too. */
    private readonly turn: () => Promise<unknown>,
  ) {
    this.#batchesDone = rule.receipts.beforeMs === null;
    this.#answersDone = rule.confirmations.beforeMs === null;
  }

  async next(): Promise<Portion> {
    const receiptIds = new Map<string, string[]>();
    const sessions: ChosenSession[] = [];
    let receipts = 0;
    let full = false;
    let waitedMs = -Infinity;
    const waits = (beforeMs: number | null, atMs: number) => {
      waitedMs = Math.max(waitedMs, (beforeMs ?? 0) - atMs);
    };
    while (!this.#batchesDone && !full)
      for (const { batch, ids } of await this.#page()) {
        if (receipts > 0 && receipts + ids.length > this.rule.mostReceipts) {
          full = true;
          this.#batchesDone = false;
          break;
        }
        this.#afterBatch = batch.id;
        if (ids.length === 0) continue;
        receipts += ids.length;
        receiptIds.set(batch.controllerId, [...(receiptIds.get(batch.controllerId) ?? []), ...ids]);
        waits(this.rule.receipts.beforeMs, batch.receivedAtMs);
      }
    while (!this.#answersDone && sessions.length < MOST_SESSIONS)
      for (const chosen of await this.#answered()) {
        sessions.push(chosen);
        waits(this.rule.confirmations.beforeMs, chosen.answers.at(-1)?.atMs ?? 0);
      }
    return { receiptIds, sessions, full: full || !this.#answersDone, waitedMs };
  }

  /** The next runs, with the receipts of those that may leave. */
  async #page(): Promise<{ batch: LightBatch; ids: readonly string[] }[]> {
    await this.turn();
    return this.database.read(async (reader) => {
      const batches = await reader
        .createQueryBuilder(ReceiptBatchRow, 'batch')
        .select(['batch.id', 'batch.controllerId', 'batch.boot', 'batch.first', 'batch.last', 'batch.receivedAtMs'])
        .where('batch.id > :after', { after: this.#afterBatch })
        .orderBy('batch.id')
        .limit(BATCHES_AT_ONCE)
        .getMany();
      const { beforeMs } = this.rule.receipts;
      // Ids are in the order of arrival: behind a run that is too young, all are.
      const last = batches.at(-1);
      if (!last || batches.length < BATCHES_AT_ONCE || last.receivedAtMs > (beforeMs ?? 0)) this.#batchesDone = true;
      const old = batches.filter(({ receivedAtMs }) => receivedAtMs <= (beforeMs ?? 0));
      await this.#learnDisputes(reader, [...new Set(old.map(({ controllerId }) => controllerId))]);
      const page: { batch: LightBatch; ids: readonly string[] }[] = [];
      for (const some of pieces(old)) {
        await this.turn();
        const facts = await factsOf(reader, some);
        for (const batch of some) {
          const own = facts.get(batch.id) ?? [];
          const stays = whyRunStays({ ...batch, receipts: own }, this.#disputes.get(batch.controllerId) ?? [], {
            ...this.rule.receipts,
          });
          page.push({ batch, ids: stays === null ? own.map(({ id }) => id) : [] });
        }
      }
      return page;
    });
  }

  async #learnDisputes(reader: EntityManager, controllerIds: readonly string[]): Promise<void> {
    const unknown = controllerIds.filter((id) => !this.#disputes.has(id));
    if (unknown.length === 0) return;
    const found = new Map<string, Dispute[]>(unknown.map((id) => [id, []]));
    const rows = await reader
      .createQueryBuilder(QuarantinedReceipt, 'kept')
      .select('kept.controller_id', 'controllerId')
      .addSelect('kept.payload', 'payload')
      .where(...among(reader, 'kept.controller_id', unknown))
      .getRawMany<{ controllerId: string; payload: string }>();
    for (const { controllerId, payload } of rows) {
      const dispute = disputeOf(payload);
      if (dispute) found.get(controllerId)?.push(dispute);
    }
    for (const [id, disputes] of found) this.#disputes.set(id, disputes);
  }

  /** Sessions of the next answers that may leave. */
  async #answered(): Promise<ChosenSession[]> {
    await this.turn();
    const { beforeMs } = this.rule.confirmations;
    return this.database.read(async (reader) => {
      const [atMs, id] = this.#afterAnswer;
      const next = await reader
        .createQueryBuilder(Confirmation, 'given')
        .where('given.archive IS NULL AND given.supersededAtMs IS NULL AND given.atMs <= :beforeMs', { beforeMs })
        .andWhere('(given.atMs > :atMs OR (given.atMs = :atMs AND given.id > :id))', { atMs, id })
        .orderBy('given.atMs')
        .addOrderBy('given.id')
        .limit(ANSWERS_AT_ONCE)
        .getMany();
      const last = next.at(-1);
      if (last) this.#afterAnswer = [last.atMs, last.id];
      if (next.length < ANSWERS_AT_ONCE) this.#answersDone = true;
      return this.#sessionsOf(reader, [...new Set(next.map(({ sessionId }) => sessionId))], new Set(next));
    });
  }

  async #sessionsOf(
    reader: EntityManager,
    ids: readonly string[],
    looked: ReadonlySet<Confirmation>,
  ): Promise<ChosenSession[]> {
    const sessions = await reader
      .createQueryBuilder(ConfirmationSession, 'session')
      .where(...among(reader, 'session.id', ids))
      .orderBy('session.id')
      .getMany();
    const answers = await reader
      .createQueryBuilder(Confirmation, 'given')
      .where(...among(reader, 'given.sessionId', ids))
      .andWhere('given.archive IS NULL')
      .orderBy('given.atMs')
      .addOrderBy('given.id')
      .getMany();
    const evidence = await evidenceOf(reader, sessions);
    const seen = new Set([...looked].map(({ id }) => id));
    return sessions.flatMap((session) => {
      const own = answers.filter(({ sessionId }) => sessionId === session.id);
      const inForce = own.filter(({ supersededAtMs }) => supersededAtMs === null);
      // The last of them decides, and is looked at once: with it the others leave.
      const last = inForce.at(-1);
      if (!last || !seen.has(last.id)) return [];
      const plays = session.plays.flatMap(({ id }) => evidence.get(id) ?? []);
      const clusterIds = session.clusters.map(({ id }) => id);
      const contradicted = inForce.some(({ answer }) => contradictionOf(answer, clusterIds, plays) !== null);
      const facts = { lastAnswerMs: last.atMs, itemIds: session.plays.map(({ itemId }) => itemId), contradicted };
      return whySessionStays(facts, this.rule.confirmations) === null ? [{ session, answers: own }] : [];
    });
  }
}

function* pieces(batches: readonly LightBatch[]): Generator<LightBatch[]> {
  let some: LightBatch[] = [];
  let numbers = 0;
  for (const batch of batches) {
    const own = batch.last - batch.first + 1;
    if (some.length > 0 && numbers + own > NUMBERS_AT_ONCE) {
      yield some;
      [some, numbers] = [[], 0];
    }
    some.push(batch);
    numbers += own;
  }
  if (some.length > 0) yield some;
}

interface FactRow {
  readonly id: string;
  readonly batchId: string;
  readonly seq: string | number;
  readonly play: string;
  readonly itemId: string | null;
  readonly outcomeOf: string | null;
  readonly doubtedAtMs: string | number | null;
  readonly leaf: string | number | null;
}

/** What each run brought in, by run. */
async function factsOf(
  reader: EntityManager,
  batches: readonly LightBatch[],
): Promise<ReadonlyMap<string, ReceiptFacts[]>> {
  const ids = batches.flatMap(({ controllerId, boot, first, last }) =>
    Array.from({ length: last - first + 1 }, (_, n) => receiptId(controllerId, boot, first + n)),
  );
  const rows = await reader
    .createQueryBuilder(ReceiptRow, 'receipt')
    .leftJoin(PlayOutcome, 'outcome', "outcome.id = receipt.controller_id || '.' || receipt.play")
    .select('receipt.id', 'id')
    .addSelect('receipt.batch_id', 'batchId')
    .addSelect('receipt.seq', 'seq')
    .addSelect('receipt.play', 'play')
    .addSelect('outcome.item_id', 'itemId')
    .addSelect('outcome.receipt_id', 'outcomeOf')
    .addSelect('outcome.doubted_at_ms', 'doubtedAtMs')
    .addSelect(
      (leaves) => leaves.select('MAX(leaf.number)').from(LogLeaf, 'leaf').where('leaf.receipt_id = receipt.id'),
      'leaf',
    )
    .where(...among(reader, 'receipt.id', [...new Set(ids)]))
    .orderBy('receipt.seq')
    .getRawMany<FactRow>();
  const facts = new Map<string, ReceiptFacts[]>();
  for (const { id, batchId, seq, play, itemId, outcomeOf, doubtedAtMs, leaf } of rows) {
    const own = facts.get(batchId) ?? [];
    facts.set(batchId, own);
    own.push({
      ...{ id, seq: Number(seq), play },
      leaf: leaf === null ? null : Number(leaf),
      itemId: outcomeOf === id ? itemId : null,
      doubted: doubtedAtMs !== null,
    });
  }
  return facts;
}
