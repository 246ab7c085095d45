import { Injectable } from '@nestjs/common';
import { Audit } from '../accounts/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database, type WriteTransaction } from '../platform/database/index.js';
import { type Actor, httpProblem } from '../platform/http/index.js';
import { Outbox } from '../platform/outbox/index.js';
import { type ApprovalAction, decide, type Standing, type Status } from './engine/approval.js';
import { cleanText } from './engine/script-text.js';
import type { Approval, ItemView, Withdrawal } from './item.api.js';
import { Item, ItemVersion } from './item.entity.js';
import { seenItem, versionOf, versionsOf } from './item.queries.js';
import { viewOf } from './item.views.js';
import { libraryProblem } from './problems.js';

interface Step {
  readonly action: ApprovalAction;
  readonly reason?: string | null;
  /** Default: the current one. */
  readonly versionOf?: (item: Item) => number;
  /** Looks at what the step is about; throws if it must not happen. */
  readonly check?: (version: ItemVersion) => void;
}

@Injectable()
export class ApprovalService {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async submit(actor: Actor, id: string): Promise<ItemView> {
    const check = ({ audioState }: ItemVersion) => {
      if (audioState !== 'ready') throw libraryProblem('library.audioNotReady');
    };
    return this.#take(actor, id, { action: 'submit', check });
  }

  /** Approves what the approver read and heard, and nothing else. From here on it is frozen (invariant 7). */
  async approve(actor: Actor, id: string, seen: Approval): Promise<ItemView> {
    const check = ({ textSha256, audioSha256 }: ItemVersion) => {
      if (textSha256 !== seen.textSha256 || audioSha256 !== seen.audioSha256)
        throw libraryProblem('library.changedMeanwhile');
    };
    return this.#take(actor, id, { action: 'approve', check });
  }

  async return(actor: Actor, id: string, reason: string): Promise<ItemView> {
    return this.#take(actor, id, { action: 'return', reason });
  }

  async refuse(actor: Actor, id: string, reason: string): Promise<ItemView> {
    return this.#take(actor, id, { action: 'refuse', reason });
  }

  /** Without a version: what may be on air comes first. */
  async withdraw(actor: Actor, id: string, { version, reason }: Withdrawal): Promise<ItemView> {
    return this.#take(actor, id, {
      action: 'withdraw',
      reason,
      versionOf: (item) => version ?? item.approvedVersion ?? item.currentVersion,
    });
  }

  #take(actor: Actor, id: string, step: Step): Promise<ItemView> {
    return this.database.write(async (tx) => {
      const item = await seenItem(tx.manager, actor, id);
      const versions = await versionsOf(tx.manager, id);
      const version = await versionOf(tx.manager, id, step.versionOf?.(item) ?? item.currentVersion);
      const decision = decide(version.status, step.action, standing(actor, item, version, versions));
      if (!decision.allowed && decision.because === 'right') throw httpProblem('right.missing');
      step.check?.(version);
      if (!decision.allowed)
        throw libraryProblem(decision.because === 'ownWork' ? 'library.ownWork' : 'library.statusWrong');
      await this.#record(tx, actor, item, version, decision.to, step);
      return viewOf(await seenItem(tx.manager, actor, id), await versionsOf(tx.manager, id));
    });
  }

  async #record(
    tx: WriteTransaction,
    actor: Actor,
    item: Item,
    version: ItemVersion,
    to: Status,
    step: Step,
  ): Promise<void> {
    const { n } = version;
    const statusReason = step.reason ? cleanText(step.reason) : null;
    const decided =
      to === 'pending'
        ? { approverId: null, approverName: null, decidedAtMs: null }
        : { approverId: actor.accountId, approverName: actor.name, decidedAtMs: this.clock.nowMs() };
    await tx.manager.update(ItemVersion, { itemId: item.id, n }, { status: to, statusReason, ...decided });
    const { textSha256, audioSha256 } = version;
    const detail = { version: n, from: version.status, reason: statusReason, textSha256, audioSha256 };
    await this.audit.add(tx, actor, { action: `library.${to}`, subject: item.id, areaPath: item.areaPath, detail });
    if (to === 'approved') await this.#air(tx, item, n, 'library.approved');
    // What was never approved was never promised to anybody.
    if (to === 'withdrawn' && version.status === 'approved') await this.#air(tx, item, n, 'library.withdrawn');
  }

  async #air(
    tx: WriteTransaction,
    item: Item,
    version: number,
    topic: 'library.approved' | 'library.withdrawn',
  ): Promise<void> {
    // Withdrawing the approved version does not bring back the one before: nobody asked for that.
    if (topic === 'library.approved') await tx.manager.update(Item, { id: item.id }, { approvedVersion: version });
    else if (item.approvedVersion === version)
      await tx.manager.update(Item, { id: item.id }, { approvedVersion: null });
    await this.outbox.add(tx, { topic, payload: { itemId: item.id, version } });
  }
}

/**
 * The author of a version is whoever made it, and whoever made the text or the recording that it still carries: else an
 * author could have somebody else touch their work, and approve it.
 */
function standing(actor: Actor, { areaPath }: Item, version: ItemVersion, all: readonly ItemVersion[]): Standing {
  const sameContent = (other: ItemVersion) =>
    other.n === version.n ||
    (other.textSha256 !== null && other.textSha256 === version.textSha256) ||
    (other.uploadSha256 !== null && other.uploadSha256 === version.uploadSha256);
  return {
    mayWrite: actor.may('library.write', areaPath),
    mayApprove: actor.may('library.approve', areaPath),
    isAuthor: all.some((other) => other.authorId === actor.accountId && sameContent(other)),
  };
}
