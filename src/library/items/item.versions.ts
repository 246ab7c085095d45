import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { MediaProblemCode } from '../../../media/index.js';
import { Audit } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import type { WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { fold } from '../../platform/i18n/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { ApprovalNotices } from '../approval/approval.notices.js';
import { MediaTools } from '../audio/media.tools.js';
import { FIRST_STATUS, type Status } from '../engine/approval.js';
import { contentBeside, hasAudio, type ItemContent, isSpoken } from '../engine/kinds.js';
import type { SpeechChoice } from '../engine/speech-choice.js';
import { LibraryIndex } from '../search/library.index.js';
import { Item, ItemVersion, type Metadata } from './item.entity.js';

export const RENDER_JOB = 'library.render';

/** What one version says. */
export interface Content {
  /** As `cleanText` made it. */
  readonly text: string | null;
  readonly content: ItemContent | null;
  readonly speech: SpeechChoice | null;
  readonly uploadSha256: string | null;
  /** Who read it aloud, where a person did. */
  readonly speakerName: string | null;
}

/** Where a version does not come from the one who makes it: an approver corrects an author's words. */
export interface Origin {
  readonly author: { readonly id: string; readonly name: string };
  readonly correctedBy: { readonly id: string; readonly name: string } | null;
  readonly status: Status;
}

type AudioFields = Pick<
  ItemVersion,
  | 'audioState'
  | 'audioProblem'
  | 'audioSha256'
  | 'audioBytes'
  | 'audioType'
  | 'audioDurationMs'
  | 'loudness'
  | 'mp3Sha256'
  | 'mp3Bytes'
  | 'sound'
  | 'peaks'
  | 'spoken'
>;
export const NO_AUDIO = {
  audioState: 'none',
  audioProblem: null,
  audioSha256: null,
  audioBytes: null,
  audioType: null,
  audioDurationMs: null,
  loudness: null,
  mp3Sha256: null,
  mp3Bytes: null,
  sound: null,
  peaks: null,
  spoken: null,
} as const satisfies AudioFields;

export const NOT_YET_DECIDED = {
  submittedById: null,
  submittedByName: null,
  submittedAtMs: null,
  checklist: null,
  reviewerId: null,
  reviewerName: null,
  reviewedAudioSha256: null,
  expiresAtMs: null,
} as const;

/** Makes versions. All inside the caller's transaction. */
@Injectable()
export class ItemVersions {
  constructor(
    private readonly jobs: Jobs,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly media: MediaTools,
    private readonly notices: ApprovalNotices,
    private readonly index: LibraryIndex,
  ) {}

  /**
   * The next version becomes the current one: a draft, whatever the one before was (invariant 7), unless `origin` says
   * otherwise. `item` with the metadata that the new version is to have. Sound that the change does not touch is kept.
   */
  async add(
    tx: WriteTransaction,
    actor: Actor,
    item: Item,
    content: Content,
    origin: Origin = ownDraft(actor),
  ): Promise<ItemVersion> {
    const n = item.currentVersion + 1;
    const next: Item = { ...item, ...metadataOf(item), titleFolded: fold(item.title), currentVersion: n };
    // First, so that of two who edit at once the second waits here and then starts again, instead of failing on the key.
    await tx.manager.save(Item, next);
    const before = await tx.manager.findOneByOrFail(ItemVersion, { itemId: item.id, n: item.currentVersion });
    await this.#takeBackPending(tx, actor, item);
    // Its author does what was asked for when it was sent back.
    if (before.status === 'returned') await this.notices.settle(tx, item.id, before.n);
    const made = { ...content, content: contentBeside(content, before) };
    return this.#insert(tx, next, made, origin, sameSound(before, content) ? audioOf(before) : null);
  }

  /** The version whose number the item names already. */
  async addFirst(tx: WriteTransaction, actor: Actor, item: Item, content: Content): Promise<ItemVersion> {
    return this.#insert(tx, item, content, ownDraft(actor), null);
  }

  /**
   * All versions of an item that was made elsewhere and is new here, the oldest first. Sound that came along is kept; the
   * newest version gets its own if none did.
   */
  async restore(tx: WriteTransaction, item: Item, versions: readonly ItemVersion[]): Promise<void> {
    for (const version of versions) await tx.manager.save(ItemVersion, version);
    await this.index.update(tx, item.id);
    const newest = versions.at(-1);
    if (newest && newest.audioState !== 'ready') await this.startRendering(tx, item, newest);
  }

  /** Sees to it that the audio is made from what the version says, if there is a way. */
  async startRendering(
    tx: WriteTransaction,
    item: Pick<Item, 'kind' | 'language' | 'areaPath' | 'title'>,
    version: Pick<ItemVersion, 'itemId' | 'n' | 'text' | 'uploadSha256' | 'authorId'>,
  ): Promise<void> {
    const { itemId, n, text, uploadSha256 } = version;
    if (!hasAudio(item.kind)) return;
    const spoken = uploadSha256 === null && isSpoken(item.kind) && text !== null;
    const audio = { ...NO_AUDIO, uploadSha256 };
    if (spoken && !this.media.speaks(item.language)) {
      const audioProblem: MediaProblemCode = 'speech.languageUnsupported';
      await tx.manager.save(ItemVersion, { itemId, n, ...audio, audioProblem });
    } else if (spoken || uploadSha256 !== null) {
      await tx.manager.save(ItemVersion, { itemId, n, ...audio, audioState: 'rendering' });
      // No unique key: a job that has just failed, but has not ended yet, would swallow the next attempt. A second job
      // for the same audio finds nothing to do.
      await this.jobs.enqueue(tx, {
        kind: RENDER_JOB,
        payload: { itemId, version: n, uploadSha256 },
        ownerId: version.authorId,
        areaPath: item.areaPath,
        title: item.title,
      });
    }
  }

  async #insert(
    tx: WriteTransaction,
    item: Item,
    content: Content,
    origin: Origin,
    audio: AudioFields | null,
  ): Promise<ItemVersion> {
    const version: ItemVersion = {
      ...content,
      ...(audio ?? NO_AUDIO),
      itemId: item.id,
      n: item.currentVersion,
      textSha256: content.text === null ? null : sha256Of(content.text),
      metadata: metadataOf(item),
      authorId: origin.author.id,
      authorName: origin.author.name,
      correctedById: origin.correctedBy?.id ?? null,
      correctedByName: origin.correctedBy?.name ?? null,
      createdAtMs: this.clock.nowMs(),
      status: origin.status,
      statusReason: null,
      ...NOT_YET_DECIDED,
      approverId: null,
      approverName: null,
      onBehalfOf: null,
      decidedAtMs: null,
      airedByName: null,
      reviewDueAtMs: null,
    };
    await tx.manager.save(ItemVersion, version);
    await this.index.update(tx, item.id);
    if (audio === null) await this.startRendering(tx, item, version);
    return version;
  }

  /** An approver must not go on reading what its author has replaced. */
  async #takeBackPending(tx: WriteTransaction, actor: Actor, item: Item): Promise<void> {
    const replaced = { itemId: item.id, n: item.currentVersion, status: 'pending' } as const;
    const { affected } = await tx.manager.update(ItemVersion, replaced, { status: 'withdrawn' });
    if (!affected) return;
    await this.notices.settle(tx, item.id, item.currentVersion);
    const detail = { version: item.currentVersion, replacedBy: item.currentVersion + 1 };
    await this.audit.add(tx, actor, { action: 'library.withdrawn', subject: item.id, areaPath: item.areaPath, detail });
  }
}

