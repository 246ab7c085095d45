import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { Area } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { fold } from '../../platform/i18n/index.js';
import { ContentStore } from '../../platform/storage/index.js';
import { FIRST_STATUS, ON_AIR, type Status } from '../engine/approval.js';
import { cleanText } from '../engine/script-text.js';
import { streamAddress } from '../engine/stream-address.js';
import { Item, ItemVersion } from '../items/item.entity.js';
import { acceptedMetadata } from '../items/item.input.js';
import { ItemVersions, metadataOf, NO_AUDIO, NOT_YET_DECIDED, sha256Of } from '../items/item.versions.js';
import { libraryProblem } from '../problems.js';
import { archiveProblem } from './archive.problems.js';
import { type ArchivedItem, type ArchivedVersion, archivedItem } from './archived-item.js';

export interface ArchiveFilter {
  /** Of the newest version. */
  readonly status: Status | null;
  /** Only what may go on air, up to the approved version; newer drafts stay at home. */
  readonly approvedOnly: boolean;
}

const AT_ONCE = 50;

/** Takes items out of the database with all they have, and makes them again in another one. Rights are the caller's to check. */
@Injectable()
export class LibraryArchive {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly versions: ItemVersions,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** What `items` will come to, more or less: others write meanwhile. */
  count(areaPath: string, filter: ArchiveFilter): Promise<number> {
    return this.database.read((reader) => this.#select(reader, areaPath, filter).getCount());
  }

  /** Of an area and all below it, the oldest first, some at a time. No snapshot: each item is as it is when its turn comes. */
  async *items(areaPath: string, filter: ArchiveFilter): AsyncGenerator<ArchivedItem> {
    for (let after = ''; ; ) {
      const page = await this.database.read(async (reader) => {
        const select = this.#select(reader, areaPath, filter).andWhere('item.id > :after', { after });
        const items = await select.orderBy('item.id').limit(AT_ONCE).getMany();
        const itemId = In(items.map(({ id }) => id));
        const versions = await reader.find(ItemVersion, { where: { itemId }, order: { itemId: 'ASC', n: 'ASC' } });
        const areas = await reader.findBy(Area, { id: In(items.map(({ areaId }) => areaId)) });
        return items.map((item) => ({
          item,
          area: areas.find(({ id }) => id === item.areaId),
          versions: versions.filter((each) => each.itemId === item.id && each.n <= item.currentVersion),
        }));
      });
      for (const { item, area, versions } of page) {
        const kept = filter.approvedOnly ? versions.filter(({ n }) => n <= (item.approvedVersion ?? 0)) : versions;
        if (kept.length > 0) yield await this.#withFiles(archivedItem.parse(archived(item, area, kept)));
      }
      const last = page.at(-1);
      if (!last) return;
      after = last.item.id;
    }
  }

  /**
   * Makes an item again, with all its versions. Nobody's approval elsewhere counts here: the newest version is a draft, and
   * whoever brings it in is its author, whose name stays the one from there. `files` are in the store already.
   * @param group of language versions that it belongs to; null: one of its own
   * @param has whether a file came along
   */
  async restore(
    tx: WriteTransaction,
    actor: Actor,
    area: Pick<Area, 'id' | 'path'>,
    from: ArchivedItem,
    { group, has }: { readonly group: string | null; readonly has: (sha256: string) => boolean },
  ): Promise<Item> {
    actor.demand('library.write', area.path);
    const newest = from.versions.at(-1);
    if (!newest || from.versions.some(({ n }, i) => n <= (from.versions[i - 1]?.n ?? 0)))
      throw archiveProblem('library.archiveWrong');
    const id = newId();
    const metadata = acceptedMetadata(newest.metadata);
    const nowMs = this.clock.nowMs();
    const item: Item = {
      ...metadata,
      id,
      groupId: (await this.#freeGroup(tx, group, area.id, from.language)) ?? id,
      areaId: area.id,
      areaPath: area.path,
      kind: from.kind,
      titleFolded: fold(metadata.title),
      language: from.language,
      planLineId: null,
      requestId: null,
      createdBy: actor.accountId,
      createdAtMs: Math.min(from.createdAtMs, nowMs),
      currentVersion: newest.n,
      approvedVersion: null,
    };
    await tx.manager.save(Item, item);
    const versions = from.versions.map((version) => restored(version, { item, actor, nowMs, newest: newest.n, has }));
    await this.versions.restore(tx, item, versions);
    await this.audit.add(tx, actor, {
      action: 'library.restored',
      subject: id,
      areaPath: area.path,
      detail: { title: item.title, from: from.id, versions: versions.length },
    });
    return item;
  }

  /** Where an item stands, and with which language versions; null: no such item here. */
  placeOf(reader: EntityManager, id: string): Promise<{ readonly areaId: string; readonly groupId: string } | null> {
    return reader.findOne(Item, { where: { id }, select: { id: true, areaId: true, groupId: true } });
  }

  #select(reader: EntityManager, areaPath: string, filter: ArchiveFilter) {
    const select = reader.createQueryBuilder(Item, 'item').where('item.areaPath LIKE :path', { path: `${areaPath}%` });
    if (filter.status !== null)
      select
        .innerJoin(ItemVersion, 'newest', 'newest.itemId = item.id AND newest.n = item.currentVersion')
        .andWhere('newest.status = :status', { status: filter.status });
    if (filter.approvedOnly)
      select
        .innerJoin(ItemVersion, 'aired', 'aired.itemId = item.id AND aired.n = item.approvedVersion')
        .andWhere('aired.status IN (:...onAir)', { onAir: ON_AIR });
    return select;
  }

  /** Names only files that are there: what is not could not be brought along. */
  async #withFiles(item: ArchivedItem): Promise<ArchivedItem> {
    const versions: ArchivedVersion[] = [];
    for (const version of item.versions) {
      const { upload, audio } = version;
      const mp3 = audio?.mp3 ? await this.store.stat(audio.mp3.sha256) : null;
      versions.push({
        ...version,
        upload: upload && (await this.store.stat(upload.sha256)),
        audio: audio && (await this.store.has(audio.sha256)) ? { ...audio, mp3 } : null,
      });
    }
    return { ...item, versions };
  }

