import type { EntityManager } from 'typeorm';
import type { Cause, Outcome } from '../../../devices/protocol/index.js';
import { PlannedPlayRow } from '../../dispatch/index.js';
import { among } from '../../platform/database/index.js';
import { PlayOutcome } from '../receipt.entity.js';

export interface PlayOfDay {
  readonly id: string;
  readonly clusterId: string;
  readonly itemId: string;
  readonly itemVersion: number;
  readonly startMs: number;
  readonly withdrawn: boolean;
  /** Null: no receipt has come. */
  readonly said: {
    readonly itemId: string;
    readonly outcome: Outcome;
    readonly cause: Cause | null;
    readonly playedMs: number;
    readonly relayHeardMs: number | null;
    readonly sensed: boolean | null;
    readonly doubted: boolean;
    readonly receiptId: string;
  } | null;
}

/** Planned plays of clusters that begin within a span of time, with what is known of them, in the order of their start. */
export async function playsBetween(
  reader: EntityManager,
  clusterIds: readonly string[],
  fromMs: number,
  untilMs: number,
): Promise<PlayOfDay[]> {
  const planned = await reader
    .createQueryBuilder(PlannedPlayRow, 'planned')
    .where(...among(reader, 'planned.clusterId', clusterIds))
    .andWhere('planned.startMs >= :fromMs AND planned.startMs < :untilMs', { fromMs, untilMs })
    .orderBy('planned.startMs')
    .getMany();
  const ids = planned.map(({ id }) => id);
  const outcomes = await reader
    .createQueryBuilder(PlayOutcome, 'outcome')
    .where(...among(reader, 'outcome.id', ids))
    .getMany();
  const said = new Map(outcomes.map(({ doubtedAtMs, ...row }) => [row.id, { ...row, doubted: doubtedAtMs !== null }]));
  return planned.map(({ id, clusterId, itemId, itemVersion, startMs, withdrawnAtMs }) => ({
    ...{ id, clusterId, itemId, itemVersion, startMs, withdrawn: withdrawnAtMs !== null },
    said: said.get(id) ?? null,
  }));
}
