import { Injectable } from '@nestjs/common';
import { Audit } from '../../accounts/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor, IncomingBody } from '../../platform/http/index.js';
import { BrokenBody, type ByteStream, ContentStore, limitedBody } from '../../platform/storage/index.js';
import { hasAudio } from '../engine/kinds.js';
import { libraryProblem } from '../problems.js';
import type { ItemView } from './item.api.js';
import { ItemVersion } from './item.entity.js';
import { itemView, seenItem, versionOf } from './item.queries.js';
import { contentOf, ItemVersions } from './item.versions.js';

export const MOST_UPLOADED_MB = 100;
const MOST_UPLOADED_BYTES = MOST_UPLOADED_MB * 1_000_000;
/** Systems call the sound of a telephone or a browser `video/mp4` and `video/webm` as well, by the ending of its name. */
const TYPES = /^audio\/[\w.+-]+$|^video\/(mp4|webm)$|^application\/octet-stream$/i;

@Injectable()
export class UploadService {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly versions: ItemVersions,
    private readonly audit: Audit,
  ) {}

  /**
   * Takes a recording. Nothing is recorded of an upload that breaks off, is too large or is not allowed.
   * @param speakerName who read it aloud; null: not said
   */
  async upload(actor: Actor, id: string, upload: IncomingBody, speakerName: string | null = null): Promise<ItemView> {
    // Before the first byte is taken.
    await this.database.read(async (reader) => {
      const { areaPath, kind } = await seenItem(reader, actor, id);
      actor.demand('library.write', areaPath);
      if (!hasAudio(kind)) throw libraryProblem('library.kindWrong');
    });
    if (!TYPES.test(upload.type)) throw libraryProblem('library.uploadType');
    if (upload.bytes !== null && upload.bytes > MOST_UPLOADED_BYTES) throw tooLarge();
    const { sha256, bytes } = await this.#keep(upload.body);
    if (bytes === 0) throw libraryProblem('library.uploadEmpty');
    return this.#record(actor, id, sha256, speakerName);
  }

  async #keep(body: ByteStream) {
    try {
      return await this.store.put(limitedBody(body, MOST_UPLOADED_BYTES, tooLarge));
    } catch (error) {
      throw error instanceof BrokenBody ? libraryProblem('library.uploadBroken') : error;
    }
  }

  /**
   * A draft without sound takes its author's recording; any other version is left as it is and followed by a new one. So
   * whoever uploads is the author of what is then approved, and cannot be its approver, and what was heard stays.
   */
  #record(actor: Actor, id: string, uploadSha256: string, speakerName: string | null): Promise<ItemView> {
    return this.database.write(async (tx) => {
      const item = await seenItem(tx.manager, actor, id);
      actor.demand('library.write', item.areaPath);
      const current = await versionOf(tx.manager, id, item.currentVersion);
      const same = current.uploadSha256 === uploadSha256 && current.audioState === 'ready';
      const empty = current.audioState !== 'ready' || same;
      const own = current.status === 'draft' && current.authorId === actor.accountId && empty;
      if (own) {
        await tx.manager.update(ItemVersion, { itemId: id, n: current.n }, { speakerName });
        if (!same) await this.versions.startRendering(tx, item, { ...current, uploadSha256 });
      } else await this.versions.add(tx, actor, item, { ...contentOf(current), uploadSha256, speakerName });
      const detail = { version: own ? current.n : current.n + 1, uploadSha256, speakerName };
      await this.audit.add(tx, actor, {
        action: 'library.audioUploaded',
        subject: id,
        areaPath: item.areaPath,
        detail,
      });
      return itemView(tx.manager, item);
    });
  }
}

const tooLarge = () => libraryProblem('library.uploadTooLarge', { most: MOST_UPLOADED_MB });
