import { Inject, Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { type Language, problemRegistry } from '../../platform/i18n/index.js';
import type { ArchivesQuery, ArchivesView, ArchiveView } from './archive.api.js';
import { ArchiveFolder } from './archive.folder.js';
import { retentionProblem } from './problems.js';
import { ReceiptArchive, RetentionTurn } from './retention.entity.js';
import { RETENTION_SETTINGS, type RetentionSettings } from './settings.js';

/** What left, for people. An archive knows no borders: only who sees the whole installation sees it. */
@Injectable()
export class ArchiveService {
  constructor(
    private readonly database: Database,
    private readonly folder: ArchiveFolder,
    private readonly audit: Audit,
    @Inject(RETENTION_SETTINGS) private readonly settings: RetentionSettings,
  ) {}

  async list(actor: Actor, { before, limit }: ArchivesQuery, language: Language): Promise<ArchivesView> {
    actor.demand('coverage.read', '/');
    const { receiptDays, confirmationDays } = this.settings;
    const { turn, kept } = await this.database.read(async (reader) => ({
      turn: await reader.findOneByOrFail(RetentionTurn, { id: 'retention' }),
      kept: await reader.find(ReceiptArchive, {
        where: { state: 'kept', ...(before === undefined ? {} : { id: LessThan(before) }) },
        order: { id: 'DESC' },
        take: limit,
      }),
    }));
    const { lookedAtMs, problem: code } = turn;
    return {
      rule: { receiptDays, confirmationDays },
      lookedAtMs,
      problem: code === null ? null : { code, title: problemRegistry.get(code)?.[language] ?? code },
      archives: await Promise.all(kept.map((archive) => this.#view(archive))),
    };
  }

  /** Who takes it away is written down. @throws retention.archiveUnknown, retention.archiveGone */
  async file(actor: Actor, id: string): Promise<{ path: string; sha256: string; name: string }> {
    actor.demand('log.manage', '/');
    const archive = await this.database.read((reader) => reader.findOneBy(ReceiptArchive, { id, state: 'kept' }));
    if (!archive) throw retentionProblem('retention.archiveUnknown');
    if (!(await this.folder.has(archive))) throw retentionProblem('retention.archiveGone');
    const { name, sha256 } = archive;
    await this.database.write((tx) =>
      this.audit.add(tx, actor, { action: 'receipt.archiveFetched', subject: id, areaPath: '/', detail: { name } }),
    );
    return { path: this.folder.path(name), sha256: sha256 ?? '', name };
  }

  async #view({ state: _state, sha256, bytes, ...archive }: ReceiptArchive): Promise<ArchiveView> {
    const present = await this.folder.has({ name: archive.name, bytes });
    return { ...archive, sha256: sha256 ?? '', bytes: bytes ?? 0, present };
  }
}
