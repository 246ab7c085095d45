import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Audit } from '../accounts/index.js';
import { AreaService, covers } from '../areas/index.js';
import { PlanService } from '../plans/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database, newId } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import { Jobs } from '../platform/jobs/index.js';
import { ContentStore } from '../platform/storage/index.js';
import type { EvidencePackView, NewEvidencePack } from './evidence-pack.api.js';
import { reportProblem } from './problems.js';
import { EvidencePack } from './report.entity.js';

export const EVIDENCE_JOB = 'reports.evidencePack';
const LISTED = 100;

/** Orders for evidence packs. Who may `report.make` at an area may have the evidence of it, also of a plan that an office above owns. */
@Injectable()
export class EvidencePackService {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly areas: AreaService,
    private readonly plans: PlanService,
    private readonly jobs: Jobs,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async order(actor: Actor, { lineId, areaId, from, to }: NewEvidencePack): Promise<EvidencePackView> {
    return this.database.write(async (tx) => {
      const area = await this.areas.seen(tx.manager, actor, areaId);
      actor.demand('report.make', area.path);
      const found = await this.plans.lineOf(tx.manager, lineId);
      if (!found) await this.plans.line(tx.manager, actor, 'plan.read', lineId);
      const { plan } = found as NonNullable<typeof found>;
      if (!covers(plan.areaPath, area.path)) throw reportProblem('report.areaOutside');
      if (to < from || from < plan.periodFrom || to > plan.periodTo) throw reportProblem('report.periodWrong');
      const id = newId();
      const fileName = `ho-so-${area.code.replace(/[^A-Za-z0-9._-]+/g, '-')}-${from}-${to}.zip`;
      const jobId = await this.jobs.enqueue(tx, {
        kind: EVIDENCE_JOB,
        payload: { packId: id },
        uniqueKey: id,
        ownerId: actor.accountId,
        areaPath: area.path,
        title: fileName,
      });
      const pack: EvidencePack = {
        ...{ id, lineId, areaId, areaPath: area.path, periodFrom: from, periodTo: to, fileName },
        ...{ state: 'running', reason: null, jobId, sha256: null, bytes: null, receipts: null },
        ...{ createdBy: actor.accountId, createdByName: actor.name, createdAtMs: this.clock.nowMs() },
      };
      await tx.manager.save(EvidencePack, pack);
      const detail = { lineId, from, to, fileName };
      await this.audit.add(tx, actor, { action: 'report.packOrdered', subject: id, areaPath: area.path, detail });
      return viewOf(pack);
    });
  }

  /** The newest first. */
  async list(actor: Actor): Promise<EvidencePackView[]> {
    const scopes = actor.scopes('report.make');
    if (scopes.length === 0) return [];
    const packs = await this.database.read((reader) =>
      reader
        .createQueryBuilder(EvidencePack, 'pack')
        .where(
          `(${scopes.map((_, n) => `pack.areaPath LIKE :scope${n}`).join(' OR ')})`,
          Object.fromEntries(scopes.map((scope, n) => [`scope${n}`, `${scope}%`])),
        )
        .orderBy('pack.id', 'DESC')
        .limit(LISTED)
        .getMany(),
    );
    return packs.map(viewOf);
  }

  async get(actor: Actor, id: string): Promise<EvidencePackView> {
    return viewOf(await this.database.read((reader) => seen(reader, actor, id)));
  }

  /** Who takes the evidence away is written down. */
  async file(actor: Actor, id: string): Promise<{ path: string; sha256: string; fileName: string }> {
    const { sha256, fileName, areaPath } = await this.database.read((reader) => seen(reader, actor, id));
    if (sha256 === null) throw reportProblem('report.packNotReady');
    if (!(await this.store.has(sha256))) throw reportProblem('report.packUnknown');
    await this.database.write((tx) =>
      this.audit.add(tx, actor, { action: 'report.packFetched', subject: id, areaPath, detail: { sha256 } }),
    );
    return { path: this.store.path(sha256), sha256, fileName };
  }
}

async function seen(reader: EntityManager, actor: Actor, id: string): Promise<EvidencePack> {
  const pack = await reader.findOneBy(EvidencePack, { id });
  if (!pack || !actor.may('report.make', pack.areaPath)) throw reportProblem('report.packUnknown');
  return pack;
}

function viewOf({ areaPath: _path, createdBy: _by, periodFrom, periodTo, ...pack }: EvidencePack): EvidencePackView {
  return { ...pack, from: periodFrom, to: periodTo };
}
