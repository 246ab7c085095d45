import { In, LessThan } from 'typeorm';
import type { Clock } from '../clock/index.js';
import { type Database, newId, type WriteTransaction } from '../database/index.js';
import { JobEntity } from './job.entity.js';
import type { Job, JobRequest } from './job.js';

/** The list of work that takes longer than a request, kept in the database: it survives the process. */
export class Jobs {
  private readonly queuedListeners = new Set<() => void>();
  private readonly cancelListeners = new Set<(id: string) => void>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * The job exists if and only if the transaction commits.
   * @returns the id of the job, or of the unfinished one with the same unique key
   */
  async enqueue(tx: WriteTransaction, request: JobRequest): Promise<string> {
    const nowMs = this.clock.nowMs();
    const id = newId(nowMs);
    const activeKey = request.uniqueKey === undefined ? null : `${request.kind}:${request.uniqueKey}`;
    const row = {
      id,
      kind: request.kind,
      payload: (request.payload ?? {}) as object,
      state: 'queued',
      activeKey,
      attempts: 0,
      maxAttempts: request.maxAttempts ?? 5,
      dueAtMs: request.runAtMs ?? nowMs,
      lease: null,
      cancelRequested: false,
      progress: 0,
      progressText: null,
      error: null,
      createdAtMs: nowMs,
      finishedAtMs: null,
    } as const;
    tx.afterCommit(() => {
      for (const listener of this.queuedListeners) listener();
    });
    if (activeKey === null) {
      await tx.manager.insert(JobEntity, row);
      return id;
    }
    // Not "look, then insert": on PostgreSQL another transaction may come in between.
    await tx.manager.createQueryBuilder().insert().into(JobEntity).values(row).orIgnore().execute();
    return (await tx.manager.findOneByOrFail(JobEntity, { activeKey })).id;
  }

  async get(id: string): Promise<Job | null> {
    const found = await this.database.read((reader) => reader.findOneBy(JobEntity, { id }));
    return found && toJob(found);
  }

  /**
   * A queued job is cancelled at once; the signal of a running one is aborted, and what its handler then does decides:
   * if it still finishes, the job is done.
   * @returns false when the job had ended, or is not known
   */
  async cancel(id: string): Promise<boolean> {
    return this.database.write(async (tx) => {
      const queued = await tx.manager.update(
        JobEntity,
        { id, state: 'queued' },
        { state: 'cancelled', activeKey: null, finishedAtMs: this.clock.nowMs() },
      );
      if (queued.affected) return true;
      const running = await tx.manager.update(JobEntity, { id, state: 'running' }, { cancelRequested: true });
      if (!running.affected) return false;
      tx.afterCommit(() => {
        for (const listener of this.cancelListeners) listener(id);
      });
      return true;
    });
  }

  /** Forgets jobs that ended before `beforeMs` (UTC epoch). @returns how many */
  async purge(beforeMs: number): Promise<number> {
    const { affected } = await this.database.write(({ manager }) =>
      manager.delete(JobEntity, {
        state: In(['done', 'failed', 'cancelled'] as const),
        finishedAtMs: LessThan(beforeMs),
      }),
    );
    return affected ?? 0;
  }

  /** For runners in this process. @returns ends it */
  onQueued(listener: () => void): () => void {
    this.queuedListeners.add(listener);
    return () => this.queuedListeners.delete(listener);
  }

  /** For runners in this process. @returns ends it */
  onCancel(listener: (id: string) => void): () => void {
    this.cancelListeners.add(listener);
    return () => this.cancelListeners.delete(listener);
  }
}

export function toJob(entity: JobEntity): Job {
  const { activeKey: _key, dueAtMs: _due, lease: _lease, cancelRequested: _cancel, ...job } = entity;
  return job;
}
