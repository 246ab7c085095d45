import { Injectable } from '@nestjs/common';
import { type EntityManager, Like } from 'typeorm';
import { AccountService, Audit, actorFrom } from '../../accounts/index.js';
import { AreaService } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { holdsAt, LONGEST_DELEGATION_MS, termFault } from '../engine/approval-terms.js';
import { cleanText } from '../engine/script-text.js';
import { ApprovalDelegation } from './approval.entity.js';
import { approvalProblem } from './approval.problems.js';
import type { DelegationView, NewDelegation } from './delegation.api.js';
import type { Person } from './standing.js';

/** The newest; older ones are in the audit log. */
const MOST_LISTED = 500;
const DAY_MS = 86_400_000;

/** Ủy quyền duyệt: handing on the right to approve, for a time. */
@Injectable()
export class DelegationService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly accounts: AccountService,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /**
   * Only the right that somebody has by a role is handed on, so that a delegate cannot delegate further. One's own, or
   * another's by whoever manages accounts there.
   */
  async create(actor: Actor, request: NewDelegation): Promise<DelegationView> {
    const area = await this.areas.get(actor, request.areaId);
    const fromId = request.fromId ?? actor.accountId;
    if (fromId !== actor.accountId) actor.demand('account.manage', area.path);
    if (fromId === request.toId) throw approvalProblem('delegation.toSelf');
    const nowMs = this.clock.nowMs();
    const term = { fromMs: Math.max(request.fromMs ?? nowMs, nowMs), untilMs: request.untilMs };
    if (termFault(term, nowMs) !== null)
      throw approvalProblem('delegation.termWrong', { days: LONGEST_DELEGATION_MS / DAY_MS });
    return this.database.write(async (tx) => {
      const from = await this.#who(tx.manager, fromId, 'library.approve', area.path);
      if (!from) throw approvalProblem('delegation.fromUnfit');
      const to = await this.#who(tx.manager, request.toId, 'library.read', area.path);
      if (!to) throw approvalProblem('library.personUnfit');
      const delegation: ApprovalDelegation = {
        id: newId(),
        fromId,
        fromName: from.name,
        toId: to.id,
        toName: to.name,
        areaId: area.id,
        areaPath: area.path,
        ...term,
        reason: cleanText(request.reason),
        createdById: actor.accountId,
        createdByName: actor.name,
        createdAtMs: nowMs,
        revokedAtMs: null,
      };
      await tx.manager.insert(ApprovalDelegation, delegation);
      await this.audit.add(tx, actor, {
        action: 'delegation.created',
        subject: delegation.id,
        areaPath: area.path,
        detail: { from, to, ...term, reason: delegation.reason },
      });
      return this.#viewOf(delegation);
    });
  }

  /** From me, to me, and in the areas whose accounts I manage. The newest first. */
  async list(actor: Actor): Promise<DelegationView[]> {
    const managed = actor.scopes('account.manage').map((scope) => ({ areaPath: Like(`${scope}%`) }));
    const delegations = await this.database.read((reader) =>
      reader.find(ApprovalDelegation, {
        where: [{ fromId: actor.accountId }, { toId: actor.accountId }, ...managed],
        order: { createdAtMs: 'DESC', id: 'DESC' },
        take: MOST_LISTED,
      }),
    );
    return delegations.map((delegation) => this.#viewOf(delegation));
  }

  /** By whoever gave it, whoever has it, or whoever manages accounts there. Revoking twice changes nothing. */
  async revoke(actor: Actor, id: string): Promise<DelegationView> {
    return this.database.write(async (tx) => {
      const delegation = await tx.manager.findOneBy(ApprovalDelegation, { id });
      if (!delegation || !mayRevoke(actor, delegation)) throw approvalProblem('delegation.unknown');
      if (delegation.revokedAtMs !== null) return this.#viewOf(delegation);
      const revokedAtMs = this.clock.nowMs();
      await tx.manager.update(ApprovalDelegation, { id }, { revokedAtMs });
      const { areaPath, fromName, toName } = delegation;
      const detail = { from: fromName, to: toName };
      await this.audit.add(tx, actor, { action: 'delegation.revoked', subject: id, areaPath, detail });
      return this.#viewOf({ ...delegation, revokedAtMs });
    });
  }

  /** The account if it is not disabled and may do that there by a role. */
  async #who(reader: EntityManager, id: string, action: string, areaPath: string): Promise<Person | null> {
    const found = await this.accounts.withGrants(reader, id);
    if (!found || !actorFrom(found.account, found.grants).may(action, areaPath)) return null;
    return { id, name: found.account.name };
  }

  #viewOf(delegation: ApprovalDelegation): DelegationView {
    const { id, areaId, fromMs, untilMs, reason, createdAtMs, revokedAtMs } = delegation;
    return {
      id,
      from: { id: delegation.fromId, name: delegation.fromName },
      to: { id: delegation.toId, name: delegation.toName },
      areaId,
      fromMs,
      untilMs,
      reason,
      createdBy: { id: delegation.createdById, name: delegation.createdByName },
      createdAtMs,
      revokedAtMs,
      active: holdsAt(delegation, this.clock.nowMs()),
    };
  }
}

const mayRevoke = (actor: Actor, { fromId, toId, areaPath }: ApprovalDelegation): boolean =>
  actor.accountId === fromId || actor.accountId === toId || actor.may('account.manage', areaPath);
