import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Audit } from '../accounts/index.js';
import { AreaService } from '../areas/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database, newId } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import type { NewPlan, PlanView } from './plan.api.js';
import { CommunicationPlan, PlanLine } from './plan.entity.js';
import { planProblem } from './problems.js';

@Injectable()
export class PlanService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async create(actor: Actor, request: NewPlan): Promise<PlanView> {
    if (request.periodTo < request.periodFrom) throw planProblem('plan.periodWrong');
    const area = await this.areas.get(actor, request.areaId);
    actor.demand('plan.manage', area.path);
    const { lines, ...fields } = request;
    return this.database.write(async (tx) => {
      const plan = await tx.manager.save(CommunicationPlan, {
        ...fields,
        id: newId(),
        areaPath: area.path,
        createdAtMs: this.clock.nowMs(),
      });
      const saved = await tx.manager.save(
        PlanLine,
        lines.map((line, position) => ({ ...line, id: newId(), planId: plan.id, position })),
      );
      await this.audit.add(tx, actor, {
        action: 'plan.created',
        subject: plan.id,
        areaPath: area.path,
        detail: { number: plan.number },
      });
      return viewOf(plan, saved);
    });
  }

  async list(actor: Actor): Promise<PlanView[]> {
    const scopes = actor.scopes('plan.read');
    return this.database.read(async (reader) => {
      const plans = (await reader.find(CommunicationPlan, { order: { createdAtMs: 'ASC' } })).filter((plan) =>
        scopes.some((scope) => plan.areaPath.startsWith(scope)),
      );
      const lines = await reader.find(PlanLine, { order: { position: 'ASC' } });
      return plans.map((plan) =>
        viewOf(
          plan,
          lines.filter((line) => line.planId === plan.id),
        ),
      );
    });
  }

  /** A line with its plan; rights are the caller's to check. Null: there is none. */
  async lineOf(
    reader: EntityManager,
    lineId: string,
  ): Promise<{ readonly plan: CommunicationPlan; readonly line: PlanLine } | null> {
    const line = await reader.findOneBy(PlanLine, { id: lineId });
    const plan = line && (await reader.findOneBy(CommunicationPlan, { id: line.planId }));
    return line && plan ? { plan, line } : null;
  }

  /** A line with its plan, if the actor may see it. */
  async line(
    reader: EntityManager,
    actor: Actor,
    action: string,
    lineId: string,
  ): Promise<{ plan: CommunicationPlan; line: PlanLine }> {
    const line = await reader.findOneBy(PlanLine, { id: lineId });
    const plan = line ? await reader.findOneBy(CommunicationPlan, { id: line.planId }) : null;
    if (!line || !plan || !actor.may(action, plan.areaPath)) throw planProblem('plan.unknown');
    return { plan, line };
  }
}

function viewOf(plan: CommunicationPlan, lines: readonly PlanLine[]): PlanView {
  const { areaPath: _path, createdAtMs: _created, ...fields } = plan;
  return {
    ...fields,
    lines: lines.map(({ id, kind, title, target, unit, criterion }) => ({ id, kind, title, target, unit, criterion })),
  };
}
