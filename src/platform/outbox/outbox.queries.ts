import { In } from 'typeorm';
import type { Database } from '../database/index.js';
import { OutboxEntity } from './outbox.entity.js';

/** Short transactions of their own; 'read committed', because each decides by a condition on the row it changes. */
const RELATIVE = { isolation: 'read committed' } as const;

/**
 * Claims the first waiting messages of a topic, for this process, until `claimEndsMs`. Whoever has the first one has the
 * topic: that keeps the order when several processes deliver.
 * @returns nothing when there is nothing, or when its first message is claimed or pausing
 */
export async function claimFirst(
  database: Database,
  topic: string,
  batch: number,
  nowMs: number,
  claimEndsMs: number,
): Promise<OutboxEntity[]> {
  const waiting = await database.read((reader) =>
    reader.find(OutboxEntity, { where: { state: 'waiting', topic }, order: { id: 'ASC' }, take: batch }),
  );
  const [first] = waiting;
  if (!first || first.dueAtMs > nowMs) return [];
  const claimed = await database.write(
    ({ manager }) =>
      manager.update(
        OutboxEntity,
        { id: first.id, state: 'waiting', dueAtMs: first.dueAtMs, attempts: first.attempts },
        { dueAtMs: claimEndsMs, attempts: first.attempts + 1 },
      ),
    RELATIVE,
  );
  if (claimed.affected === 0) return [];
  // A message that was begun before may be the one that kills the process: it goes alone, so that only it counts up.
  return first.attempts === 0 ? waiting : [first];
}

export type Failure = {
  readonly id: string;
  readonly attempts: number;
  readonly error: string;
  /** null: it is dead. */
  readonly retryAtMs: number | null;
};

export async function settle(
  database: Database,
  deliveredIds: readonly string[],
  failure: Failure | undefined,
  nowMs: number,
): Promise<void> {
  await database.write(async ({ manager }) => {
    if (deliveredIds.length > 0)
      await manager.update(
        OutboxEntity,
        { id: In([...deliveredIds]), state: 'waiting' },
        { state: 'delivered', deliveredAtMs: nowMs, error: null },
      );
    if (failure)
      await manager.update(
        OutboxEntity,
        { id: failure.id, state: 'waiting' },
        {
          state: failure.retryAtMs === null ? 'dead' : 'waiting',
          attempts: failure.attempts,
          error: failure.error,
          dueAtMs: failure.retryAtMs ?? nowMs,
        },
      );
  }, RELATIVE);
}

/** Claims of a process that is known to be gone. */
export async function endClaims(database: Database, nowMs: number): Promise<void> {
  await database.write(({ manager }) =>
    manager
      .createQueryBuilder()
      .update(OutboxEntity)
      .set({ dueAtMs: nowMs })
      .where('state = :state AND due_at_ms > :nowMs', { state: 'waiting', nowMs })
      .execute(),
  );
}
