import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Audit } from '../accounts/index.js';
import { AreaService } from '../areas/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database, newId } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import type { NewPlan, PlanLineView, PlanView, RuleChange } from './plan.api.js';
import { CommunicationPlan, type LineRule, PlanLine } from './plan.entity.js';
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
        lines.map((line, position) => ({ ...line, ...plain(line), id: newId(), planId: plan.id, position })),
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

  /** What is not given stays. The same again changes and records nothing. */
  async changeRule(actor: Actor, lineId: string, change: RuleChange): Promise<PlanLineView> {
    return this.database.write(async (tx) => {
      const { plan, line } = await this.line(tx.manager, actor, 'plan.read', lineId);
      actor.demand('plan.manage', plan.areaPath);
      const before = ruleOf(line);
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const after = ruleOf({ ...line, ...plain({ ...before, ...given }) });
      if (JSON.stringify(after) === JSON.stringify(before)) return lineView(line);
      const changed = { ...line, ...after };
      await tx.manager.save(PlanLine, changed);
      await this.audit.add(tx, actor, {
        action: 'plan.ruleChanged',
        subject: line.id,
        areaPath: plan.areaPath,
        detail: { plan: plan.number, before, after },
      });
      return lineView(changed);
    });
  }

  /** A line with its plan, for other rooms; rights are theirs to check. */
  async lineOf(reader: EntityManager, lineId: string): Promise<{ plan: CommunicationPlan; line: PlanLine } | null> {
    const line = await reader.findOneBy(PlanLine, { id: lineId });
    const plan = line ? await reader.findOneBy(CommunicationPlan, { id: line.planId }) : null;
    return line && plan ? { plan, line } : null;
  }

  /** Lines of plans that run on that local day, or whose report is not due before it. */
  async openLines(reader: EntityManager, day: string): Promise<string[]> {
    const lines = await reader
      .createQueryBuilder(PlanLine, 'line')
      .innerJoin(CommunicationPlan, 'plan', 'plan.id = line.planId')
      .where('plan.periodTo >= :day OR plan.reportDeadline >= :day', { day })
      .getMany();
    return lines.map(({ id }) => id);
  }

  /** A line with its plan, if the actor may see it. */
  async line(
    reader: EntityManager,
    actor: Actor,
    action: string,
    lineId: string,
  ): Promise<{ plan: CommunicationPlan; line: PlanLine }> {
    const found = await this.lineOf(reader, lineId);
    if (!found || !actor.may(action, found.plan.areaPath)) throw planProblem('plan.unknown');
    return found;
  }
}

function viewOf(plan: CommunicationPlan, lines: readonly PlanLine[]): PlanView {
  const { areaPath: _path, createdAtMs: _created, ...fields } = plan;
  return {
    ...fields,
    lines: lines.map(lineView),
  };
}

function lineView(line: PlanLine): PlanLineView {
  const { id, kind, title, target, unit, criterion } = line;
  const { languages, ...rule } = ruleOf(line);
  return { ...{ id, kind, title, target, unit, criterion }, ...rule, languages: languages && [...languages] };
}

const ruleOf = ({ plays, clusters, leastGrade, languages }: LineRule): LineRule => ({
  ...{ plays, clusters, leastGrade, languages },
});

/** Languages once each and in order, so that one rule has one form. */
const plain = (rule: LineRule): LineRule => ({
  ...rule,
  languages: rule.languages && [...new Set(rule.languages)].sort(),
});
