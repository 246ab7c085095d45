import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  bigint,
  boolean,
  createTable,
  dropTable,
  type EntityClass,
  integer,
  json,
  type MigrationClass,
  text,
} from '../platform/database/index.js';
import { LibraryExport } from './exports/export.entity.js';
import { BulkImport, ImportedFile, ImportLine, ItemOrigin } from './imports/import.entity.js';

class Bulk1767225619000 implements MigrationInterface {
  readonly name = 'Bulk1767225619000';

  async up(runner: QueryRunner): Promise<void> {
    await this.#imports(runner);
    await createTable(runner, 'imported_file', {
      columns: {
        id: text().primary(),
        area_id: text(),
        sha256: text(),
        item_id: text(),
        created_at_ms: bigint(),
      },
      uniques: [['area_id', 'sha256']],
    });
    await createTable(runner, 'item_origin', {
      columns: {
        item_id: text().primary(),
        import_id: text(),
        installation: text(),
        origin_item_id: text(),
        area_code: text(),
        exported_at_ms: bigint(),
        decisions: json(),
      },
      indexes: [['origin_item_id']],
    });
    await createTable(runner, 'library_export', {
      columns: {
        id: text().primary(),
        area_id: text(),
        area_path: text(),
        file_name: text(),
        filter: json(),
        include_audio: boolean(),
        state: text(),
        reason: text().nullable(),
        job_id: text().nullable(),
        sha256: text().nullable(),
        bytes: bigint().nullable(),
        items: integer().nullable(),
        created_by: text(),
        created_by_name: text(),
        created_at_ms: bigint(),
      },
      indexes: [['area_path', 'id']],
      checks: ["state IN ('running', 'done', 'stopped', 'failed')", "state <> 'done' OR sha256 IS NOT NULL"],
    });
  }

  async #imports(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'bulk_import', {
      columns: {
        id: text().primary(),
        area_id: text(),
        area_path: text(),
        title: text(),
        defaults: json(),
        state: text(),
        reason: text().nullable(),
        job_id: text().nullable(),
        runs: integer(),
        line_count: integer(),
        bytes: bigint(),
        created_by: text(),
        created_by_name: text(),
        created_at_ms: bigint(),
        ended_at_ms: bigint().nullable(),
      },
      indexes: [['area_path', 'id']],
      checks: ["state IN ('open', 'running', 'stopped', 'failed', 'done')"],
    });
    await createTable(runner, 'import_line', {
      columns: {
        id: text().primary(),
        import_id: text(),
        parent_id: text().nullable(),
        kind: text(),
        name: text(),
        bytes: bigint(),
        sha256: text().nullable(),
        state: text(),
        item_id: text().nullable(),
        code: text().nullable(),
        notes: json(),
        excerpt: json().nullable(),
        listed: boolean(),
        place: integer(),
        group_ref: text().nullable(),
      },
      indexes: [
        ['import_id', 'state'],
        ['parent_id', 'state'],
      ],
      checks: [
        "state IN ('waiting', 'done', 'refused', 'duplicate')",
        "kind IN ('file', 'archive', 'library', 'entry', 'item')",
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['library_export', 'item_origin', 'imported_file', 'import_line', 'bulk_import'])
      await dropTable(runner, table);
  }
}

export const bulkEntities: readonly EntityClass[] = [BulkImport, ImportLine, ImportedFile, ItemOrigin, LibraryExport];
export const bulkMigrations: readonly MigrationClass[] = [Bulk1767225619000];
