import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  bigint,
  createTable,
  dropTable,
  type EntityClass,
  integer,
  json,
  type MigrationClass,
  text,
} from '../platform/database/index.js';
import { Item, ItemVersion } from './item.entity.js';

class Library1767225603000 implements MigrationInterface {
  readonly name = 'Library1767225603000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'item', {
      columns: {
        id: text().primary(),
        area_id: text(),
        area_path: text(),
        kind: text(),
        title: text(),
        title_folded: text(),
        topic: text(),
        field: integer(),
        audience: json(),
        form: text(),
        language: text(),
        programme: text(),
        source_office: text(),
        plan_line_id: text().nullable(),
        created_by: text(),
        created_at_ms: bigint(),
        current_version: integer(),
        approved_version: integer().nullable(),
      },
      indexes: [['area_path'], ['plan_line_id']],
      checks: ["kind IN ('script', 'recording')", 'field BETWEEN 1 AND 6'],
    });
    await createTable(runner, 'item_version', {
      columns: {
        item_id: text().primary(),
        n: integer().primary(),
        text: text().nullable(),
        text_sha256: text().nullable(),
        author_id: text(),
        author_name: text(),
        created_at_ms: bigint(),
        status: text(),
        status_reason: text().nullable(),
        approver_id: text().nullable(),
        approver_name: text().nullable(),
        decided_at_ms: bigint().nullable(),
        upload_sha256: text().nullable(),
        audio_state: text(),
        audio_problem: text().nullable(),
        audio_sha256: text().nullable(),
        audio_bytes: bigint().nullable(),
        audio_type: text().nullable(),
        audio_duration_ms: bigint().nullable(),
        loudness: json().nullable(),
      },
      checks: [
        "status IN ('draft', 'pending', 'approved', 'returned', 'refused', 'withdrawn')",
        "audio_state IN ('none', 'rendering', 'ready', 'failed')",
        "audio_state <> 'ready' OR (audio_sha256 IS NOT NULL AND audio_duration_ms > 0)",
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['item_version', 'item']) await dropTable(runner, table);
  }
}

export const libraryEntities: readonly EntityClass[] = [Item, ItemVersion];
export const libraryMigrations: readonly MigrationClass[] = [Library1767225603000];
