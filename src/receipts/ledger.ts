import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { FIRST_LINK, type Receipt } from '../../devices/protocol/index.js';
import { PlannedPlayRow, plannedPlayId } from '../dispatch/index.js';
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
    const accepted: { row: ReceiptRow; receipt: Receipt }[] = [];
    const batchId = newId();
    for (const judgedReceipt of receipts) {
      const before = known.get(judgedReceipt.seq);
      if (before === judgedReceipt.text) continue;
      const reason = before !== undefined ? 'receipt.sequenceReused' : refusalOf(judgedReceipt, device, plays);
      if (reason) {
        quarantined.push(judgedReceipt.seq);
        await this.quarantine(tx, device, reason, judgedReceipt.text);
        continue;
      }
      if (!judgedReceipt.verdict.ok) continue;
      const { receipt } = judgedReceipt.verdict;
      // Two finals of one play inside one batch are refused like two in different ones.
      plays.finals.add(plannedPlayId(device, receipt.play));
      accepted.push({
        receipt,
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
        accepted.map(({ row, receipt }) => outcomeOf(row, receipt)),
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
      select: { id: true, itemId: true, startMs: true },
    });
    const finals = await tx.manager.find(PlayOutcome, { where: { id: In(ids) }, select: { id: true } });
    return { planned: new Map(planned.map((row) => [row.id, row])), finals: new Set(finals.map((row) => row.id)) };
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

interface KnownPlays {
  readonly planned: ReadonlyMap<string, Pick<PlannedPlayRow, 'itemId' | 'startMs'>>;
  readonly finals: Set<string>;
}

function refusalOf(judged: JudgedReceipt, device: string, plays: KnownPlays): QuarantineReason | null {
  if (!judged.verdict.ok) return judged.verdict.reason;
  const id = plannedPlayId(device, judged.verdict.receipt.play);
  const { item, planned } = judged.verdict.receipt;
  const told = plays.planned.get(id);
  // The name of a play that was told, around something that was not.
  if (!told || told.itemId !== item.id || told.startMs !== planned.startMs) return 'receipt.unknownPlay';
  return plays.finals.has(id) ? 'receipt.secondFinal' : null;
}

function outcomeOf(row: ReceiptRow, receipt: Receipt): PlayOutcome {
  const { outcome, cause, grade, playedMs, play } = receipt;
  return { id: plannedPlayId(row.controllerId, play), outcome, cause, grade, playedMs, receiptId: row.id };
}

const receiptId = (device: string, boot: number, seq: number): string => `${device}.${boot}.${seq}`;
const numbers = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** PostgreSQL keeps no NUL in a text: such a payload is kept as the base64 of its bytes. */
const keepable = (text: string): string =>
  text.includes('\0') ? `base64:${Buffer.from(text).toString('base64')}` : text;
