import { Injectable } from '@nestjs/common';
import type { Receipt, ReceiptBatch } from '../../devices/protocol/index.js';
import { plannedPlayId } from '../dispatch/index.js';
import { AlarmService } from '../fleet/index.js';
import { Clock } from '../platform/clock/index.js';
import { insertMany, newId, type WriteTransaction } from '../platform/database/index.js';
import { ChainBook } from './chain-book.js';
import type { Acknowledgement } from './engine/acknowledgements.js';
import { isBackfill, type JudgedBatch, type JudgedReceipt, type QuarantineReason } from './engine/judge.js';
import { contributionsOf, TallyChanges } from './engine/tally.js';
import { type Followed, followedBy, type Known, whatIsKnownOf } from './known.queries.js';
import { type EnteredReceipt, waitForNumbers } from './log/unlogged.js';
import { Quarantine } from './quarantine.js';
import { PlayOutcome, ReceiptBatchRow, ReceiptRow } from './receipt.entity.js';
import { receiptId } from './receipt-id.js';
import { saidBy, writeTallies } from './tallies/tally.queries.js';

/** A batch of a device, judged. */
export interface Delivered {
  readonly device: string;
  /** What came, for a person to look at. */
  readonly asReceived: () => string;
  readonly judged: JudgedBatch;
  /** The device's key that verified it, base64url; null: none did. */
  readonly publicKey: string | null;
}

interface GoodBatch {
  /** Its place among what was delivered. */
  readonly at: number;
  readonly device: string;
  readonly boot: number;
  readonly batch: ReceiptBatch;
  readonly publicKey: string | null;
  readonly receipts: readonly JudgedReceipt[];
}

/** Rows that a round adds, written together at its end. */
interface Pages {
  readonly batches: ReceiptBatchRow[];
  readonly receipts: ReceiptRow[];
  readonly leaves: EnteredReceipt[];
  readonly outcomes: PlayOutcome[];
  readonly tallies: TallyChanges;
}

/**
 * The ledger's writes, inside the intake's transaction. Nothing is lost, nothing counted twice (invariant 6). What many devices
 * deliver at once is looked up and written with a few statements.
 */
@Injectable()
export class Ledger {
  constructor(
    private readonly quarantine: Quarantine,
    private readonly alarms: AlarmService,
    private readonly clock: Clock,
  ) {}

  /** @returns one for each batch that there is something to acknowledge of, in their order */
  async enter(tx: WriteTransaction, delivered: readonly Delivered[]): Promise<Acknowledgement[]> {
    const acknowledgements: (Acknowledgement | null)[] = delivered.map(() => null);
    const good: GoodBatch[] = [];
    for (const [at, { device, asReceived, judged, publicKey }] of delivered.entries()) {
      if (!judged.ok) {
        await this.quarantine.keep(tx, device, judged.reason, asReceived());
        const { range } = judged;
        if (range) acknowledgements[at] = { device, ...range, quarantined: numbers(range.first, range.last) };
      } else if (judged.receipts.some(({ verdict }) => !verdict.ok && verdict.soon))
        await this.#tellOfFuture(tx, device, judged.batch);
      else
        good.push({ at, device, boot: judged.batch.boot, batch: judged.batch, publicKey, receipts: judged.receipts });
    }
    if (good.length > 0) await this.#enterAll(tx, good, acknowledgements);
    return acknowledgements.filter((each) => each !== null);
  }

