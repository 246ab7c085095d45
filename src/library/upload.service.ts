import { Injectable } from '@nestjs/common';
import { Audit } from '../accounts/index.js';
import { Database } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import { Problem } from '../platform/i18n/index.js';
import { type ByteStream, ContentStore } from '../platform/storage/index.js';
import type { ItemView } from './item.api.js';
import { seenItem, versionOf, versionsOf } from './item.queries.js';
import { ItemVersions } from './item.versions.js';
import { viewOf } from './item.views.js';
import { libraryProblem } from './problems.js';

export const MOST_UPLOADED_MB = 100;
const MOST_UPLOADED_BYTES = MOST_UPLOADED_MB * 1_000_000;

export interface Upload {
  /** Content type without parameters, as the sender states it; what the file really is, is found out later. */
  readonly type: string;
  /** As announced; null: not. */
  readonly bytes: number | null;
  readonly body: ByteStream;
}

@Injectable()
export class UploadService {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly versions: ItemVersions,
    private readonly audit: Audit,
  ) {}

  /** Takes a recording. Nothing is recorded of an upload that breaks off, is too large or is not allowed. */
  async upload(actor: Actor, id: string, upload: Upload): Promise<ItemView> {
    // Before the first byte is taken.
    await this.database.read(async (reader) =>
      actor.demand('library.write', (await seenItem(reader, actor, id)).areaPath),
    );
    if (!/^audio\/[\w.+-]+$|^application\/octet-stream$/i.test(upload.type)) throw libraryProblem('library.uploadType');
    if (upload.bytes !== null && upload.bytes > MOST_UPLOADED_BYTES) throw tooLarge();
    const { sha256, bytes } = await this.#keep(upload.body);
    if (bytes === 0) throw libraryProblem('library.uploadEmpty');
    return this.#record(actor, id, sha256);
  }

  async #keep(body: ByteStream) {
    const sender: { failed: boolean } = { failed: false };
    try {
      return await this.store.put(limited(body, sender));
    } catch (error) {
      if (sender.failed && !(error instanceof Problem)) throw libraryProblem('library.uploadBroken');
      throw error;
    }
  }

  /**
   * A draft takes its author's recording; any other version is left as it is and followed by a new one. So whoever
   * uploads is the author of what is then approved, and cannot be its approver.
   */
  #record(actor: Actor, id: string, uploadSha256: string): Promise<ItemView> {
    return this.database.write(async (tx) => {
      const item = await seenItem(tx.manager, actor, id);
      actor.demand('library.write', item.areaPath);
      const current = await versionOf(tx.manager, id, item.currentVersion);
      const own = current.status === 'draft' && current.authorId === actor.accountId;
      const same = current.uploadSha256 === uploadSha256 && current.audioState === 'ready';
      if (!own) await this.versions.add(tx, actor, item, { text: current.text, uploadSha256 });
      else if (!same) await this.versions.startRendering(tx, item, { ...current, uploadSha256 });
      const detail = { version: own ? current.n : current.n + 1, uploadSha256 };
      await this.audit.add(tx, actor, {
        action: 'library.audioUploaded',
        subject: id,
        areaPath: item.areaPath,
        detail,
      });
      return viewOf(await seenItem(tx.manager, actor, id), await versionsOf(tx.manager, id));
    });
  }
}

const tooLarge = () => libraryProblem('library.uploadTooLarge', { most: MOST_UPLOADED_MB });

/** The body, piece by piece, never as a whole. @param sender told if it is the body that fails, not the store */
async function* limited(body: ByteStream, sender: { failed: boolean }): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  const pieces = body[Symbol.asyncIterator]();
  const next = async () => {
    try {
      return await pieces.next();
    } catch (error) {
      sender.failed = true;
      throw error;
    }
  };
  for (let piece = await next(); !piece.done; piece = await next()) {
    bytes += piece.value.byteLength;
    // The rest is left unread, so that the refusal can still be sent.
    if (bytes > MOST_UPLOADED_BYTES) throw tooLarge();
    yield piece.value;
  }
}
