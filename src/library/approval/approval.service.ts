import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { Database, type WriteTransaction } from '../../platform/database/index.js';
import { type Actor, httpProblem } from '../../platform/http/index.js';
import { type ApprovalAction, decide, standingOf } from '../engine/approval.js';
import { authorsOf } from '../engine/approval-authors.js';
import { type Checklist, type Hashes, sameHashes } from '../engine/approval-needs.js';
import { hasAudio } from '../engine/kinds.js';
import { cleanText } from '../engine/script-text.js';
import type { ItemView } from '../items/item.api.js';
import type { Item, ItemVersion } from '../items/item.entity.js';
import { itemView, seenItem, versionOf, versionsOf } from '../items/item.queries.js';
import { contentSha256Of } from '../items/item.versions.js';
import { libraryProblem } from '../problems.js';
import type { Approval, Withdrawal } from './approval.api.js';
import { ApprovalGate, demandReady } from './approval.gate.js';
import { approvalProblem } from './approval.problems.js';
import { Decisions } from './decisions.js';
import { EmergencyPolicies } from './emergency-policies.js';
import { demandAllowed, demandRight, Standings } from './standing.js';

const MINUTE_MS = 60_000;

interface Step {
  readonly action: ApprovalAction;
  readonly reason?: string | null;
  readonly checklist?: Checklist | null;
  readonly versionOf: (item: Item, versions: readonly ItemVersion[]) => number;
  /** What may be told to whoever has the right, before it is said whether the status allows the step. */
  readonly look?: (item: Item, version: ItemVersion) => void;
  /** What else must be true; throws if it is not. */
  readonly demand?: (tx: WriteTransaction, item: Item, version: ItemVersion) => Promise<void>;
}

/** What a duty officer heard and airs before anybody has approved it. */
export interface AiredAtOnce {
  readonly version: number;
  readonly audioSha256: string;
  /** Where it is to sound. */
  readonly areaPath: string;
}

/** The steps of the table in engine/approval.ts that people take. */
@Injectable()
export class ApprovalService {
  constructor(
    private readonly database: Database,
    private readonly standings: Standings,
    private readonly gate: ApprovalGate,
    private readonly decisions: Decisions,
    private readonly policies: EmergencyPolicies,
    private readonly clock: Clock,
  ) {}

  async submit(actor: Actor, id: string): Promise<ItemView> {
    const look = ({ kind }: Item, version: ItemVersion) => demandReady(kind, version);
    return this.#take(actor, id, { action: 'submit', versionOf: ({ currentVersion }) => currentVersion, look });
  }

  /** Approves what the approver read and heard, and nothing else. From here on it is frozen (invariant 7). */
  async approve(actor: Actor, id: string, { version, checklist, ...seen }: Approval): Promise<ItemView> {
    return this.#take(actor, id, {
      action: 'approve',
      checklist,
      versionOf: awaited(version),
      look: (_item, found) => demandUnchanged(found, seen),
      demand: (tx, item, found) => this.gate.demandApprovable(tx.manager, actor, item, found, checklist),
    });
  }

  async return(actor: Actor, id: string, reason: string, version?: number): Promise<ItemView> {
    return this.#take(actor, id, { action: 'return', reason, versionOf: awaited(version) });
  }

  async refuse(actor: Actor, id: string, reason: string, version?: number): Promise<ItemView> {
    return this.#take(actor, id, { action: 'refuse', reason, versionOf: awaited(version) });
  }

  /** Without a version: what may be on air comes first. */
  async withdraw(actor: Actor, id: string, { version, reason }: Withdrawal): Promise<ItemView> {
    const versionOf = (item: Item) => version ?? item.approvedVersion ?? item.currentVersion;
    return this.#take(actor, id, { action: 'withdraw', reason, versionOf });
  }

  /**
   * Hậu kiểm: a duty officer airs what nobody has approved; somebody must judge it by the deadline of the policy. For the
   * room that plays it, inside its transaction. The policy must name the officer where it sounds, and where the content
   * belongs: there it can be scheduled from now on.
   */
  async airAtOnce(
    tx: WriteTransaction,
    actor: Actor,
    itemId: string,
    { version: n, audioSha256, areaPath }: AiredAtOnce,
  ): Promise<{ readonly version: number; readonly reviewDueAtMs: number }> {
    const item = await seenItem(tx.manager, actor, itemId);
    const [here, home] = [
      await this.policies.dutyAt(tx.manager, actor, areaPath),
      await this.policies.dutyAt(tx.manager, actor, item.areaPath),
    ];
    if (!here || !home) throw httpProblem('right.missing');
    if (!here.freeText || !home.freeText) throw approvalProblem('library.emergencyForbids');
    if (n !== item.currentVersion) throw libraryProblem('library.changedMeanwhile');
    const versions = await versionsOf(tx.manager, itemId);
    const version = await versionOf(tx.manager, itemId, n);
    const standing = standingOf((right) => actor.may(right, item.areaPath), {
      isDelegate: false,
      isAuthor: authorsOf(version, versions).has(actor.accountId),
      isDutyOfficer: true,
    });
    const decision = decide(version.status, 'airAtOnce', standing);
    demandAllowed(decision);
    if (!hasAudio(item.kind)) throw libraryProblem('library.kindWrong');
    demandReady(item.kind, version);
    if (version.audioSha256 !== audioSha256) throw libraryProblem('library.changedMeanwhile');
    const reviewDueAtMs = this.clock.nowMs() + here.reviewWithinMinutes * MINUTE_MS;
    const step = { actor, onBehalfOf: null, item, version, versions, reason: null, reviewDueAtMs };
    await this.decisions.record(tx, { ...step, action: 'airAtOnce', to: decision.to });
    return { version: n, reviewDueAtMs };
  }

  #take(actor: Actor, id: string, step: Step): Promise<ItemView> {
    return this.database.write(async (tx) => {
      const item = await seenItem(tx.manager, actor, id);
      const versions = await versionsOf(tx.manager, id);
      const version = await versionOf(tx.manager, id, step.versionOf(item, versions));
      const { action } = step;
      const authors = authorsOf(version, versions);
      const judgement = await this.standings.judge(tx.manager, actor, item.areaPath, {
        from: version.status,
        action,
        authors,
      });
      demandRight(judgement);
      step.look?.(item, version);
      const { decision, onBehalfOf } = judgement;
      demandAllowed(decision);
      await step.demand?.(tx, item, version);
      const { checklist } = step;
      const reason = step.reason ? cleanText(step.reason) : null;
      const taken = { actor, onBehalfOf, item, version, versions, action, to: decision.to, reason, checklist };
      await this.decisions.record(tx, taken);
      return itemView(tx.manager, item);
    });
  }
}

/** The version that waits; where none does, the one that went on air before anybody judged it. */
const awaited =
  (asked: number | undefined) =>
  (item: Item, versions: readonly ItemVersion[]): number => {
    if (asked !== undefined) return asked;
    const statusOf = (n: number | null) => versions.find((version) => version.n === n)?.status;
    const onAir = item.approvedVersion;
    const isProvisional = onAir !== null && statusOf(onAir) === 'provisional';
    return isProvisional && statusOf(item.currentVersion) !== 'pending' ? onAir : item.currentVersion;
  };

function demandUnchanged(version: ItemVersion, seen: Hashes): void {
  const { textSha256, audioSha256, content } = version;
  if (!sameHashes({ textSha256, audioSha256, contentSha256: contentSha256Of(content) }, seen))
    throw libraryProblem('library.changedMeanwhile');
}
