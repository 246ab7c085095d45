import { Brackets, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { JobEntity } from './job.entity.js';
import type { SeenJob } from './job.js';

/** With the moment of its last visible change. */
export type FollowedJob = SeenJob & { readonly changedAtMs: number | null };

export type Followed = { readonly jobIds: readonly string[]; readonly ownerIds: readonly string[] };

/** Without payload: a list of jobs must not cost what they work on. */
const COLUMNS = [
  'id',
  'kind',
  'title',
  'state',
  'attempts',
  'maxAttempts',
  'progress',
  'progressText',
  'result',
  'error',
  'createdAtMs',
  'finishedAtMs',
  'ownerId',
  'areaPath',
  'cancelRequested',
  'changedAtMs',
] as const;

function seen(reader: EntityManager): SelectQueryBuilder<JobEntity> {
  return reader.createQueryBuilder(JobEntity, 'job').select(COLUMNS.map((column) => `job.${column}`));
}

export function jobsById(reader: EntityManager, ids: readonly string[]): Promise<FollowedJob[]> {
  return seen(reader).where('job.id IN (:...ids)', { ids }).orderBy('job.id').getMany();
}

/** Newest first. */
export function jobsOfOwner(reader: EntityManager, ownerId: string, limit: number): Promise<FollowedJob[]> {
  return seen(reader).where('job.ownerId = :ownerId', { ownerId }).orderBy('job.id', 'DESC').take(limit).getMany();
}

/** What a follower must know at first: what is unfinished, and what changed since it last looked. Oldest first. */
export async function jobsToBeginWith(
  reader: EntityManager,
  ownerId: string,
  sinceMs: number,
  limit: number,
): Promise<FollowedJob[]> {
  const newestFirst = await seen(reader)
    .where('job.ownerId = :ownerId', { ownerId })
    .andWhere(
      new Brackets((either) =>
        either.where("job.state IN ('queued', 'running')").orWhere('job.changedAtMs >= :sinceMs', { sinceMs }),
      ),
    )
    .orderBy('job.id', 'DESC')
    .take(limit)
    .getMany();
  return newestFirst.reverse();
}

export async function jobsChanged(
  reader: EntityManager,
  { jobIds, ownerIds }: Followed,
  sinceMs: number,
  limit: number,
): Promise<FollowedJob[]> {
  const newestFirst = await seen(reader)
    .where('job.changedAtMs >= :sinceMs', { sinceMs })
    .andWhere(
      new Brackets((either) => {
        // An empty IN list is no SQL.
        if (jobIds.length > 0) either.orWhere('job.id IN (:...jobIds)', { jobIds });
        if (ownerIds.length > 0) either.orWhere('job.ownerId IN (:...ownerIds)', { ownerIds });
      }),
    )
    .orderBy('job.changedAtMs', 'DESC')
    .take(limit)
    .getMany();
  return newestFirst.reverse();
}
