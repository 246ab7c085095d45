import { Injectable } from '@nestjs/common';
import { LessThanOrEqual } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { AreaService } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { ContentStore } from '../../platform/storage/index.js';
import { EXPORT_KEPT_MS } from '../engine/limits.js';
import { bulkProblem } from '../problems.js';
import type { ExportQuery, ExportView, NewExport } from './export.api.js';
import { LibraryExport } from './export.entity.js';
import { exportsUnder, seenExport, viewOf } from './export.queries.js';

export const EXPORT_JOB = 'bulk.export';
const DAY = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Ho_Chi_Minh',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

@Injectable()
export class ExportService {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly areas: AreaService,
    private readonly jobs: Jobs,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async create(actor: Actor, { areaId, includeAudio, ...filter }: NewExport): Promise<ExportView> {
    return this.database.write(async (tx) => {
      const area = await this.areas.get(actor, areaId);
      actor.demand('library.read', area.path);
      const id = newId();
      const createdAtMs = this.clock.nowMs();
      const fileName = `vang-${area.code.replace(/[^A-Za-z0-9._-]+/g, '-')}-${dayOf(createdAtMs)}.zip`;
      const jobId = await this.jobs.enqueue(tx, {
        kind: EXPORT_JOB,
        payload: { exportId: id },
        uniqueKey: id,
        ownerId: actor.accountId,
        areaPath: area.path,
        title: fileName,
      });
      const made: LibraryExport = {
        id,
        areaId: area.id,
        areaPath: area.path,
        fileName,
        filter,
        includeAudio,
        state: 'running',
        reason: null,
        jobId,
        sha256: null,
        bytes: null,
        items: null,
        createdBy: actor.accountId,
        createdByName: actor.name,
        createdAtMs,
      };
      await tx.manager.save(LibraryExport, made);
      await this.audit.add(tx, actor, {
        action: 'bulk.exportStarted',
        subject: id,
        areaPath: area.path,
        detail: { fileName, ...filter, includeAudio },
      });
      return viewOf(made);
    });
  }

  async list(actor: Actor, query: ExportQuery): Promise<{ exports: ExportView[]; next: string | null }> {
    const scopes = actor.scopes('library.read');
    if (scopes.length === 0) return { exports: [], next: null };
    const found = await this.database.read((reader) => exportsUnder(reader, scopes, query, this.clock.nowMs()));
    const shown = found.slice(0, query.limit);
    return { exports: shown.map(viewOf), next: found.length > query.limit ? (shown.at(-1)?.id ?? null) : null };
  }

  async get(actor: Actor, id: string): Promise<ExportView> {
    return viewOf(await this.database.read((reader) => seenExport(reader, actor, id, this.clock.nowMs())));
  }

  async file(actor: Actor, id: string) {
    const { sha256, fileName } = await this.database.read((reader) =>
      seenExport(reader, actor, id, this.clock.nowMs()),
    );
    if (sha256 === null) throw bulkProblem('bulk.exportNotReady');
    if (!(await this.store.has(sha256))) throw bulkProblem('bulk.exportUnknown');
    return { path: this.store.path(sha256), sha256, fileName };
  }

  /** Forgets those that are a week old. The content store deletes nothing: it knows no owner of a content. */
  async forgetOld(): Promise<number> {
    const createdAtMs = LessThanOrEqual(this.clock.nowMs() - EXPORT_KEPT_MS);
    const { affected } = await this.database.write(({ manager }) => manager.delete(LibraryExport, { createdAtMs }));
    return affected ?? 0;
  }
}

const dayOf = (atMs: number): string => DAY.format(atMs).replaceAll('-', '');
