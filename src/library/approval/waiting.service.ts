import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../platform/database/index.js';
import { type Actor, httpProblem } from '../../platform/http/index.js';
import { Problem } from '../../platform/i18n/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { authorsOf } from '../engine/approval-authors.js';
import { mustBeHeard } from '../engine/approval-needs.js';
import { contentSha256Of } from '../items/item.versions.js';
import type { Session, SessionResult } from './approval.api.js';
import type { ApprovalDelegation } from './approval.entity.js';
import { ApprovalService } from './approval.service.js';
import { Delegations } from './delegations.js';
import { judge, type Person } from './standing.js';
import type { WaitingVersion } from './waiting.api.js';
import { authoredVersions, type Waiting, waitingBelow } from './waiting.queries.js';

/** What waits for somebody's decision, and deciding on a whole session at once (duyệt cả buổi). */
@Injectable()
export class WaitingService {
  constructor(
    private readonly database: Database,
    private readonly approvals: ApprovalService,
    private readonly delegations: Delegations,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Versions that the actor may approve, by their own right or for somebody else; never their own work. */
  async list(actor: Actor): Promise<WaitingVersion[]> {
    return this.database.read(async (reader) => {
      const scopes = [
        ...actor.scopes('library.approve'),
        ...(await this.delegations.scopesOf(reader, actor.accountId)),
      ];
      const waiting = await waitingBelow(reader, [...new Set(scopes)]);
      const versions = await authoredVersions(
        reader,
        waiting.map(({ item }) => item.id),
      );
      const held = new Map<string, ApprovalDelegation[]>();
      const listed: WaitingVersion[] = [];
      for (const { item, version } of waiting) {
        const { areaPath } = item;
        const delegations = await this.#delegations(reader, actor, areaPath, held);
        const authors = authorsOf(version, versions.get(item.id) ?? []);
        const step = { from: version.status, action: 'approve', authors } as const;
        const { decision, onBehalfOf } = judge(actor, areaPath, step, delegations);
        if (decision.allowed && actor.may('library.read', areaPath)) listed.push(viewOf({ item, version }, onBehalfOf));
      }
      return listed;
    });
  }

  /** None where one's own right is enough; looked for once an area. */
  async #delegations(
    reader: EntityManager,
    actor: Actor,
    areaPath: string,
    held: Map<string, ApprovalDelegation[]>,
  ): Promise<ApprovalDelegation[]> {
    if (actor.may('library.approve', areaPath)) return [];
    const known = held.get(areaPath) ?? (await this.delegations.heldBy(reader, actor.accountId, areaPath));
    held.set(areaPath, known);
    return known;
  }

  /** Each is judged on its own: what stands in the way of one keeps no other from being approved. */
  async approveAll(actor: Actor, { approvals }: Session): Promise<SessionResult> {
    const result: SessionResult = [];
    // One after the other, each with a commit of its own: a refusal ends a transaction on PostgreSQL.
    for (const { itemId, ...approval } of approvals) {
      try {
        await this.approvals.approve(actor, itemId, approval);
        result.push({ itemId, ok: true });
      } catch (error) {
        result.push({ itemId, ok: false, problem: this.#lineOf(error, itemId) });
      }
    }
    return result;
  }

  /** What is committed stays committed, so a fault of the service is a line too. */
  #lineOf(error: unknown, itemId: string) {
    if (!(error instanceof Problem)) this.log.error({ err: error, itemId }, 'an approval of a session failed');
    const problem = error instanceof Problem ? error : httpProblem('service.fault');
    return { code: problem.code, status: problem.status, vi: problem.title('vi'), en: problem.title('en') };
  }
}

function viewOf({ item, version }: Waiting, onBehalfOf: Person | null): WaitingVersion {
  const { title, thirdParty } = version.metadata ?? item;
  const reviewed = version.reviewedAudioSha256 === version.audioSha256;
  return {
    itemId: item.id,
    version: version.n,
    areaId: item.areaId,
    kind: item.kind,
    title,
    language: item.language,
    status: version.status === 'provisional' ? 'provisional' : 'pending',
    author: { id: version.authorId, name: version.authorName },
    correctedBy: personOf(version.correctedById, version.correctedByName),
    submittedBy: personOf(version.submittedById, version.submittedByName),
    submittedAtMs: version.submittedAtMs,
    airedByName: version.airedByName,
    dueAtMs: version.reviewDueAtMs,
    requestId: item.requestId,
    thirdParty,
    reviewer: reviewed ? personOf(version.reviewerId, version.reviewerName) : null,
    audioState: version.audioState,
    audioDurationMs: version.audioDurationMs,
    textSha256: version.textSha256,
    audioSha256: version.audioSha256,
    contentSha256: contentSha256Of(version.content),
    mustBeHeard: mustBeHeard(version),
    onBehalfOf,
  };
}

const personOf = (id: string | null, name: string | null): Person | null =>
  id === null ? null : { id, name: name ?? '' };
