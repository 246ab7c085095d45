import { type EntityManager, In, LessThanOrEqual } from 'typeorm';
import { type Database, newId } from '../database/index.js';
import { JobEntity } from './job.entity.js';
import type { Job } from './job.js';

/** Every change below is tied by its condition to the row it changes, so the weaker isolation is enough. */
const RELATIVE = { isolation: 'read committed' } as const;

/** Why a job failed that has cost its process every attempt. */
export const JOB_LOST = 'the process that ran it stopped without finishing it';

/** The next job that is due, or whose lease has run out; its lease is then ours until `leaseEndsMs`. */
export async function claim(
  database: Database,
  kinds: readonly string[],
  nowMs: number,
  leaseEndsMs: number,
): Promise<JobEntity | undefined> {
  // Looking first costs a read; a write transaction for nothing, every second, would cost a sync of the disk.
  const anything = await database.read((reader) => due(reader, kinds, nowMs).getCount());
  if (anything === 0) return undefined;
  return database.write(async ({ manager }) => {
    const query = due(manager, kinds, nowMs).orderBy('job.dueAtMs').addOrderBy('job.id').take(1);
    // SQLite has one write transaction at a time, so there is nobody to skip.
    if (database.kind === 'postgres') query.setLock('pessimistic_write').setOnLocked('skip_locked');
    const [job] = await query.getMany();
    if (!job) return undefined;
    const change = next(job, nowMs, leaseEndsMs);
    await manager.update(JobEntity, { id: job.id }, change);
    return Object.assign(job, change);
  }, RELATIVE);
}

function next(job: JobEntity, nowMs: number, leaseEndsMs: number): ReturnType<typeof ended> | Begun {
  const lost = job.state === 'running';
  if (job.cancelRequested) return ended('cancelled', nowMs, null);
  if (lost && job.attempts >= job.maxAttempts) return ended('failed', nowMs, JOB_LOST);
  return {
    state: 'running',
    attempts: job.attempts + 1,
    dueAtMs: leaseEndsMs,
    lease: newId(nowMs),
    error: lost ? JOB_LOST : job.error,
    changedAtMs: nowMs,
  };
}

type Begun = Pick<JobEntity, 'attempts' | 'dueAtMs' | 'lease' | 'error' | 'changedAtMs'> & {
  readonly state: 'running';
};

function due(manager: EntityManager, kinds: readonly string[], nowMs: number) {
  return manager
    .createQueryBuilder(JobEntity, 'job')
    .where('job.kind IN (:...kinds)', { kinds })
    .andWhere("job.state IN ('queued', 'running')")
    .andWhere('job.dueAtMs <= :nowMs', { nowMs });
}

/** @returns what is known of the job, or undefined when the lease was lost */
export async function renew(
  database: Database,
  { id, lease }: JobEntity,
  leaseEndsMs: number,
  progress: Partial<Pick<Job, 'progress' | 'progressText'>> & Partial<Pick<JobEntity, 'changedAtMs'>> = {},
): Promise<{ readonly cancelRequested: boolean } | undefined> {
  return database.write(async ({ manager }) => {
    const held = { id, lease: lease!, state: 'running' } as const;
    const { affected } = await manager.update(JobEntity, held, { dueAtMs: leaseEndsMs, ...progress });
    return affected ? ((await manager.findOneBy(JobEntity, { id })) ?? undefined) : undefined;
  }, RELATIVE);
}

/** @returns false when the lease was lost: the job is somebody else's */
export async function finish(
  database: Database,
  { id, lease }: JobEntity,
  change: Partial<JobEntity>,
): Promise<boolean> {
  const { affected } = await database.write(
    ({ manager }) =>
      manager.update(JobEntity, { id, lease: lease!, state: 'running' }, { ...change, lease: null } as object),
    RELATIVE,
  );
  return (affected ?? 0) > 0;
}

/** Whoever gives a job up leaves the mark in the same transaction: its feature is still to be told. */
export function ended(state: 'done' | 'failed' | 'cancelled', finishedAtMs: number, error: string | null) {
  const settleDueAtMs = state === 'done' ? null : finishedAtMs;
  return { state, finishedAtMs, error, activeKey: null, lease: null, changedAtMs: finishedAtMs, settleDueAtMs };
}

/** The next job that was given up and whose feature is to be told; ours to tell until `claimEndsMs`. */
export async function claimUnsettled(
  database: Database,
  kinds: readonly string[],
  nowMs: number,
  claimEndsMs: number,
): Promise<JobEntity | undefined> {
  for (;;) {
    const job = await database.read((reader) =>
      reader.findOne(JobEntity, {
        where: { settleDueAtMs: LessThanOrEqual(nowMs), kind: In([...kinds]) },
        order: { settleDueAtMs: 'ASC' },
      }),
    );
    if (!job) return undefined;
    if (await settle(database, job, claimEndsMs)) return Object.assign(job, { settleDueAtMs: claimEndsMs });
  }
}

/** @param dueAtMs when to tell (again); null: it was told. @returns false when another process has it */
export async function settle(
  database: Database,
  { id, settleDueAtMs }: JobEntity,
  dueAtMs: number | null,
): Promise<boolean> {
  const { affected } = await database.write(
    ({ manager }) =>
      manager.update(JobEntity, { id, settleDueAtMs: settleDueAtMs! }, { settleDueAtMs: dueAtMs } as object),
    RELATIVE,
  );
  return (affected ?? 0) > 0;
}
