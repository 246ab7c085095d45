import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, LessThanOrEqual, MoreThan } from 'typeorm';
import { AccountService, actorFrom } from '../../accounts/index.js';
import { idsUpwards } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { ApprovalDelegation } from './approval.entity.js';

/** The delegations that hold now: not over, not revoked, and of somebody who still has the right that they handed on. */
@Injectable()
export class Delegations {
  constructor(
    private readonly accounts: AccountService,
    private readonly clock: Clock,
  ) {}

  /** To this account, for content at this area. The oldest first. */
  async heldBy(reader: EntityManager, accountId: string, areaPath: string): Promise<ApprovalDelegation[]> {
    return this.#backed(
      reader,
      await this.#inTerm(reader, { toId: accountId, areaId: In(idsUpwards(areaPath)) }),
      areaPath,
    );
  }

  /** To anybody, for content at this area. */
  async at(reader: EntityManager, areaPath: string): Promise<ApprovalDelegation[]> {
    return this.#backed(reader, await this.#inTerm(reader, { areaId: In(idsUpwards(areaPath)) }), areaPath);
  }

  /** Where the account may look for what waits; whether a delegation really holds there, `heldBy` says. */
  async scopesOf(reader: EntityManager, accountId: string): Promise<string[]> {
    const delegations = await this.#inTerm(reader, { toId: accountId });
    return [...new Set(delegations.map(({ areaPath }) => areaPath))];
  }

  #inTerm(reader: EntityManager, where: object): Promise<ApprovalDelegation[]> {
    const nowMs = this.clock.nowMs();
    return reader.find(ApprovalDelegation, {
      where: { ...where, fromMs: LessThanOrEqual(nowMs), untilMs: MoreThan(nowMs), revokedAtMs: IsNull() },
      order: { createdAtMs: 'ASC', id: 'ASC' },
    });
  }

  /** Nobody hands on more than they have: a lost right, or a disabled account, ends what came from it. */
  async #backed(
    reader: EntityManager,
    delegations: readonly ApprovalDelegation[],
    areaPath: string,
  ): Promise<ApprovalDelegation[]> {
    const backed: ApprovalDelegation[] = [];
    for (const delegation of delegations) {
      const from = await this.accounts.withGrants(reader, delegation.fromId);
      if (from && actorFrom(from.account, from.grants).may('library.approve', areaPath)) backed.push(delegation);
    }
    return backed;
  }
}
