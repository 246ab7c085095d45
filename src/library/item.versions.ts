import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { MediaProblemCode } from '../../media/index.js';
import { Audit } from '../accounts/index.js';
import { Clock } from '../platform/clock/index.js';
import type { WriteTransaction } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import { Jobs } from '../platform/jobs/index.js';
import { FIRST_STATUS } from './engine/approval.js';
import { Item, ItemVersion } from './item.entity.js';
import { MediaTools } from './media.tools.js';

export const RENDER_JOB = 'library.render';

/** What one version says. */
export interface Content {
  /** As `cleanText` made it. */
  readonly text: string | null;
  readonly uploadSha256: string | null;
}

type AudioFields = Pick<
  ItemVersion,
  'audioState' | 'audioProblem' | 'audioSha256' | 'audioBytes' | 'audioType' | 'audioDurationMs' | 'loudness'
>;
export const NO_AUDIO = {
  audioState: 'none',
  audioProblem: null,
  audioSha256: null,
  audioBytes: null,
  audioType: null,
  audioDurationMs: null,
  loudness: null,
} as const satisfies AudioFields;

/** Makes versions. All inside the caller's transaction. */
@Injectable()
export class ItemVersions {
  constructor(
    private readonly jobs: Jobs,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly media: MediaTools,
  ) {}

  /** The next version becomes the current one: a draft, whatever the one before was (invariant 7). */
  async add(tx: WriteTransaction, actor: Actor, item: Item, content: Content): Promise<void> {
    const n = item.currentVersion + 1;
    // First, so that of two who edit at once the second waits here and then starts again, instead of failing on the key.
    await tx.manager.update(Item, { id: item.id }, { currentVersion: n });
    await this.#takeBackPending(tx, actor, item);
    await this.addFirst(tx, actor, { ...item, currentVersion: n }, content);
  }

  /** The version whose number the item names already. */
  async addFirst(tx: WriteTransaction, actor: Actor, item: Item, content: Content): Promise<void> {
    const version: ItemVersion = {
      ...content,
      ...NO_AUDIO,
      itemId: item.id,
      n: item.currentVersion,
      textSha256: content.text === null ? null : sha256Of(content.text),
      authorId: actor.accountId,
      authorName: actor.name,
      createdAtMs: this.clock.nowMs(),
      status: FIRST_STATUS,
      statusReason: null,
      approverId: null,
      approverName: null,
      decidedAtMs: null,
    };
    await tx.manager.insert(ItemVersion, version);
    await this.startRendering(tx, item, version);
  }

  /** Sees to it that the audio is made from what the version says, if there is a way. */
  async startRendering(
    tx: WriteTransaction,
    item: Item,
    version: Pick<ItemVersion, 'itemId' | 'n' | 'text' | 'uploadSha256'>,
  ): Promise<void> {
    const { itemId, n, text, uploadSha256 } = version;
    const spoken = uploadSha256 === null && item.kind === 'script' && text !== null;
    const audio = { ...NO_AUDIO, uploadSha256 };
    if (spoken && !this.media.speaks(item.language)) {
      await tx.manager.update(
        ItemVersion,
        { itemId, n },
        { ...audio, audioProblem: 'speech.languageUnsupported' satisfies MediaProblemCode },
      );
    } else if (spoken || uploadSha256 !== null) {
      await tx.manager.update(ItemVersion, { itemId, n }, { ...audio, audioState: 'rendering' });
      // No unique key: a job that has just failed, but has not ended yet, would swallow the next attempt. A second job
      // for the same audio finds nothing to do.
      await this.jobs.enqueue(tx, { kind: RENDER_JOB, payload: { itemId, version: n, uploadSha256 } });
    }
  }

  /** An approver must not go on reading what its author has replaced. */
  async #takeBackPending(tx: WriteTransaction, actor: Actor, item: Item): Promise<void> {
    const replaced = { itemId: item.id, n: item.currentVersion, status: 'pending' } as const;
    const { affected } = await tx.manager.update(ItemVersion, replaced, { status: 'withdrawn' });
    if (!affected) return;
    const detail = { version: item.currentVersion, replacedBy: item.currentVersion + 1 };
    await this.audit.add(tx, actor, { action: 'library.withdrawn', subject: item.id, areaPath: item.areaPath, detail });
  }
}

/** Of the UTF-8 bytes. @param text as `cleanText` made it, so that NFC and NFD give one hash (case 21) */
export const sha256Of = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
