import { Injectable } from '@nestjs/common';
import { type EntityManager, LessThan, MoreThanOrEqual } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId } from '../../platform/database/index.js';
import type { IncomingBody } from '../../platform/http/index.js';
import { ContentStore } from '../../platform/storage/index.js';
import { RequestFile } from '../desk/request.entity.js';
import { BYTES_PER_MB, dayStartMs, MOST_FILES, MOST_MB_PER_DAY, UNCLAIMED_MS } from '../engine/limits.js';
import type { RequestLink } from '../links/request-link.entity.js';
import { RequestLinkService } from '../links/request-link.service.js';
import { requestsProblem } from '../problems.js';
import type { FileView } from './public.api.js';
import { PublicTraffic } from './public-traffic.js';
import { demandTakable, keepFile } from './sent-file.js';

/** Takes files that a request will name. */
@Injectable()
export class FileService {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly links: RequestLinkService,
    private readonly traffic: PublicTraffic,
    private readonly clock: Clock,
  ) {}

  /** @param nameHeader percent-encoded; empty: none */
  async take(token: string, upload: IncomingBody, nameHeader: string): Promise<FileView> {
    const link = await this.database.read((reader) => this.links.open(reader, token));
    const name = demandTakable(upload, nameHeader, 'any');
    await this.database.read((reader) => this.#demandRoom(reader, link, upload.bytes ?? 0));
    const file = await this.traffic.upload(link.id, () => keepFile(this.store, upload, name, 'any'));
    return this.database.write(async (tx) => {
      // Looked at again: the link may have been revoked, and others may have sent, while this was on its way.
      await this.links.openToCount(tx, token);
      await this.#demandRoom(tx.manager, link, file.bytes);
      const row: RequestFile = {
        ...file,
        id: newId(),
        linkId: link.id,
        createdAtMs: this.clock.nowMs(),
        requestId: null,
      };
      await tx.manager.insert(RequestFile, row);
      const { id, fileName, type, family, bytes } = row;
      return { id, fileName, type, family, bytes };
    });
  }

  /** Rows of files that no request named in time; and of those that were, which the requests list themselves. */
  async forgetOld(): Promise<number> {
    const createdAtMs = LessThan(this.clock.nowMs() - UNCLAIMED_MS);
    const { affected } = await this.database.write((tx) => tx.manager.delete(RequestFile, { createdAtMs }));
    return affected ?? 0;
  }

  async #demandRoom(reader: EntityManager, { id: linkId, mostPerDay }: RequestLink, bytes: number): Promise<void> {
    const today = { linkId, createdAtMs: MoreThanOrEqual(dayStartMs(this.clock.nowMs())) };
    const sent = (await reader.sum(RequestFile, 'bytes', today)) ?? 0;
    const files = await reader.countBy(RequestFile, today);
    if (Number(sent) + bytes > MOST_MB_PER_DAY * BYTES_PER_MB)
      throw requestsProblem('requests.bytesToday', { most: MOST_MB_PER_DAY });
    if (files >= mostPerDay * MOST_FILES) throw requestsProblem('requests.tooManyToday', { most: mostPerDay });
  }
}
