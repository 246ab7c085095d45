import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addIndex, dropIndex } from '../../platform/database/index.js';
import { indexFor } from './index.choice.js';
import { createSearchTables, dropSearchTables } from './search.tables.js';

/** The index of the library, filled with what is there. */
export class LibrarySearch1767225614000 implements MigrationInterface {
  readonly name = 'LibrarySearch1767225614000';

  async up(runner: QueryRunner): Promise<void> {
    await createSearchTables(runner);
    await addIndex(runner, 'item_version', ['audio_state']);
    await indexFor(runner.dataSource.options.type === 'postgres' ? 'postgres' : 'sqlite').rebuild(runner.manager);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndex(runner, 'item_version', ['audio_state']);
    await dropSearchTables(runner);
  }
}
