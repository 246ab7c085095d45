import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { Audit } from '../../accounts/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor, IncomingBody } from '../../platform/http/index.js';
import { keepPicture } from '../../platform/pictures/index.js';
import { BrokenBody, ContentStore, limitedBody } from '../../platform/storage/index.js';
import { MediaTools } from '../audio/media.tools.js';
import { cleanFileName } from '../engine/file-name.js';
import type { VisualContent } from '../engine/kinds.js';
import { libraryProblem } from '../problems.js';
import type { ItemView } from './item.api.js';
import { type Item, ItemVersion } from './item.entity.js';
import { itemView, seenItem, seenVersion, versionOf } from './item.queries.js';
import { contentOf, ItemVersions } from './item.versions.js';
import { asProblem, visualUploadProblem } from './visual.problems.js';

export const MOST_PICTURE_MB = 10;
export const MOST_VIDEO_MB = 50;

/**
 * The files of pictures and videos for boards. They are looked at and written anew while the request waits: a picture takes
 * milliseconds, a video is packed and not coded again. What is kept is the clean file alone.
 */
@Injectable()
export class VisualService {
  /** Videos are packed one after the other, however many are sent: the machine also speaks and answers. */
  #packing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly media: MediaTools,
    private readonly versions: ItemVersions,
    private readonly audit: Audit,
  ) {}

  /** Nothing is recorded of a file that breaks off, is too large or is not what the item is for. */
  async upload(actor: Actor, id: string, upload: IncomingBody, fileName: string | null = null): Promise<ItemView> {
    const kind = await this.database.read(async (reader) => writableKind(actor, await seenItem(reader, actor, id)));
    if (!/^(image|video)\/[\w.+-]+$|^application\/octet-stream$/i.test(upload.type))
      throw visualUploadProblem('library.mediaType');
    const most = kind === 'picture' ? MOST_PICTURE_MB : MOST_VIDEO_MB;
    const tooLarge = () => visualUploadProblem('library.mediaTooLarge', { most });
    if (upload.bytes !== null && upload.bytes > most * 1_000_000) throw tooLarge();
    const body = limitedBody(upload.body, most * 1_000_000, tooLarge);
    try {
      const kept = kind === 'picture' ? await this.#picture(body) : await this.#video(body);
      const { sha256, type, bytes, width, height, durationMs } = kept;
      const shown = cleanFileName(fileName ?? '', type);
      // In the order of their writing everywhere: the hash that approval freezes is taken over it.
      const content = { kind, sha256, type, bytes, fileName: shown, width, height, durationMs };
      return await this.#record(actor, id, content);
    } catch (error) {
      throw error instanceof BrokenBody ? libraryProblem('library.uploadBroken') : asProblem(error);
    }
  }

  /** The file of a version, by default of the current one; a path below a folder, for the one who answers the request. */
  async file(actor: Actor, id: string, n: number | undefined) {
    const { content } = await this.database.read((reader) => seenVersion(reader, actor, id, n));
    if ((content?.kind !== 'picture' && content?.kind !== 'video') || !(await this.store.has(content.sha256)))
      throw visualUploadProblem('library.mediaMissing');
    const { sha256, type, fileName } = content;
    return { path: this.store.path(sha256), sha256, type, fileName };
  }

  async #picture(body: AsyncIterable<Uint8Array>) {
    const kept = await keepPicture(this.store, body);
    if (kept === null) throw libraryProblem('library.uploadEmpty');
    return { ...kept, durationMs: null };
  }

  async #video(body: AsyncIterable<Uint8Array>) {
    const folder = await mkdtemp(join(tmpdir(), 'vang-video-'));
    try {
      const input = join(folder, 'sent');
      const written = createWriteStream(input);
      await pipeline(body, written);
      if (written.bytesWritten === 0) throw libraryProblem('library.uploadEmpty');
      const { path, type, width, height, durationMs } = await this.#inTurn(() => this.media.video(input, folder));
      return { ...(await this.store.put(path)), type, width, height, durationMs };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#packing.then(work);
    // The next one starts whatever became of this one.
    this.#packing = turn.catch(() => undefined);
    return turn;
  }

  /** A draft without a file takes its author's; any other version is left as it is and followed by a new one. */
  #record(actor: Actor, id: string, content: VisualContent): Promise<ItemView> {
    return this.database.write(async (tx) => {
      const item = await seenItem(tx.manager, actor, id);
      writableKind(actor, item);
      const current = await versionOf(tx.manager, id, item.currentVersion);
      if (JSON.stringify(current.content) === JSON.stringify(content)) return itemView(tx.manager, item);
      const own = current.status === 'draft' && current.authorId === actor.accountId && current.content === null;
      if (own) await tx.manager.update(ItemVersion, { itemId: id, n: current.n }, { content });
      else await this.versions.add(tx, actor, item, { ...contentOf(current), content });
      const { sha256, fileName } = content;
      await this.audit.add(tx, actor, {
        action: 'library.mediaUploaded',
        subject: id,
        areaPath: item.areaPath,
        detail: { version: own ? current.n : current.n + 1, sha256, fileName },
      });
      return itemView(tx.manager, item);
    });
  }
}

function writableKind(actor: Actor, { kind, areaPath }: Item): VisualContent['kind'] {
  actor.demand('library.write', areaPath);
  if (kind !== 'picture' && kind !== 'video') throw libraryProblem('library.kindWrong');
  return kind;
}