  /** One version of a language in a group, and a group in one area. */
  async #freeGroup(tx: WriteTransaction, group: string | null, areaId: string, language: string) {
    if (group === null || !(await tx.manager.existsBy(Item, { groupId: group, areaId }))) return null;
    return (await tx.manager.existsBy(Item, { groupId: group, language })) ? null : group;
  }
}

function archived(item: Item, area: Area | undefined, versions: readonly ItemVersion[]): object {
  const { id, groupId, kind, language, planLineId, createdAtMs, approvedVersion } = item;
  return {
    id,
    groupId,
    areaCode: area?.code ?? '',
    areaName: area?.name ?? '',
    kind,
    language,
    planLineId,
    createdAtMs,
    approvedVersion,
    versions: versions.map((version) => archivedVersion(item, version)),
  };
}
function archivedVersion(item: Item, version: ItemVersion) {
  return {
    ...version,
    metadata: version.metadata ?? metadataOf(item),
    upload: version.uploadSha256 === null ? null : { sha256: version.uploadSha256, bytes: 0 },
    audio:
      version.audioState !== 'ready'
        ? null
        : {
            sha256: version.audioSha256,
            bytes: version.audioBytes,
            type: version.audioType,
            durationMs: version.audioDurationMs,
            mp3: version.mp3Sha256 === null ? null : { sha256: version.mp3Sha256, bytes: version.mp3Bytes },
            loudness: version.loudness,
            sound: version.sound,
            peaks: version.peaks,
            spoken: version.spoken,
          },
  };
}

interface Restoring {
  readonly item: Item;
  readonly actor: Actor;
  readonly nowMs: number;
  /** Number of the newest version. */
  readonly newest: number;
  readonly has: (sha256: string) => boolean;
}

/** @throws library.archiveWrong for what no library of ours writes */
function restored(version: ArchivedVersion, { item, actor, nowMs, newest, has }: Restoring): ItemVersion {
  const { n, text, content, speech, audio, upload } = version;
  if (text !== null && cleanText(text) !== text) throw archiveProblem('library.archiveWrong');
  if ((text === null ? null : sha256Of(text)) !== version.textSha256) throw archiveProblem('library.archiveWrong');
  if (content?.kind === 'relay' && streamAddress(content.streamUrl) !== content.streamUrl)
    throw libraryProblem('library.streamAddress');
  if (content !== null && content.kind !== item.kind) throw archiveProblem('library.archiveWrong');
  return {
    itemId: item.id,
    n,
    text,
    textSha256: version.textSha256,
    metadata: acceptedMetadata(version.metadata),
    content,
    speech,
    authorId: actor.accountId,
    authorName: version.authorName,
    correctedById: null,
    correctedByName: version.correctedByName,
    speakerName: version.speakerName,
    createdAtMs: Math.min(version.createdAtMs, nowMs),
    // Older ones are there to be read only.
    status: n === newest ? FIRST_STATUS : 'withdrawn',
    statusReason: null,
    ...NOT_YET_DECIDED,
    approverId: null,
    approverName: null,
    onBehalfOf: null,
    decidedAtMs: null,
    airedByName: null,
    reviewDueAtMs: null,
    uploadSha256: upload && has(upload.sha256) ? upload.sha256 : null,
    ...(audio && has(audio.sha256) ? readyAudio(audio, has) : NO_AUDIO),
  };
}

const readyAudio = (audio: NonNullable<ArchivedVersion['audio']>, has: Restoring['has']) => ({
  audioState: 'ready' as const,
  audioProblem: null,
  audioSha256: audio.sha256,
  audioBytes: audio.bytes,
  audioType: audio.type,
  audioDurationMs: audio.durationMs,
  loudness: audio.loudness,
  mp3Sha256: audio.mp3 && has(audio.mp3.sha256) ? audio.mp3.sha256 : null,
  mp3Bytes: audio.mp3 && has(audio.mp3.sha256) ? audio.mp3.bytes : null,
  sound: audio.sound as ItemVersion['sound'],
  peaks: audio.peaks,
  spoken: audio.spoken,
});
