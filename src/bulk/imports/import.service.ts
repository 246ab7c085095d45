import { Injectable } from '@nestjs/common';
import { Audit } from '../../accounts/index.js';
import { AreaService } from '../../areas/index.js';
import { cleanLine } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { bulkProblem } from '../problems.js';
import type { ImportQuery, ImportView, LineQuery, LineView, NewImport } from './import.api.js';
import { BulkImport, ImportLine, ItemOrigin } from './import.entity.js';
import { countsOf, importsUnder, importView, linesOf, lineViewOf, seenImport, viewOf } from './import.queries.js';

export const IMPORT_JOB = 'bulk.import';

/** Imports as their owners see them: made, begun, stopped, begun again. The work is the job's. */
@Injectable()
export class ImportService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly jobs: Jobs,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async create(actor: Actor, { areaId, title, defaults }: NewImport): Promise<ImportView> {
    return this.database.write(async (tx) => {
      const area = await this.areas.get(actor, areaId);
      actor.demand('library.write', area.path);
      const made: BulkImport = {
        id: newId(),
        areaId: area.id,
        areaPath: area.path,
        title: cleanLine(title) || area.name,
        defaults,
        state: 'open',
        reason: null,
        jobId: null,
        runs: 0,
        lineCount: 0,
        bytes: 0,
        createdBy: actor.accountId,
        createdByName: actor.name,
        createdAtMs: this.clock.nowMs(),
        endedAtMs: null,
      };
      await tx.manager.save(BulkImport, made);
      await this.#record(tx, actor, made, 'bulk.importOpened');
      return importView(tx.manager, made);
    });
  }

  async list(actor: Actor, query: ImportQuery): Promise<{ imports: ImportView[]; next: string | null }> {
    const scopes = actor.scopes('library.read');
    if (scopes.length === 0) return { imports: [], next: null };
    return this.database.read(async (reader) => {
      const found = await importsUnder(reader, scopes, query);
      const shown = found.slice(0, query.limit);
      const counts = await countsOf(
        reader,
        shown.map(({ id }) => id),
      );
      const imports = shown.flatMap((each) => {
        const own = counts.get(each.id);
        return own ? [viewOf(each, own)] : [];
      });
      return { imports, next: found.length > query.limit ? (shown.at(-1)?.id ?? null) : null };
    });
  }

  async get(actor: Actor, id: string): Promise<ImportView> {
    return this.database.read(async (reader) => importView(reader, await seenImport(reader, actor, id)));
  }

  async lines(actor: Actor, id: string, query: LineQuery): Promise<{ lines: LineView[]; next: string | null }> {
    return this.database.read(async (reader) => {
      await seenImport(reader, actor, id);
      const found = await linesOf(reader, id, query);
      const shown = found.slice(0, query.limit);
      return {
        lines: shown.map(lineViewOf),
        next: found.length > query.limit ? (shown.at(-1)?.id ?? null) : null,
      };
    });
  }

  /** Begins, or goes on with what is left. What is under way already stays so. */
  async start(actor: Actor, id: string): Promise<ImportView> {
    return this.database.write(async (tx) => {
      const found = await seenImport(tx.manager, actor, id);
      actor.demand('library.write', found.areaPath);
      if (await this.#underWay(found)) return importView(tx.manager, found);
      const left = await tx.manager.countBy(ImportLine, { importId: id, state: 'waiting' });
      if (left === 0 && found.lineCount === 0) throw bulkProblem('bulk.nothingToDo');
      if (left === 0) return importView(tx.manager, found);
      const runs = found.runs + 1;
      const jobId = await this.jobs.enqueue(tx, {
        kind: IMPORT_JOB,
        payload: { importId: id },
        // Of one run: a job that was stopped, but has not ended yet, must not swallow the next one.
        uniqueKey: `${id}:${runs}`,
        ownerId: actor.accountId,
        areaPath: found.areaPath,
        title: found.title,
      });
      const change = { runs, jobId, state: 'running', reason: null, endedAtMs: null } as const;
      await tx.manager.update(BulkImport, { id }, change);
      await this.#record(tx, actor, found, 'bulk.importStarted');
      return importView(tx.manager, { ...found, ...change });
    });
  }

  /** What is done stays done; the file that is being read is not. */
  async stop(actor: Actor, id: string): Promise<ImportView> {
    const found = await this.database.read((reader) => seenImport(reader, actor, id));
    actor.demand('library.write', found.areaPath);
    if (found.jobId !== null) await this.jobs.cancel(found.jobId);
    return this.get(actor, id);
  }

  /** Where an item that was brought in comes from, and who decided on it there. @throws bulk.importUnknown */
  async origin(actor: Actor, itemId: string): Promise<ItemOrigin> {
    return this.database.read(async (reader) => {
      const origin = await reader.findOneBy(ItemOrigin, { itemId });
      if (!origin) throw bulkProblem('bulk.importUnknown');
      await seenImport(reader, actor, origin.importId);
      return origin;
    });
  }

  async #underWay({ state, jobId }: BulkImport): Promise<boolean> {
    if (state !== 'running' || jobId === null) return false;
    const job = await this.jobs.get(jobId);
    return job !== null && !job.cancelRequested && (job.state === 'queued' || job.state === 'running');
  }

  #record(tx: Parameters<Audit['add']>[0], actor: Actor, { id, areaPath, title }: BulkImport, action: string) {
    return this.audit.add(tx, actor, { action, subject: id, areaPath, detail: { title } });
  }
}
