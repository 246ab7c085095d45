import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountService, Audit } from '../../accounts/index.js';
import { AreaService } from '../../areas/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { authorsOf } from '../engine/approval-authors.js';
import { languageOf } from '../engine/approval-needs.js';
import type { ItemView } from '../items/item.api.js';
import { ItemVersion } from '../items/item.entity.js';
import { itemView, seenItem, versionOf, versionsOf } from '../items/item.queries.js';
import { libraryProblem } from '../problems.js';
import type { Listening } from './approval.api.js';
import { LanguageReviewer } from './approval.entity.js';
import { demandThisAudio } from './approval.gate.js';
import { approvalProblem } from './approval.problems.js';
import { demandFit } from './emergency-policies.js';
import type { ReviewerChange, ReviewerLists } from './policy.api.js';
import { reviewersAt } from './reviewer.queries.js';

/** Recordings in a language that no voice speaks are heard by somebody who knows it, before anybody approves them. */
@Injectable()
export class ReviewService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly accounts: AccountService,
    private readonly audit: Audit,
  ) {}

  /** The reviewer found this audio right. A review counts for that audio only. */
  async review(actor: Actor, id: string, { version: n, audioSha256 }: Listening): Promise<ItemView> {
    return this.database.write(async (tx) => {
      const item = await seenItem(tx.manager, actor, id);
      const { areaPath, language } = item;
      const reviewers = await reviewersAt(tx.manager, areaPath, language);
      if (!reviewers.includes(actor.accountId))
        throw approvalProblem('library.reviewerNot', { language: languageOf(language) });
      const version = await versionOf(tx.manager, id, n);
      const authors = authorsOf(version, await versionsOf(tx.manager, id));
      if (authors.has(actor.accountId)) throw libraryProblem('library.ownWork');
      demandThisAudio(version, audioSha256);
      const review = { reviewerId: actor.accountId, reviewerName: actor.name, reviewedAudioSha256: audioSha256 };
      await tx.manager.update(ItemVersion, { itemId: id, n }, review);
      const detail = { version: n, language, audioSha256 };
      await this.audit.add(tx, actor, { action: 'library.reviewed', subject: id, areaPath, detail });
      return itemView(tx.manager, item);
    });
  }

  async lists(actor: Actor, areaId: string): Promise<ReviewerLists> {
    const area = await this.areas.get(actor, areaId);
    actor.demand('library.read', area.path);
    return this.database.read((reader) => this.#lists(reader, areaId));
  }

  async setList(actor: Actor, areaId: string, { language, accountIds }: ReviewerChange): Promise<ReviewerLists> {
    const area = await this.areas.get(actor, areaId);
    actor.demand('library.approve', area.path);
    const named = [...new Set(accountIds)].sort();
    return this.database.write(async (tx) => {
      for (const accountId of named) await demandFit(tx.manager, this.accounts, accountId, area.path);
      await tx.manager.delete(LanguageReviewer, { areaId, language });
      if (named.length > 0)
        await tx.manager
          .createQueryBuilder()
          .insert()
          .into(LanguageReviewer)
          .values(named.map((accountId) => ({ areaId, language, accountId })))
          // Somebody else may be naming the same person at this moment.
          .orIgnore()
          .execute();
      const detail = { language, accountIds: named };
      await this.audit.add(tx, actor, {
        action: 'languageReviewers.set',
        subject: areaId,
        areaPath: area.path,
        detail,
      });
      return this.#lists(tx.manager, areaId);
    });
  }

  async #lists(reader: EntityManager, areaId: string): Promise<ReviewerLists> {
    const all = await reader.find(LanguageReviewer, {
      where: { areaId },
      order: { language: 'ASC', accountId: 'ASC' },
    });
    const people = await this.accounts.reachable(
      reader,
      all.map(({ accountId }) => accountId),
    );
    const languages = [...new Set(all.map(({ language }) => language))];
    return languages.map((language) => ({
      language,
      reviewers: all
        .filter((reviewer) => reviewer.language === language)
        .flatMap(({ accountId }) => people.filter(({ id }) => id === accountId).map(({ id, name }) => ({ id, name }))),
    }));
  }
}