  async #enterAll(
    tx: WriteTransaction,
    good: readonly GoodBatch[],
    acknowledgements: (Acknowledgement | null)[],
  ): Promise<void> {
    const known = await whatIsKnownOf(tx, good);
    const chains = await ChainBook.open(tx, [...new Set(good.map(({ device }) => device))]);
    const pages: Pages = { batches: [], receipts: [], leaves: [], outcomes: [], tallies: new TallyChanges() };
    for (const batch of good) acknowledgements[batch.at] = await this.#enterBatch(tx, batch, known, chains, pages);
    await insertMany(tx.manager, ReceiptBatchRow, pages.batches);
    await insertMany(tx.manager, ReceiptRow, pages.receipts);
    await insertMany(tx.manager, PlayOutcome, pages.outcomes);
    await writeTallies(tx, pages.tallies);
    await waitForNumbers(tx, pages.leaves);
    await chains.save(tx);
  }

  /** Not acknowledged and not judged for good: the device keeps it and sends it again. */
  #tellOfFuture(tx: WriteTransaction, controllerId: string, { boot, first, last }: ReceiptBatch): Promise<void> {
    return this.alarms.raise(tx, {
      code: 'receipt.fromFuture',
      controllerId,
      detail: `boot ${boot}, ${first}–${last}`,
    });
  }

  async #enterBatch(
    tx: WriteTransaction,
    { device, boot, batch, publicKey, receipts }: GoodBatch,
    known: Known,
    chains: ChainBook,
    pages: Pages,
  ): Promise<Acknowledgement> {
    const receivedAtMs = this.clock.nowMs();
    const gapsBefore = chains.chainOf(device).gaps.length;
    const quarantined: number[] = [];
    const batchId = newId();
    let previous = batch.previous;
    let accepted = 0;
    for (const judged of receipts) {
      const { seq, text, sha256, link } = judged;
      const id = receiptId(device, boot, seq);
      const before = known.texts.get(id);
      const place = chains.follow(device, { boot, seq, previous, link }, receivedAtMs);
      previous = link;
      if (before === text) continue;
      const entered: Entered =
        before !== undefined
          ? { ok: false, reason: 'receipt.sequenceReused' }
          : place === 'forked'
            ? { ok: false, reason: 'receipt.wrongChain' }
            : enteredAs(judged.verdict, device, known);
      if (!entered.ok) {
        quarantined.push(seq);
        await this.quarantine.keep(tx, device, entered.reason, text);
        continue;
      }
      const { receipt, followed } = entered;
      accepted += 1;
      // The same again, or another final of its play, is refused inside one round as in two.
      known.texts.set(id, text);
      known.finals.add(plannedPlayId(device, receipt.play));
      const backfill = isBackfill(receipt, receivedAtMs);
      const { play } = receipt;
      pages.receipts.push({ id, controllerId: device, boot, seq, play, text, link, batchId, receivedAtMs, backfill });
      pages.leaves.push({ id, sha256 });
      const isDoubted = receipt.planned.startMs >= (known.doubts.get(device) ?? Infinity);
      const outcome = outcomeOf(id, device, receipt, followed, isDoubted ? receivedAtMs : null);
      pages.outcomes.push(outcome);
      const told = known.told.get(outcome.id) ?? null;
      pages.tallies.change(contributionsOf(told, null), contributionsOf(told, saidBy(outcome)));
    }
    const { first, last, link, signature } = batch;
    if (accepted > 0)
      pages.batches.push({
        ...{ id: batchId, controllerId: device, boot, first, last },
        ...{ previous: batch.previous, link, signature, publicKey, receivedAtMs },
      });
    if (chains.chainOf(device).gaps.length > gapsBefore)
      await this.alarms.raise(tx, {
        code: 'receipt.chainGap',
        controllerId: device,
        detail: `boot ${boot}, ${first}–${last}`,
      });
    return { device, boot, first, last, quarantined };
  }
}

type Entered =
  | { readonly ok: true; readonly receipt: Receipt; readonly followed: Followed }
  | { readonly ok: false; readonly reason: QuarantineReason };

function enteredAs(verdict: JudgedReceipt['verdict'], device: string, known: Known): Entered {
  if (!verdict.ok) return verdict;
  const { receipt } = verdict;
  const followed = followedBy(device, receipt, known);
  if (followed === null) return { ok: false, reason: 'receipt.unknownPlay' };
  if (known.finals.has(plannedPlayId(device, receipt.play))) return { ok: false, reason: 'receipt.secondFinal' };
  return { ok: true, receipt, followed };
}

function outcomeOf(
  receiptId: string,
  device: string,
  { outcome, cause, grade, playedMs, play, relay, sensed }: Receipt,
  { itemId, clusterId, day, planVersion }: Followed,
  doubtedAtMs: number | null,
): PlayOutcome {
  return {
    id: plannedPlayId(device, play),
    receiptId,
    itemId,
    clusterId,
    day,
    planVersion,
    outcome,
    cause,
    grade,
    playedMs,
    relayHeardMs: relay?.heardMs ?? null,
    sensed: sensed ?? null,
    doubtedAtMs,
  };
}

const numbers = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
