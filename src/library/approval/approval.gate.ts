import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../../platform/http/index.js';
import { MediaTools } from '../audio/media.tools.js';
import {
  type Checklist,
  type Contents,
  checklistHolds,
  lackOf,
  languageOf,
  mustBeHeard,
  mustBeReviewed,
} from '../engine/approval-needs.js';
import type { ItemKind } from '../engine/kinds.js';
import type { Item, ItemVersion } from '../items/item.entity.js';
import { libraryProblem } from '../problems.js';
import { ItemHeard } from './approval.entity.js';
import { approvalProblem } from './approval.problems.js';
import { reviewersAt } from './reviewer.queries.js';

/** What must be true of a version, beside who asks, before it is approved. */
@Injectable()
export class ApprovalGate {
  constructor(private readonly media: MediaTools) {}

  /** @throws the first problem that stands in the way */
  async demandApprovable(
    reader: EntityManager,
    actor: Actor,
    item: Item,
    version: ItemVersion,
    checklist: Checklist | null,
  ): Promise<void> {
    demandReady(item.kind, version);
    await this.#demandReviewed(reader, item, version);
    if (mustBeHeard(version)) await demandHeard(reader, actor, version);
    const { thirdParty } = version.metadata ?? item;
    if (!checklistHolds(thirdParty, checklist)) throw approvalProblem('library.checklistMissing');
  }

  async #demandReviewed(reader: EntityManager, item: Item, version: ItemVersion): Promise<void> {
    if (!mustBeReviewed(version, this.media.speaks(item.language))) return;
    if (version.reviewerId !== null && version.reviewedAudioSha256 === version.audioSha256) return;
    const reviewers = await reviewersAt(reader, item.areaPath, item.language);
    const code = reviewers.length === 0 ? 'library.reviewerNone' : 'library.reviewMissing';
    throw approvalProblem(code, { language: languageOf(item.language) });
  }
}

/** @throws the problem that says what the kind still lacks */
export function demandReady(kind: ItemKind, version: Contents): void {
  switch (lackOf(kind, version)) {
    case 'audio':
      throw libraryProblem('library.audioNotReady');
    case 'stream':
      throw approvalProblem('library.streamMissing');
    case 'file':
      throw approvalProblem('library.fileMissing');
    case 'text':
      throw approvalProblem('library.textMissing');
    case null:
  }
}

async function demandHeard(reader: EntityManager, actor: Actor, version: ItemVersion): Promise<void> {
  const { itemId, n, audioSha256 } = version;
  if (audioSha256 === null) return;
  const heard = await reader.existsBy(ItemHeard, { itemId, n, accountId: actor.accountId, audioSha256 });
  if (!heard) throw approvalProblem('library.notHeard');
}

/** @throws library.audioNotReady, library.changedMeanwhile */
export function demandThisAudio(version: ItemVersion, audioSha256: string): void {
  if (version.audioState !== 'ready') throw libraryProblem('library.audioNotReady');
  if (version.audioSha256 !== audioSha256) throw libraryProblem('library.changedMeanwhile');
}
