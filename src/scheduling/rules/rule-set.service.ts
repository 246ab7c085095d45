import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AreaService } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { DEFAULT_ZONE, localDayOf } from '../engine/index.js';
import { refusalOfRuleSet } from '../engine/rules/index.js';
import { Announcement } from './announcement.js';
import { ruleProblem, ruleSetProblem } from './problems.js';
import { RuleSetRow } from './rule.entity.js';
import { ruleSetOf, ruleSetsUpwards } from './rule.queries.js';
import { RuleService } from './rule.service.js';
import type {
  EffectiveQuery,
  EffectiveView,
  NewBlackout,
  NewRuleSet,
  RuleSetAnswer,
  RuleSetContent,
  RuleSetList,
} from './rule-set.api.js';
import { effectiveOn, overlapsOf, standingOf, viewOf } from './rule-set.views.js';

/** Operating rules of areas: who may make them, and what may still become of them. */
@Injectable()
export class RuleSetService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly rules: RuleService,
    private readonly announcement: Announcement,
    private readonly clock: Clock,
  ) {}

  async create(actor: Actor, { areaId, ...content }: NewRuleSet): Promise<RuleSetAnswer> {
    return this.database.write(async (tx) => {
      const area = await this.areas.seen(tx.manager, actor, areaId);
      actor.demand('schedule.rules', area.path);
      const row: RuleSetRow = {
        ...withContent(content),
        ...{ id: newId(), revision: 1 },
        areaId,
        areaPath: area.path,
        attachmentSha256: null,
        attachmentType: null,
        createdBy: actor.accountId,
        createdByName: actor.name,
        createdAtMs: this.clock.nowMs(),
        endedByName: null,
        endedAtMs: null,
      };
      return this.#keep(tx, actor, 'ruleSet.created', row, { ...content });
    });
  }

  /** The whole content anew, as long as it is not in force: what people have kept to stays as it was. */
  async replace(actor: Actor, id: string, content: RuleSetContent): Promise<RuleSetAnswer> {
    return this.database.write(async (tx) => {
      const row = await ownRuleSet(tx.manager, actor, id);
      if (standingOf(row, this.#today()) !== 'ahead') throw ruleProblem('ruleSet.inForce');
      return this.#keep(
        tx,
        actor,
        'ruleSet.changed',
        { ...row, ...withContent(content), revision: row.revision + 1 },
        { ...content },
      );
    });
  }

  /** @param validTo its last day: today or later, and not later than it has now */
  async end(actor: Actor, id: string, validTo: string): Promise<RuleSetAnswer> {
    return this.database.write(async (tx) => {
      const row = await ownRuleSet(tx.manager, actor, id);
      const ended = { ...row, validTo, endedByName: actor.name, endedAtMs: this.clock.nowMs() };
      demandGood(ended);
      if (standingOf(row, this.#today()) === 'over') throw ruleProblem('ruleSet.over');
      if (validTo < this.#today()) throw ruleProblem('ruleSet.endPast');
      if (row.validTo !== null && validTo > row.validTo) throw ruleProblem('ruleSet.endLater');
      return this.#keep(tx, actor, 'ruleSet.ended', ended, { validTo });
    });
  }

  /** Also to rules in force: funerals happen tomorrow. */
  async addBlackout(actor: Actor, id: string, blackout: NewBlackout): Promise<RuleSetAnswer> {
    return this.database.write(async (tx) => {
      const row = await ownRuleSet(tx.manager, actor, id);
      if (standingOf(row, this.#today()) === 'over') throw ruleProblem('ruleSet.over');
      const { parts, validFrom, validTo } = row;
      const longer = { ...row, parts: { ...parts, blackouts: [...parts.blackouts, blackout] } };
      demandGood(longer);
      if (blackout.untilMs <= this.clock.nowMs()) throw ruleProblem('ruleSet.blackoutPast');
      const [first, last] = [dayOf(blackout.fromMs), dayOf(blackout.untilMs - 1)];
      // Silence counts only on days on which its rules do.
      if (last < validFrom || (validTo !== null && first > validTo)) throw ruleProblem('ruleSet.blackoutOutside');
      return this.#keep(tx, actor, 'ruleSet.blackoutAdded', longer, { ...blackout });
    });
  }

  /** In force, ahead and over. */
  async list(actor: Actor, areaId: string): Promise<RuleSetList> {
    return this.database.read(async (reader) => {
      const area = await this.areas.seen(reader, actor, areaId);
      actor.demand('schedule.read', area.path);
      const rows = await ruleSetsUpwards(reader, area.path);
      const own = rows.filter(({ areaPath }) => areaPath === area.path);
      const above = rows.filter(({ areaPath }) => areaPath !== area.path);
      const today = this.#today();
      return {
        own: own.map((row) => viewOf(row, today)),
        above: above.map((row) => viewOf(row, today)),
        overlaps: overlapsOf(own),
      };
    });
  }

  async effective(actor: Actor, { areaId, day }: EffectiveQuery): Promise<EffectiveView> {
    return this.database.read(async (reader) => {
      const area = await this.areas.seen(reader, actor, areaId);
      actor.demand('schedule.read', area.path);
      const sets = (await ruleSetsUpwards(reader, area.path)).map(ruleSetOf);
      return effectiveOn(await this.rules.bookOf(reader, sets, day), area.path, day);
    });
  }

  async #keep(
    tx: WriteTransaction,
    actor: Actor,
    action: string,
    row: RuleSetRow,
    detail: Record<string, unknown>,
  ): Promise<RuleSetAnswer> {
    demandGood(row);
    await tx.manager.save(RuleSetRow, row);
    await this.announcement.make(tx, actor, row, {
      action,
      subject: row.id,
      detail: { number: row.number, ...detail },
    });
    const own = await tx.manager.findBy(RuleSetRow, { areaPath: row.areaPath });
    const overlaps = overlapsOf(own).filter(({ winner, loser }) => winner === row.id || loser === row.id);
    return { ruleSet: viewOf(row, this.#today()), overlaps };
  }

  #today(): string {
    return dayOf(this.clock.nowMs());
  }
}

const dayOf = (ms: number): string => localDayOf(ms, DEFAULT_ZONE);

/** @throws ruleSet.unknown for whoever may not see it, right.missing for whoever may only see it */
export async function ownRuleSet(reader: EntityManager, actor: Actor, id: string): Promise<RuleSetRow> {
  const row = await reader.findOneBy(RuleSetRow, { id });
  if (!row || !actor.may('schedule.read', row.areaPath)) throw ruleProblem('ruleSet.unknown');
  actor.demand('schedule.rules', row.areaPath);
  return { ...row };
}

function withContent({ number, date, validFrom, validTo, ...parts }: RuleSetContent) {
  return { number, date, validFrom, validTo, parts };
}

/** @throws what the engine says is wrong, and where */
function demandGood(row: RuleSetRow): void {
  const refusal = refusalOfRuleSet(ruleSetOf(row));
  if (refusal === null) return;
  const { code, part, index } = refusal;
  throw ruleSetProblem(code).withErrors([{ at: index === null ? part : `${part}.${index}`, code }]);
}
