import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { FIRST_LINK, type Receipt } from '../../devices/protocol/index.js';
import { FormerTelling, PlannedPlayRow, plannedPlayId, tellingOf, wasSummoned } from '../dispatch/index.js';
import { AlarmService } from '../fleet/index.js';
import { Clock } from '../platform/clock/index.js';
import { newId, type WriteTransaction } from '../platform/database/index.js';
import { isBackfill, type JudgedBatch, type JudgedReceipt, type QuarantineReason } from './engine/judge.js';
import { PlayOutcome, QuarantinedReceipt, ReceiptBatchRow, ReceiptChain, ReceiptRow } from './receipt.entity.js';

/** What the device is told once the transaction is durable. */
export interface Acknowledgement {
  readonly device: string;
  readonly boot: number;
  readonly first: number;
  readonly last: number;
  readonly quarantined: readonly number[];
}

/** The ledger's writes, inside the intake's transaction. Nothing is lost, nothing counted twice (invariant 6). */
@Injectable()
export class Ledger {
  constructor(
    private readonly alarms: AlarmService,
    private readonly clock: Clock,
  ) {}

  /** @returns null where there is nothing to acknowledge by */
  async enter(
    tx: WriteTransaction,
    device: string,
    payload: string,
    judged: JudgedBatch,
  ): Promise<Acknowledgement | null> {
    if (!judged.ok) {
      await this.quarantine(tx, device, judged.reason, payload);
      const { range } = judged;
      return range && { device, ...range, quarantined: numbers(range.first, range.last) };
    }
    const { batch, receipts } = judged;
    if (receipts.some(({ verdict }) => !verdict.ok && verdict.soon)) {
      // Not acknowledged and not judged for good: the device keeps it and sends it again.
      await this.alarms.raise(tx, {
        code: 'receipt.fromFuture',
        controllerId: device,
        detail: `boot ${batch.boot}, ${batch.first}–${batch.last}`,
      });
      return null;
    }
    const receivedAtMs = this.clock.nowMs();
    const known = await this.#knownTexts(tx, device, batch.boot, receipts);
    const plays = await this.#knownPlays(tx, device, receipts);
    const quarantined: number[] = [];
    const accepted: { row: ReceiptRow; receipt: Receipt; followed: number }[] = [];
    const batchId = newId();
    for (const judgedReceipt of receipts) {
      const before = known.get(judgedReceipt.seq);
      if (before === judgedReceipt.text) continue;
      const entered: Entered =
        before !== undefined
          ? { ok: false, reason: 'receipt.sequenceReused' }
          : enteredAs(judgedReceipt.verdict, device, plays);
      if (!entered.ok) {
        quarantined.push(judgedReceipt.seq);
        await this.quarantine(tx, device, entered.reason, judgedReceipt.text);
        continue;
      }
      const { receipt, followed } = entered;
      // Two finals of one play inside one batch are refused like two in different ones.
      plays.finals.add(plannedPlayId(device, receipt.play));
      accepted.push({
        receipt,
        followed,
        row: {
          id: receiptId(device, batch.boot, judgedReceipt.seq),
          controllerId: device,
          boot: batch.boot,
          seq: judgedReceipt.seq,
          play: receipt.play,
          text: judgedReceipt.text,
          link: judgedReceipt.link,
          batchId,
          receivedAtMs,
          backfill: isBackfill(receipt, receivedAtMs),
        },
      });
    }
    if (accepted.length > 0) {
      const { boot, first, last, previous, link, signature } = batch;
      await tx.manager.insert(ReceiptBatchRow, {
        id: batchId,
        controllerId: device,
        boot,
        first,
        last,
        previous,
        link,
        signature,
        receivedAtMs,
      });
      await tx.manager.insert(
        ReceiptRow,
        accepted.map(({ row }) => row),
      );
      await tx.manager.insert(
        PlayOutcome,
        accepted.map(({ row, receipt, followed }) => outcomeOf(row, receipt, followed)),
      );
    }
    await this.#followChain(tx, device, batch);
    return { device, boot: batch.boot, first: batch.first, last: batch.last, quarantined };
  }

  /** Kept whole and once; a person is told. */
  async quarantine(tx: WriteTransaction, device: string, reason: QuarantineReason, text: string): Promise<void> {
    const payload = keepable(text);
    const payloadSha256 = createHash('sha256').update(`${device}\n${reason}\n${payload}`).digest('hex');
    if (!(await tx.manager.existsBy(QuarantinedReceipt, { payloadSha256 })))
      await tx.manager.insert(QuarantinedReceipt, {
        id: newId(),
        controllerId: device,
        reason,
        payload,
        payloadSha256,
        receivedAtMs: this.clock.nowMs(),
      });
    await this.alarms.raise(tx, { code: reason, controllerId: device, detail: payload.slice(0, 200) });
  }

