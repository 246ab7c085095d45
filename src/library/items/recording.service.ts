import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import type { WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import type { Status } from '../engine/approval.js';
import { hasAudio } from '../engine/kinds.js';
import { cleanLine } from '../engine/script-text.js';
import { libraryProblem } from '../problems.js';
import { type AudioState, Item, type ItemVersion } from './item.entity.js';
import { seenItem, versionOf } from './item.queries.js';
import { contentOf, ItemVersions } from './item.versions.js';

/** A text that a person may read aloud, as its newest version stands. */
export interface ReadableScript {
  readonly itemId: string;
  readonly areaPath: string;
  readonly title: string;
  /** BCP 47. */
  readonly language: string;
  readonly version: number;
  readonly status: Status;
  readonly text: string;
  readonly uploadSha256: string | null;
  readonly audioState: AudioState;
  readonly audioProblem: string | null;
  readonly audioDurationMs: number | null;
}

/** Texts that somebody outside reads aloud. For the room that asks them; it keeps who may. */
@Injectable()
export class RecordingService {
  constructor(
    private readonly versions: ItemVersions,
    private readonly audit: Audit,
  ) {}

  /** The text, for whoever may ask a person to read it. @throws library.itemUnknown, library.kindWrong */
  async askable(reader: EntityManager, actor: Actor, itemId: string): Promise<ReadableScript> {
    const item = await seenItem(reader, actor, itemId);
    actor.demand('library.write', item.areaPath);
    const script = readableOf(item, await versionOf(reader, itemId, item.currentVersion));
    if (!script) throw libraryProblem('library.kindWrong');
    return script;
  }

  /** The text as it is now; rights are the caller's to check. @returns null when there is none any more */
  async asItIs(reader: EntityManager, itemId: string): Promise<ReadableScript | null> {
    const item = await reader.findOneBy(Item, { id: itemId });
    return item && readableOf(item, await versionOf(reader, itemId, item.currentVersion));
  }

  /** The next version, with a person's voice. Its author is the actor, who answers for what was recorded. @returns its number */
  async addTake(
    tx: WriteTransaction,
    actor: Actor,
    itemId: string,
    take: { readonly uploadSha256: string; readonly speakerName: string; readonly linkId: string },
  ): Promise<ItemVersion> {
    const item = await seenItem(tx.manager, actor, itemId);
    actor.demand('library.write', item.areaPath);
    const current = await versionOf(tx.manager, itemId, item.currentVersion);
    const { uploadSha256 } = take;
    const speakerName = cleanLine(take.speakerName);
    const made = await this.versions.add(tx, actor, item, { ...contentOf(current), uploadSha256, speakerName });
    await this.audit.add(tx, actor, {
      action: 'library.recordedByLink',
      subject: itemId,
      areaPath: item.areaPath,
      detail: { version: made.n, uploadSha256, speakerName, linkId: take.linkId },
    });
    return made;
  }
}

function readableOf(item: Item, version: ItemVersion): ReadableScript | null {
  if (!hasAudio(item.kind) || version.text === null) return null;
  return {
    itemId: item.id,
    areaPath: item.areaPath,
    title: item.title,
    language: item.language,
    version: version.n,
    status: version.status,
    text: version.text,
    uploadSha256: version.uploadSha256,
    audioState: version.audioState,
    audioProblem: version.audioProblem,
    audioDurationMs: version.audioDurationMs,
  };
}
