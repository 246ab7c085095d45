import { Injectable } from '@nestjs/common';
import { Audit } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { authorsOf } from '../engine/approval-authors.js';
import { isCorrectable } from '../engine/approval-needs.js';
import type { ItemView } from '../items/item.api.js';
import { ItemVersion } from '../items/item.entity.js';
import { acceptedText } from '../items/item.input.js';
import { itemView, seenItem, versionOf, versionsOf } from '../items/item.queries.js';
import { contentOf, ItemVersions, sha256Of } from '../items/item.versions.js';
import { libraryProblem } from '../problems.js';
import type { Correction, Listening } from './approval.api.js';
import { ItemHeard } from './approval.entity.js';
import { demandThisAudio } from './approval.gate.js';
import { ApprovalNotices } from './approval.notices.js';
import { approvalProblem } from './approval.problems.js';
import { Decisions } from './decisions.js';
import { demandAllowed, demandRight, Standings } from './standing.js';

/** Sửa và duyệt: an approver corrects the author's words, hears them, and approves. */
@Injectable()
export class CorrectionService {
  constructor(
    private readonly database: Database,
    private readonly versions: ItemVersions,
    private readonly standings: Standings,
    private readonly decisions: Decisions,
    private readonly notices: ApprovalNotices,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** The corrected words are a new, pending version: its author stays the author, its audio is made anew. */
  async correct(actor: Actor, id: string, { text: raw, version: n, textSha256 }: Correction): Promise<ItemView> {
    const text = acceptedText(raw);
    return this.database.write(async (tx) => {
      const item = await seenItem(tx.manager, actor, id);
      const versions = await versionsOf(tx.manager, id);
      const version = await versionOf(tx.manager, id, n);
      const step = { from: version.status, action: 'correct', authors: authorsOf(version, versions) } as const;
      const judgement = await this.standings.judge(tx.manager, actor, item.areaPath, step);
      demandRight(judgement);
      if (n !== item.currentVersion || version.textSha256 !== textSha256)
        throw libraryProblem('library.changedMeanwhile');
      const { decision, onBehalfOf } = judgement;
      demandAllowed(decision);
      if (!isCorrectable(item.kind, version)) throw approvalProblem('library.correctionRecorded');
      if (sha256Of(text) === textSha256) throw approvalProblem('library.correctionSame');

      const taken = { actor, onBehalfOf, item, version, versions, action: 'correct', to: decision.to } as const;
      await this.decisions.record(tx, { ...taken, reason: null });
      const correctedBy = { id: actor.accountId, name: actor.name };
      const author = { id: version.authorId, name: version.authorName };
      const origin = { author, correctedBy, status: 'pending' } as const;
      const corrected = await this.versions.add(tx, actor, item, { ...contentOf(version), text }, origin);
      const { submittedById, submittedByName, submittedAtMs } = version;
      const submission = { submittedById, submittedByName, submittedAtMs };
      await tx.manager.update(ItemVersion, { itemId: id, n: corrected.n }, submission);
      const { title } = version.metadata ?? item;
      const authors = authorsOf(corrected, [...versions, corrected]);
      await this.notices.submitted(tx, item, corrected, title, authors);
      return itemView(tx.manager, item);
    });
  }

  /** The actor listened to this audio: without it nobody approves a corrected version. */
  async heard(actor: Actor, id: string, { version: n, audioSha256 }: Listening): Promise<ItemView> {
    return this.database.write(async (tx) => {
      const item = await seenItem(tx.manager, actor, id);
      demandThisAudio(await versionOf(tx.manager, id, n), audioSha256);
      const heard = { itemId: id, n, accountId: actor.accountId, audioSha256 };
      if (!(await tx.manager.existsBy(ItemHeard, heard))) {
        await tx.manager
          .createQueryBuilder()
          .insert()
          .into(ItemHeard)
          .values({ ...heard, atMs: this.clock.nowMs() })
          // Two devices of one person may say so at the same moment.
          .orIgnore()
          .execute();
        const { areaPath } = item;
        const detail = { version: n, audioSha256 };
        await this.audit.add(tx, actor, { action: 'library.heard', subject: id, areaPath, detail });
      }
      return itemView(tx.manager, item);
    });
  }
}
