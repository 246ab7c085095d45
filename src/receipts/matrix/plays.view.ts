import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { receipt as receiptSchema } from '../../../devices/protocol/index.js';
import { among } from '../../platform/database/index.js';
import { DEVIATIONS, deviationsOf } from '../engine/deviations.js';
import { type Evidence, type Judgement, outcomeBy, type PlayOutcomeName, REMARKS } from '../engine/outcome.js';
import { meaningOf, type PresentDevice, unknownReason } from '../engine/reasons.js';
import { evidenceOf } from '../engine/tally.js';
import { lastCheckpoint } from '../log/checkpoint.clock.js';
import { placesOf } from '../log/transparency-log.js';
import { ReceiptRow } from '../receipt.entity.js';
import { saidBy } from '../tallies/tally.queries.js';
import type { PlayOfCell, ReceiptOfPlay } from './cell.api.js';
import type { CountedPlay } from './plays.queries.js';

/** A play with what it came to. */
export interface JudgedPlay extends CountedPlay {
  readonly judgement: Judgement & { readonly outcome: PlayOutcomeName };
}

/** @param hamlet what was said of the session of the play */
export function judged(play: CountedPlay, reach: Evidence['reach'], hamlet: Evidence['hamlet']): JudgedPlay {
  const { said, kind, standing, followedItemId } = play;
  const judgement = outcomeBy({
    ...evidenceOf({
      plan: standing ? 'standing' : 'none',
      said: said && saidBy(said),
      content: followedItemId === null ? 'same' : 'other',
    }),
    ...{ reach, hamlet, sounded: kind !== 'unknown' && kind !== 'notPlayed' },
  });
  // It is in the tallies, so it came to something.
  return { ...play, judgement: { ...judgement, outcome: judgement.outcome ?? 'unknown' } };
}

const NOT_DUE = { code: 'unknown.notDue', words: { vi: 'chưa tới giờ phát', en: 'It is not due yet.' } };

function whyOf(
  { judgement: { outcome, remark }, controllerId, startMs, said }: JudgedPlay,
  device: PresentDevice | undefined,
  nowMs: number,
): PlayOfCell['why'] {
  if (outcome === 'complete') return null;
  if (remark === 'noReceipt') {
    if (startMs > nowMs) return NOT_DUE;
    const code = `unknown.${unknownReason(controllerId, device)}` as const;
    return { code, words: meaningOf(code) };
  }
  if (remark) return { code: `other.${remark}`, words: REMARKS[remark] };
  const code = said?.cause ? (`cause.${said.cause}` as const) : 'other.noCause';
  return { code, words: meaningOf(code) };
}

/** Plays with their receipts, and the way of each into the log. @param devices by cluster, that stand there now */
export async function playsShown(
  reader: EntityManager,
  plays: readonly JudgedPlay[],
  devices: ReadonlyMap<string, PresentDevice>,
  nowMs: number,
): Promise<Omit<PlayOfCell, 'archive'>[]> {
  const receipts = await receiptsOf(
    reader,
    plays.flatMap(({ said }) => said?.receiptId ?? []),
  );
  return plays.map((play) => {
    const { id, clusterId, controllerId, day, startMs, followedFormer, said, judgement } = play;
    const device = devices.get(clusterId);
    const receiptId = said?.receiptId ?? null;
    return {
      ...{ id, clusterId, controllerId, day, startMs, followedFormer, receiptId },
      ...{ playedMs: said?.playedMs ?? null, sensed: said?.sensed ?? null },
      outcome: judgement.outcome,
      grade: judgement.grade,
      why: whyOf(play, device, nowMs),
      lastHeardAtMs: judgement.outcome === 'unknown' ? (device?.heardAtMs ?? null) : null,
      receipt: receiptId === null ? null : (receipts.get(receiptId) ?? null),
    };
  });
}

async function receiptsOf(reader: EntityManager, ids: readonly string[]): Promise<ReadonlyMap<string, ReceiptOfPlay>> {
  const rows = await reader
    .createQueryBuilder(ReceiptRow, 'receipt')
    .where(...among(reader, 'receipt.id', ids))
    .getMany();
  const leaves = new Map((await placesOf(reader, ids)).map(({ receiptId, number }) => [receiptId, number]));
  const checkpoint = await lastCheckpoint(reader);
  const proofOf = (id: string): ReceiptOfPlay['proof'] => {
    const leaf = leaves.get(id) ?? null;
    if (leaf === null || checkpoint === null || leaf >= checkpoint.size)
      return { leaf, checkpoint: null, inclusion: null };
    const { size, signedAtMs } = checkpoint;
    const inclusion = `/api/log/inclusion?number=${leaf}&size=${size}`;
    return { leaf, checkpoint: { size, signedAtMs, address: '/api/log/checkpoint' }, inclusion };
  };
  return new Map(rows.map((row) => [row.id, shown(row, proofOf(row.id))]));
}

function shown(row: ReceiptRow, proof: ReceiptOfPlay['proof']): ReceiptOfPlay {
  const { id, controllerId, boot, seq, receivedAtMs, backfill, text } = row;
  const said = receiptSchema.parse(JSON.parse(text));
  const { startedAtMs, endedAtMs, playedMs, lateMs, volume, planned, clock } = said;
  return {
    ...{ id, controllerId, boot, seq, receivedAtMs, backfill, text, proof },
    ...{ startedAtMs, endedAtMs, playedMs, lateMs, volume },
    states: said.outcome,
    planned: { startMs: planned.startMs, durationMs: planned.durationMs, volume: planned.volume },
    clock: { ...clock, corrected: clock.trust !== 'untrusted' },
    deviations: deviationsOf(said).map((code) => ({ code, words: DEVIATIONS[code] })),
    sha256: createHash('sha256').update(text).digest('hex'),
  };
}
