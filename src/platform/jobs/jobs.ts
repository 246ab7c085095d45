import { In, IsNull, LessThan } from 'typeorm';
import type { Clock } from '../clock/index.js';
import { type Database, newId, type WriteTransaction } from '../database/index.js';
import { JobEntity } from './job.entity.js';
import type { Job, JobRequest } from './job.js';
import { ended } from './job.queries.js';

const PURGED_AT_ONCE = 1_000;

/** The list of work that takes longer than a request, kept in the database: it survives the process. */
export class Jobs {
  private readonly queuedListeners = new Set<() => void>();
  private readonly cancelListeners = new Set<(id: string) => void>();
  private readonly changeListeners = new Set<(id: string) => void>();

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
      ownerId: request.ownerId ?? null,
      areaPath: request.areaPath ?? null,
      title: request.title ?? null,
      changedAtMs: nowMs,
      settleDueAtMs: null,
    } as const;
    tx.afterCommit(() => {
      for (const listener of this.queuedListeners) listener();
      this.noteChanged(id);
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
      const nowMs = this.clock.nowMs();
      const queued = await tx.manager.update(JobEntity, { id, state: 'queued' }, ended('cancelled', nowMs, null));
      const { affected } =
        queued.affected === 0
          ? await tx.manager.update(JobEntity, { id, state: 'running' }, { cancelRequested: true, changedAtMs: nowMs })
          : queued;
      if (!affected) return false;
      tx.afterCommit(() => {
        for (const listener of this.cancelListeners) listener(id);
        this.noteChanged(id);
      });
      return true;
    });
  }

  /**
   * Forgets jobs that ended before `beforeMs` (UTC epoch), some at a time so that other writers get their turn. Those whose
   * feature is still to be told stay. @returns how many
   */
  async purge(beforeMs: number): Promise<number> {
    const old = {
      state: In(['done', 'failed', 'cancelled'] as const),
      finishedAtMs: LessThan(beforeMs),
      settleDueAtMs: IsNull(),
    };
    for (let purged = 0; ; ) {
      const rows = await this.database.read((reader) =>
        reader.find(JobEntity, { select: { id: true }, where: old, take: PURGED_AT_ONCE }),
      );
      if (rows.length === 0) return purged;
      const ids = rows.map(({ id }) => id);
      const { affected } = await this.database.write(({ manager }) => manager.delete(JobEntity, { id: In(ids) }));
      purged += affected ?? 0;
    }
  }

  /** Told by whoever changed what those see who follow the job, after the commit. */
  noteChanged(id: string): void {
    for (const listener of this.changeListeners) listener(id);
  }

  /** Calls back after each change that this process made. @returns ends it */
  onChanged(listener: (id: string) => void): () => void {
    this.changeListeners.add(listener);
    return () => this.changeListeners.delete(listener);
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
  const {
    activeKey: _key,
    dueAtMs: _due,
    lease: _lease,
    changedAtMs: _changed,
    settleDueAtMs: _settle,
    ...job
  } = entity;
  return job;
}