  async #knownTexts(
    tx: WriteTransaction,
    device: string,
    boot: number,
    receipts: readonly JudgedReceipt[],
  ): Promise<Map<number, string>> {
    const ids = receipts.map((receipt) => receiptId(device, boot, receipt.seq));
    const rows = await tx.manager.find(ReceiptRow, {
      where: { id: In(ids) },
      select: { id: true, seq: true, text: true },
    });
    return new Map(rows.map((row) => [row.seq, row.text]));
  }

  async #knownPlays(tx: WriteTransaction, device: string, receipts: readonly JudgedReceipt[]): Promise<KnownPlays> {
    const ids = receipts.flatMap(({ verdict }) => (verdict.ok ? [plannedPlayId(device, verdict.receipt.play)] : []));
    const planned = await tx.manager.find(PlannedPlayRow, {
      where: { id: In(ids) },
      select: { id: true, itemId: true, itemVersion: true, startMs: true, planVersion: true },
    });
    const tellings = new Map<string, KnownTelling[]>(planned.map((row) => [row.id, [row]]));
    for (const row of await tx.manager.findBy(FormerTelling, { id: In(ids) })) tellings.get(row.id)?.push(row);
    const finals = await tx.manager.find(PlayOutcome, { where: { id: In(ids) }, select: { id: true } });
    const summoned = await this.#summoned(tx, device, receipts);
    return { tellings, summoned, finals: new Set(finals.map((row) => row.id)) };
  }

  /** An emergency goes ahead of the plans, and one that is stopped at once never gets into any. */
  async #summoned(tx: WriteTransaction, device: string, receipts: readonly JudgedReceipt[]): Promise<Set<string>> {
    const summoned = new Set<string>();
    for (const { verdict } of receipts) {
      if (!verdict.ok || verdict.receipt.command === undefined) continue;
      const { play, command } = verdict.receipt;
      const stated = { play, ...statedBy(verdict.receipt) };
      if (await wasSummoned(tx.manager, device, stated, command)) summoned.add(plannedPlayId(device, play));
    }
    return summoned;
  }

  /** A batch that does not begin where the last one ended shows that something in between never arrived. */
  async #followChain(
    tx: WriteTransaction,
    device: string,
    batch: { boot: number; first: number; last: number; previous: string; link: string },
  ): Promise<void> {
    const chain = await tx.manager.findOneBy(ReceiptChain, { controllerId: device });
    const ahead = !chain || batch.boot > chain.boot || (batch.boot === chain.boot && batch.last > chain.seq);
    if (!ahead) return;
    const resent = chain && batch.boot === chain.boot && batch.first <= chain.seq;
    if (!resent && batch.previous !== (chain?.link ?? FIRST_LINK))
      await this.alarms.raise(tx, {
        code: 'receipt.chainGap',
        controllerId: device,
        detail: `boot ${batch.boot}, before ${batch.first}`,
      });
    await tx.manager.save(ReceiptChain, { controllerId: device, boot: batch.boot, seq: batch.last, link: batch.link });
  }
}

type KnownTelling = Pick<PlannedPlayRow, 'startMs' | 'itemId' | 'itemVersion' | 'planVersion'>;

interface KnownPlays {
  /** All that the device was ever told of a play. */
  readonly tellings: ReadonlyMap<string, readonly KnownTelling[]>;
  /** Told by a command, as the receipt states it. */
  readonly summoned: ReadonlySet<string>;
  readonly finals: Set<string>;
}

type Entered =
  /** `followed`: plan version of the telling. */
  | { readonly ok: true; readonly receipt: Receipt; readonly followed: number }
  | { readonly ok: false; readonly reason: QuarantineReason };

const statedBy = ({ item, planned }: Receipt) => ({
  startMs: planned.startMs,
  itemId: item.id,
  itemVersion: item.version,
});

function enteredAs(verdict: JudgedReceipt['verdict'], device: string, plays: KnownPlays): Entered {
  if (!verdict.ok) return verdict;
  const { receipt } = verdict;
  const id = plannedPlayId(device, receipt.play);
  const { planVersion } = receipt;
  // A device that was offline followed what it was told; the name of a play around something that was never told proves nothing.
  const told =
    tellingOf(statedBy(receipt), planVersion, plays.tellings.get(id) ?? []) ??
    (plays.summoned.has(id) ? { planVersion } : null);
  if (!told) return { ok: false, reason: 'receipt.unknownPlay' };
  if (plays.finals.has(id)) return { ok: false, reason: 'receipt.secondFinal' };
  return { ok: true, receipt, followed: told.planVersion };
}

function outcomeOf(row: ReceiptRow, receipt: Receipt, planVersion: number): PlayOutcome {
  const { outcome, cause, grade, playedMs, play, relay } = receipt;
  const id = plannedPlayId(row.controllerId, play);
  const relayHeardMs = relay?.heardMs ?? null;
  return { ...{ id, outcome, cause, grade, playedMs, relayHeardMs, planVersion }, receiptId: row.id };
}

const receiptId = (device: string, boot: number, seq: number): string => `${device}.${boot}.${seq}`;
const numbers = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** PostgreSQL keeps no NUL in a text: such a payload is kept as the base64 of its bytes. */
const keepable = (text: string): string =>
  text.includes('\0') ? `base64:${Buffer.from(text).toString('base64')}` : text;
