import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId } from '../../platform/database/index.js';
import type { Actor, IncomingBody } from '../../platform/http/index.js';
import { BrokenBody, ContentStore, limitedBody, type StoredContent } from '../../platform/storage/index.js';
import { AssetService } from '../asset.service.js';
import { updateProblem } from './problems.js';
import type { NewRelease, ReleaseView } from './update.api.js';
import { Release } from './update.entity.js';

/** A bundle goes over the SIM cards of a whole province. */
const MOST_MB = 64;
const MOST_LISTED = 200;

/** Programs that devices can run. They concern every area, so adding one needs the right to the whole installation. */
@Injectable()
export class ReleaseService {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly assets: AssetService,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** Nothing is entered of a bundle that breaks off or is too large. */
  async add(actor: Actor, { number, name, notes, models }: NewRelease, upload: IncomingBody): Promise<ReleaseView> {
    actor.demand('fleet.update', '/');
    await this.database.read((reader) => demandHigher(reader, number));
    const { sha256, bytes } = await this.#put(upload);
    await this.assets.register(sha256, 'program', 'application/gzip');
    return this.database.write(async (tx) => {
      await demandHigher(tx.manager, number);
      const release: Release = {
        ...{ id: newId(), number, name, notes, models, sha256, bytes },
        createdAtMs: this.clock.nowMs(),
        createdByName: actor.name,
      };
      await tx.manager.save(Release, release);
      const detail = { number, name, models, sha256, bytes };
      await this.audit.add(tx, actor, { action: 'update.released', subject: release.id, areaPath: '/', detail });
      return viewOf(release);
    });
  }

  /** The newest first. */
  async list(): Promise<ReleaseView[]> {
    const releases = await this.database.read((reader) =>
      reader.find(Release, { order: { number: 'DESC' }, take: MOST_LISTED }),
    );
    return releases.map(viewOf);
  }

  async #put(upload: IncomingBody): Promise<StoredContent> {
    const tooLarge = () => updateProblem('update.bundleTooLarge', { most: MOST_MB });
    if (upload.bytes !== null && upload.bytes > MOST_MB * 1_000_000) throw tooLarge();
    try {
      const stored = await this.store.put(limitedBody(upload.body, MOST_MB * 1_000_000, tooLarge));
      if (stored.bytes === 0) throw updateProblem('update.bundleEmpty');
      return stored;
    } catch (error) {
      throw error instanceof BrokenBody ? updateProblem('update.bundleBroken') : error;
    }
  }
}

async function demandHigher(reader: EntityManager, number: number): Promise<void> {
  const last = (await reader.maximum(Release, 'number')) ?? 0;
  if (number <= last) throw updateProblem('update.numberTaken', { last });
}

const viewOf = (release: Release): ReleaseView => ({ ...release, models: [...release.models] });
