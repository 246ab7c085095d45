import type { EntityManager } from 'typeorm';
import { PlannedPlayRow } from '../../dispatch/index.js';
import { among, beginsWith } from '../../platform/database/index.js';
import { PlayOutcome } from '../receipt.entity.js';
import { ReceiptDoubt } from './doubt.entity.js';

const dayOf = (ms: number): string => new Date(ms + 7 * 3_600_000).toISOString().slice(0, 10);

/** Outcomes of plays of a controller that were due from then on and are still believed. What no plan ever told is due on its day. */
export function believedSince(reader: EntityManager, controllerId: string, fromMs: number): Promise<PlayOutcome[]> {
  return reader
    .createQueryBuilder(PlayOutcome, 'outcome')
    .leftJoin(PlannedPlayRow, 'planned', 'planned.id = outcome.id')
    .where(...beginsWith(reader, 'outcome.id', `${controllerId}.`))
    .andWhere('outcome.doubtedAtMs IS NULL')
    .andWhere('(planned.startMs >= :fromMs OR (planned.id IS NULL AND outcome.day >= :fromDay))', {
      ...{ fromMs, fromDay: dayOf(fromMs) },
    })
    .orderBy('outcome.id')
    .getMany();
}

/** From when on these controllers are not believed; most are. */
export async function doubtsOf(
  reader: EntityManager,
  controllerIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await reader
    .createQueryBuilder(ReceiptDoubt, 'doubt')
    .where(...among(reader, 'doubt.controllerId', controllerIds))
    .getMany();
  return new Map(rows.map(({ controllerId, fromMs }) => [controllerId, fromMs]));
}
