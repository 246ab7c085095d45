import type { EntityManager } from 'typeorm';
import { Controller, ControllerState } from '../fleet/index.js';
import type { Place } from './engine/chain.js';
import { CAN_ANSWER } from './gap.queries.js';
import { ReceiptChain, ReceiptTail } from './receipt.entity.js';

/** A device that wrote more than has come. */
export interface Behind {
  readonly controllerId: string;
  /** The last receipt that came; boot 0: none did. */
  readonly tip: Place;
  /** The last receipt that it wrote, by its own word. */
  readonly last: Place;
  /** How often it was asked since something last came; null: that is not noticed yet. */
  readonly asks: number | null;
}

const TIP_BOOT = 'COALESCE(chain.boot, 0)';
const TIP_SEQ = 'COALESCE(chain.seq, 0)';
const WROTE_MORE = `(state.last_receipt_boot > ${TIP_BOOT} OR (state.last_receipt_boot = ${TIP_BOOT} AND state.last_receipt_seq > ${TIP_SEQ}))`;
const IS_NOTICED = `tail.boot = ${TIP_BOOT} AND tail.seq = ${TIP_SEQ}`;

/** Devices that have to be noticed, or asked by now; that one of them, or at most so many. */
export async function behind(
  reader: EntityManager,
  nowMs: number,
  which: { readonly controllerId: string } | { readonly most: number },
): Promise<Behind[]> {
  const query = reader
    .createQueryBuilder(ControllerState, 'state')
    .innerJoin(Controller, 'controller', 'controller.id = state.controllerId')
    .leftJoin(ReceiptChain, 'chain', 'chain.controllerId = state.controllerId')
    // Where something came since it was noticed, it is to be noticed anew.
    .leftJoin(ReceiptTail, 'tail', `tail.controllerId = state.controllerId AND ${IS_NOTICED}`)
    .select('state.controller_id', 'controllerId')
    .addSelect('state.last_receipt_boot', 'lastBoot')
    .addSelect('state.last_receipt_seq', 'lastSeq')
    .addSelect(TIP_BOOT, 'tipBoot')
    .addSelect(TIP_SEQ, 'tipSeq')
    .addSelect('tail.asks', 'asks')
    .where(CAN_ANSWER, { online: true })
    .andWhere(WROTE_MORE)
    .andWhere('(tail.controller_id IS NULL OR tail.ask_at_ms <= :nowMs)', { nowMs })
    .orderBy('state.controller_id');
  if ('controllerId' in which) query.andWhere('state.controllerId = :controllerId', which);
  else query.limit(which.most);
  const rows = await query.getRawMany<Row>();
  return rows.map(({ controllerId, lastBoot, lastSeq, tipBoot, tipSeq, asks }) => ({
    controllerId,
    tip: { boot: Number(tipBoot), seq: Number(tipSeq) },
    last: { boot: Number(lastBoot), seq: Number(lastSeq) },
    asks,
  }));
}

/** PostgreSQL gives its large integers as text. */
type Row = Record<'lastBoot' | 'lastSeq' | 'tipBoot' | 'tipSeq', string | number> &
  Pick<Behind, 'controllerId' | 'asks'>;