/** The content of a version, to be changed in part. */
export const contentOf = ({ text, content, speech, uploadSha256, speakerName }: ItemVersion): Content => ({
  text,
  content,
  speech,
  uploadSha256,
  speakerName,
});

export const metadataOf = (from: Metadata): Metadata => ({
  title: from.title,
  topic: from.topic,
  field: from.field,
  audience: from.audience,
  form: from.form,
  programme: from.programme,
  sourceOffice: from.sourceOffice,
  sponsor: from.sponsor,
  byline: from.byline,
  validFrom: from.validFrom,
  validTo: from.validTo,
  thirdParty: from.thirdParty,
});

/** Of the UTF-8 bytes. @param text as `cleanText` made it, so that NFC and NFD give one hash (case 21) */
export const sha256Of = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Of what a kind needs beside text and sound; approving freezes it too. Keys stand in the order of their writing. */
export const contentSha256Of = (content: ItemContent | null): string | null =>
  content === null ? null : sha256Of(JSON.stringify(content));

const ownDraft = ({ accountId: id, name }: Actor): Origin => ({
  author: { id, name },
  correctedBy: null,
  status: FIRST_STATUS,
});

function audioOf(version: ItemVersion): AudioFields {
  const fields = Object.keys(NO_AUDIO) as (keyof AudioFields)[];
  return Object.fromEntries(fields.map((field) => [field, version[field]])) as unknown as AudioFields;
}

/** Whether the ready sound of `before` is also that of the new content: only the metadata, say, has changed. */
function sameSound(before: ItemVersion, content: Content): boolean {
  if (before.audioState !== 'ready' || before.uploadSha256 !== content.uploadSha256) return false;
  // A recording sounds the same whatever its transcript says.
  if (content.uploadSha256 !== null) return true;
  return (
    before.textSha256 === (content.text === null ? null : sha256Of(content.text)) &&
    JSON.stringify(before.speech) === JSON.stringify(content.speech)
  );
}
