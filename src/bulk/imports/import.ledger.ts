import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Area } from '../../areas/index.js';
import { ItemService } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Problem } from '../../platform/i18n/index.js';
import type { ReadFile } from './file.reading.js';
import { ImportedFile, ImportLine } from './import.entity.js';

/** What a line says beside its state. */
export type Outcome = Partial<Pick<ImportLine, 'itemId' | 'notes' | 'excerpt'>>;

/** Rights end an import; every other refusal is that of one file. */
const OF_RIGHTS = ['right.missing', 'area.unknown'];

/** Commits what became of one file: its line and its item together, so that a process may die at any moment. */
@Injectable()
export class ImportLedger {
  constructor(
    private readonly database: Database,
    private readonly items: ItemService,
    private readonly clock: Clock,
  ) {}

  /** The item that this file is already, in this area. */
  known(reader: EntityManager, areaId: string, sha256: string): Promise<ImportedFile | null> {
    return reader.findOneBy(ImportedFile, { areaId, sha256 });
  }

  async refuse({ id }: ImportLine, code: string): Promise<void> {
    await this.database.write(({ manager }) => manager.update(ImportLine, { id, state: 'waiting' }, refused(code)));
  }

  async keep(actor: Actor, line: ImportLine, area: Pick<Area, 'id'>, read: ReadFile): Promise<void> {
    const { notes, excerpt } = read;
    await this.settle(line, area, async (tx) => {
      const { id: itemId } = await this.items.draft(tx, actor, read.item, read.origin);
      return { itemId, notes, excerpt };
    });
  }

  /** @param make makes the item, unless it is there already. What it refuses with a problem is the line's to tell. */
  async settle(
    line: ImportLine,
    { id: areaId }: Pick<Area, 'id'>,
    make: (tx: WriteTransaction) => Promise<Outcome & { readonly itemId: string }>,
  ): Promise<void> {
    const { id, sha256 } = line;
    if (sha256 === null) throw new Error('a line that waits has a hash');
    try {
      await this.database.write(async (tx) => {
        // First, so that of two runs that meet here the second waits, begins again and finds it done.
        const claimed = await tx.manager.update(ImportLine, { id, state: 'waiting' }, { state: 'done' });
        if (!claimed.affected) return;
        const known = await this.known(tx.manager, areaId, sha256);
        if (known) {
          await tx.manager.update(ImportLine, { id }, { state: 'duplicate', itemId: known.itemId });
          return;
        }
        const outcome = await make(tx);
        const imported = { id: newId(), areaId, sha256, itemId: outcome.itemId, createdAtMs: this.clock.nowMs() };
        // Of two imports with the same file on PostgreSQL, the later one fails here and is begun again.
        await tx.manager.createQueryBuilder().insert().into(ImportedFile).values(imported).orIgnore().execute();
        const { itemId, notes, excerpt } = outcome;
        await tx.manager.save(ImportLine, { id, itemId, ...(notes ? { notes } : {}), ...(excerpt ? { excerpt } : {}) });
      });
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500 || OF_RIGHTS.includes(error.code)) throw error;
      await this.refuse(line, error.code);
    }
  }

  /** It is here by another way. */
  async duplicate({ id }: ImportLine, itemId: string): Promise<void> {
    await this.database.write(({ manager }) =>
      manager.update(ImportLine, { id, state: 'waiting' }, { state: 'duplicate', itemId }),
    );
  }

  /** All that lay in it has been settled. */
  async close({ id }: ImportLine): Promise<void> {
    await this.database.write(({ manager }) => manager.update(ImportLine, { id, state: 'waiting' }, { state: 'done' }));
  }
}

export const refused = (code: string) => ({ state: 'refused', code }) as const;
