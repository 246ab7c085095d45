import { Injectable } from '@nestjs/common';
import { Database } from '../database/index.js';
import type { Actor } from '../http/index.js';
import type { SeenJob } from './job.js';
import { jobsById, jobsOfOwner } from './job.seen.js';
import { Jobs } from './jobs.js';
import { jobProblem } from './problems.js';

/** Jobs for those who wait for them: the owner, and who may `job.manage` where the job belongs. */
@Injectable()
export class JobDesk {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  /** Newest first. */
  mine({ accountId }: Actor, limit: number): Promise<SeenJob[]> {
    return this.database.read((reader) => jobsOfOwner(reader, accountId, limit));
  }

  /** @throws `job.unknown`, also for what is somebody else's: that it exists is theirs to know */
  async seen(actor: Actor, id: string): Promise<SeenJob> {
    const [job] = await this.database.read((reader) => jobsById(reader, [id]));
    if (!job || !(job.ownerId === actor.accountId || actor.may('job.manage', job.areaPath ?? '/')))
      throw jobProblem('job.unknown');
    return job;
  }

  /** @returns its state after that; a job that had ended stays as it is */
  async cancel(actor: Actor, id: string): Promise<SeenJob> {
    await this.seen(actor, id);
    await this.jobs.cancel(id);
    return this.seen(actor, id);
  }
}
