import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { AccountService, Audit, actorFrom } from '../../accounts/index.js';
import { type Area, AreaService, idsUpwards } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { EmergencyPolicy } from './approval.entity.js';
import { approvalProblem } from './approval.problems.js';
import type { EmergencyPolicyView, NewEmergencyPolicy, PolicyAnswer } from './policy.api.js';

/** What a duty officer may do at an area. */
export interface Duty {
  /** Whose policy it is. */
  readonly areaId: string;
  readonly preApproved: boolean;
  readonly freeText: boolean;
  readonly reviewWithinMinutes: number;
}

/** Who may air what in an emergency. Where an area has no policy, that of the nearest area above holds. */
@Injectable()
export class EmergencyPolicies {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly accounts: AccountService,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** What the policy in force at the area lets this person do; null: it does not name them. */
  async dutyAt(reader: EntityManager, actor: Actor, areaPath: string): Promise<Duty | null> {
    const policy = await inForceAt(reader, areaPath);
    if (!policy?.dutyAccountIds.includes(actor.accountId) || !actor.may('library.read', areaPath)) return null;
    const { areaId, preApproved, freeText, reviewWithinMinutes } = policy;
    return { areaId, preApproved, freeText, reviewWithinMinutes };
  }

  async get(actor: Actor, areaId: string): Promise<PolicyAnswer> {
    const area = await this.areas.get(actor, areaId);
    actor.demand('library.read', area.path);
    return this.database.read((reader) => this.#answer(reader, area));
  }

  async set(actor: Actor, areaId: string, request: NewEmergencyPolicy): Promise<PolicyAnswer> {
    const area = await this.areas.get(actor, areaId);
    actor.demand('library.approve', area.path);
    const dutyAccountIds = [...new Set(request.dutyAccountIds)].sort();
    return this.database.write(async (tx) => {
      for (const accountId of dutyAccountIds) await demandFit(tx.manager, this.accounts, accountId, area.path);
      const policy: EmergencyPolicy = {
        ...request,
        areaId,
        areaPath: area.path,
        dutyAccountIds,
        changedById: actor.accountId,
        changedByName: actor.name,
        changedAtMs: this.clock.nowMs(),
      };
      // Not "look, then insert": on PostgreSQL somebody else may be the first at this moment.
      await tx.manager.upsert(EmergencyPolicy, policy, ['areaId']);
      const detail = { ...request, dutyAccountIds };
      await this.audit.add(tx, actor, { action: 'emergencyPolicy.set', subject: areaId, areaPath: area.path, detail });
      return this.#answer(tx.manager, area);
    });
  }

  /** From now on the policy of the nearest area above holds here. */
  async remove(actor: Actor, areaId: string): Promise<PolicyAnswer> {
    const area = await this.areas.get(actor, areaId);
    actor.demand('library.approve', area.path);
    return this.database.write(async (tx) => {
      const { affected } = await tx.manager.delete(EmergencyPolicy, { areaId });
      if (affected !== 0)
        await this.audit.add(tx, actor, { action: 'emergencyPolicy.removed', subject: areaId, areaPath: area.path });
      return this.#answer(tx.manager, area);
    });
  }

  async #answer(reader: EntityManager, { id, path }: Area): Promise<PolicyAnswer> {
    const policy = await inForceAt(reader, path);
    if (!policy) return { policy: null, inherited: false };
    const people = await this.accounts.reachable(reader, policy.dutyAccountIds);
    return { policy: viewOf(policy, people), inherited: policy.areaId !== id };
  }
}

async function inForceAt(reader: EntityManager, areaPath: string): Promise<EmergencyPolicy | null> {
  const upwards = idsUpwards(areaPath);
  const policies = await reader.findBy(EmergencyPolicy, { areaId: In(upwards) });
  const nearest = upwards.find((areaId) => policies.some((policy) => policy.areaId === areaId));
  return policies.find(({ areaId }) => areaId === nearest) ?? null;
}

function viewOf(policy: EmergencyPolicy, people: readonly { id: string; name: string }[]): EmergencyPolicyView {
  const { areaId, preApproved, freeText, reviewWithinMinutes, changedByName, changedAtMs } = policy;
  return {
    areaId,
    duty: people.map(({ id, name }) => ({ id, name })).sort((a, b) => a.id.localeCompare(b.id)),
    preApproved,
    freeText,
    reviewWithinMinutes,
    changedByName,
    changedAtMs,
  };
}

/** @throws library.personUnfit for an account that is unknown, disabled, or may not see content there */
export async function demandFit(
  reader: EntityManager,
  accounts: AccountService,
  accountId: string,
  areaPath: string,
): Promise<void> {
  const found = await accounts.withGrants(reader, accountId);
  if (!found || !actorFrom(found.account, found.grants).may('library.read', areaPath))
    throw approvalProblem('library.personUnfit');
}
