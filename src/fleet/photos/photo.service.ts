import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor, IncomingBody } from '../../platform/http/index.js';
import type { KeptPicture } from '../../platform/pictures/index.js';
import { ContentStore } from '../../platform/storage/index.js';
import { Cluster } from '../fleet.entity.js';
import { fleetProblem } from '../problems.js';
import { Upkeep } from '../upkeep/upkeep.entity.js';
import type { PhotoView } from './photo.api.js';
import { FleetPhoto, type PhotoSubject } from './photo.entity.js';
import { pictureOf } from './picture-body.js';
import { photoProblem } from './problems.js';

const MOST_PHOTOS = 20;
const LONGEST_CAPTION = 200;

/** Photographs of places and of work done there. */
@Injectable()
export class PhotoService {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** @param caption percent-encoded UTF-8, as a header carries it */
  async upload(
    actor: Actor,
    subject: PhotoSubject,
    subjectId: string,
    upload: IncomingBody,
    caption = '',
  ): Promise<PhotoView> {
    const words = decoded(caption);
    const demand = async (reader: EntityManager) => {
      const cluster = await clusterOf(reader, actor, 'fleet.manage', subject, subjectId);
      if ((await reader.countBy(FleetPhoto, { subject, subjectId })) >= MOST_PHOTOS)
        throw photoProblem('photo.tooMany', { most: MOST_PHOTOS });
      return cluster;
    };
    // Before the first byte is read, and again when it is written.
    await this.database.read(demand);
    const kept = await pictureOf(this.store, upload);
    return this.database.write(async (tx) => {
      const cluster = await demand(tx.manager);
      const photo = await this.add(tx, actor, { subject, subjectId, clusterId: cluster.id, caption: words }, kept);
      const detail = { sha256: kept.sha256, subject, subjectId };
      const { areaPath } = cluster;
      await this.audit.add(tx, actor, { action: 'photo.added', subject: photo.id, areaPath, detail });
      return viewOf(photo);
    });
  }

  /** Of a picture that is stored and clean already. */
  async add(
    tx: WriteTransaction,
    { name }: Pick<Actor, 'name'>,
    of: Pick<FleetPhoto, 'subject' | 'subjectId' | 'clusterId' | 'caption'>,
    {
      sha256,
      type,
      bytes,
      width,
      height,
    }: Pick<KeptPicture, 'sha256' | 'bytes' | 'width' | 'height'> & { type: string },
  ): Promise<FleetPhoto> {
    const shown = { sha256, type, bytes, width, height };
    const photo = { ...of, ...shown, id: newId(), addedByName: name, addedAtMs: this.clock.nowMs() };
    await tx.manager.insert(FleetPhoto, photo);
    return photo;
  }

  async list(actor: Actor, subject: PhotoSubject, subjectId: string): Promise<PhotoView[]> {
    return this.database.read(async (reader) => {
      await clusterOf(reader, actor, 'fleet.read', subject, subjectId);
      const photos = await reader.find(FleetPhoto, { where: { subject, subjectId }, order: { id: 'ASC' } });
      return photos.map(viewOf);
    });
  }

  /** Where its file is. */
  async file(actor: Actor, id: string): Promise<{ path: string; sha256: string; type: string }> {
    const { photo } = await this.database.read((reader) => seenPhoto(reader, actor, 'fleet.read', id));
    if (!(await this.store.has(photo.sha256))) throw photoProblem('photo.unknown');
    return { path: this.store.path(photo.sha256), sha256: photo.sha256, type: photo.type };
  }

  async delete(actor: Actor, id: string): Promise<void> {
    await this.database.write(async (tx) => {
      const { photo, cluster } = await seenPhoto(tx.manager, actor, 'fleet.manage', id);
      await tx.manager.delete(FleetPhoto, { id });
      const detail = { sha256: photo.sha256, subject: photo.subject, subjectId: photo.subjectId };
      const { areaPath } = cluster;
      await this.audit.add(tx, actor, { action: 'photo.deleted', subject: id, areaPath, detail });
    });
  }
}

async function seenPhoto(reader: EntityManager, actor: Actor, action: string, id: string) {
  const photo = await reader.findOneBy(FleetPhoto, { id });
  const cluster = photo && (await reader.findOneBy(Cluster, { id: photo.clusterId }));
  if (!photo || !cluster || !actor.may(action, cluster.areaPath)) throw photoProblem('photo.unknown');
  return { photo, cluster };
}

async function clusterOf(
  reader: EntityManager,
  actor: Actor,
  action: string,
  subject: PhotoSubject,
  subjectId: string,
): Promise<Cluster> {
  const clusterId =
    subject === 'cluster' ? subjectId : ((await reader.findOneBy(Upkeep, { id: subjectId }))?.clusterId ?? '');
  const cluster = await reader.findOneBy(Cluster, { id: clusterId });
  if (!cluster || !actor.may(action, cluster.areaPath)) throw fleetProblem('cluster.unknown');
  return cluster;
}

function decoded(caption: string): string {
  try {
    const words = decodeURIComponent(caption)
      .replace(/\p{Cc}+/gu, ' ')
      .normalize('NFC')
      .trim();
    if ([...words].length <= LONGEST_CAPTION) return words;
  } catch {
    // Not percent-encoded UTF-8.
  }
  throw photoProblem('photo.captionWrong');
}

function viewOf({ id, clusterId, type, bytes, width, height, caption, addedByName, addedAtMs }: FleetPhoto): PhotoView {
  return { id, clusterId, type, bytes, width, height, caption, addedByName, addedAtMs };
}
