import { Injectable } from '@nestjs/common';
import { Audit } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import type { WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { type ApprovalAction, ON_AIR, type Status } from '../engine/approval.js';
import { authorsOf } from '../engine/approval-authors.js';
import { expiryOf } from '../engine/approval-clock.js';
import type { Checklist } from '../engine/approval-needs.js';
import { Item, ItemVersion } from '../items/item.entity.js';
import { contentSha256Of } from '../items/item.versions.js';
import { ApprovalNotices } from './approval.notices.js';
import type { Person } from './standing.js';

export interface DecisionTaken {
  /** Null: the service itself, because it is time. */
  readonly actor: Actor | null;
  readonly onBehalfOf: Person | null;
  readonly item: Item;
  readonly version: ItemVersion;
  /** Every version of the item. */
  readonly versions: readonly ItemVersion[];
  readonly action: ApprovalAction;
  readonly to: Status;
  /** As `cleanText` made it. */
  readonly reason: string | null;
  readonly checklist?: Checklist | null;
  /** Airing at once: until when somebody must judge it. */
  readonly reviewDueAtMs?: number;
}

/** Steps whose name in the audit log is not that of the status they lead to. */
const DEEDS: Partial<Record<ApprovalAction, string>> = {
  correct: 'library.corrected',
  airAtOnce: 'library.airedAtOnce',
  lapse: 'library.lapsed',
};

/** Writes a step down: status, deed, what may be on air, the message to later rooms, and who must know. */
@Injectable()
export class Decisions {
  constructor(
    private readonly audit: Audit,
    private readonly outbox: Outbox,
    private readonly notices: ApprovalNotices,
    private readonly clock: Clock,
  ) {}

  async record(tx: WriteTransaction, taken: DecisionTaken): Promise<void> {
    const { item, version } = taken;
    await tx.manager.update(ItemVersion, { itemId: item.id, n: version.n }, this.#changes(taken));
    await this.#writeDeed(tx, taken);
    await this.#putOnAir(tx, taken);
    await this.notices.settle(tx, item.id, version.n);
    await this.#tell(tx, taken);
  }

  #changes({ actor, onBehalfOf, item, version, action, to, reason, ...taken }: DecisionTaken): Partial<ItemVersion> {
    const nowMs = this.clock.nowMs();
    const changes = { status: to, statusReason: reason };
    if (action === 'submit')
      return {
        ...changes,
        submittedById: actor?.accountId ?? null,
        submittedByName: actor?.name ?? null,
        submittedAtMs: nowMs,
        approverId: null,
        approverName: null,
        onBehalfOf: null,
        decidedAtMs: null,
      };
    if (action === 'airAtOnce')
      return { ...changes, airedByName: actor?.name ?? null, reviewDueAtMs: taken.reviewDueAtMs ?? null };
    const approval = { checklist: taken.checklist ?? null, expiresAtMs: expiryOf(validityOf(item, version)) };
    return {
      ...changes,
      // Who aired it stays; that somebody must judge it is over.
      reviewDueAtMs: null,
      approverId: actor?.accountId ?? null,
      approverName: actor?.name ?? null,
      onBehalfOf: onBehalfOf?.name ?? null,
      decidedAtMs: nowMs,
      ...(action === 'approve' ? approval : {}),
    };
  }

  #writeDeed(tx: WriteTransaction, taken: DecisionTaken): Promise<void> {
    const { actor, onBehalfOf, item, version, action, to, reason, checklist, reviewDueAtMs } = taken;
    const { n, textSha256, audioSha256, content } = version;
    return this.audit.add(tx, actor, {
      action: DEEDS[action] ?? `library.${to}`,
      subject: item.id,
      areaPath: item.areaPath,
      detail: {
        version: n,
        from: version.status,
        reason,
        textSha256,
        audioSha256,
        contentSha256: contentSha256Of(content),
        ...(onBehalfOf ? { onBehalfOf } : {}),
        ...(checklist ? { checklist } : {}),
        ...(version.correctedById ? { author: version.authorName, correctedBy: version.correctedByName } : {}),
        ...(version.reviewerId ? { reviewer: version.reviewerName } : {}),
        ...(version.airedByName ? { airedBy: version.airedByName } : {}),
        ...(reviewDueAtMs ? { reviewDueAtMs } : {}),
      },
    });
  }

  async #putOnAir(tx: WriteTransaction, { item, version, to }: DecisionTaken): Promise<void> {
    const wasOnAir = ON_AIR.includes(version.status);
    const message = { itemId: item.id, version: version.n };
    if (ON_AIR.includes(to)) {
      // A version judged afterwards does not come back in place of a newer one that was approved meanwhile.
      if (!wasOnAir) await tx.manager.update(Item, { id: item.id }, { approvedVersion: version.n });
      await this.outbox.add(tx, { topic: 'library.approved', payload: message });
    } else if (wasOnAir) {
      // Taking off the version on air does not bring back the one before: nobody asked for that.
      if (item.approvedVersion === version.n) await tx.manager.update(Item, { id: item.id }, { approvedVersion: null });
      await this.outbox.add(tx, { topic: 'library.withdrawn', payload: message });
    }
    // What was never on air was never promised to anybody.
  }

  async #tell(tx: WriteTransaction, taken: DecisionTaken): Promise<void> {
    const { actor, item, version, action, reason } = taken;
    const { title } = version.metadata ?? item;
    const authors = authorsOf(version, taken.versions);
    const params = { title, approver: actor?.name ?? '', reason: reason ?? '' };
    switch (action) {
      case 'submit':
        return this.notices.submitted(tx, item, version, title, authors);
      case 'airAtOnce': {
        const dueAtMs = taken.reviewDueAtMs ?? this.clock.nowMs();
        const reviewWithinMs = dueAtMs - this.clock.nowMs();
        const aired = { officer: actor?.name ?? '', dueAtMs, reviewWithinMs };
        return this.notices.airedAtOnce(tx, item, version, title, authors, aired);
      }
      case 'lapse':
        return this.notices.lapsed(tx, item, version, title, authors);
      case 'approve':
        return this.notices.decided(tx, 'library.approved', item, version, params);
      case 'return':
        return this.notices.decided(tx, 'library.returned', item, version, params);
      case 'refuse':
        return this.notices.decided(tx, 'library.refused', item, version, params);
      default:
    }
  }
}

/** As it was when this version was made; a version older than that has no validity. */
const validityOf = (item: Item, version: ItemVersion): string | null => (version.metadata ?? item).validTo;
