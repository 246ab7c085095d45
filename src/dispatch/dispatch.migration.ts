import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  addColumn,
  bigint,
  createTable,
  dropTable,
  type EntityClass,
  integer,
  json,
  type MigrationClass,
  text,
} from '../platform/database/index.js';
import { commandEntities, commandMigrations } from './commands/command.migration.js';
import { Asset, FormerTelling, PlannedPlayRow, PublishedHead } from './dispatch.entity.js';
import { updateEntities, updateMigrations } from './updates/update.migration.js';

class Dispatch1767225606000 implements MigrationInterface {
  readonly name = 'Dispatch1767225606000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'plan_head', {
      columns: {
        controller_id: text().primary(),
        version: bigint(),
        since_ms: bigint(),
        published_at_ms: bigint(),
        content_sha256: text(),
        signed: text(),
        parts: json(),
      },
    });
    await createTable(runner, 'asset', {
      columns: {
        sha256: text().primary(),
        kind: text(),
        type: text(),
        bytes: integer(),
        chunk_bytes: integer(),
        descriptor: text().nullable(),
        descriptor_sha256: text().nullable(),
        created_at_ms: bigint(),
      },
    });
    await createTable(runner, 'planned_play', {
      columns: {
        id: text().primary(),
        controller_id: text(),
        play: text(),
        cluster_id: text(),
        area_path: text(),
        entry_id: text(),
        item_id: text(),
        item_version: integer(),
        day: text(),
        start_ms: bigint(),
        plan_version: bigint(),
        withdrawn_at_ms: bigint().nullable(),
      },
      indexes: [
        ['item_id', 'start_ms'],
        ['cluster_id', 'start_ms'],
        ['controller_id', 'start_ms'],
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['planned_play', 'asset', 'plan_head']) await dropTable(runner, table);
  }
}

class FormerTellings1767225629000 implements MigrationInterface {
  readonly name = 'FormerTellings1767225629000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'planned_play_told', {
      columns: {
        id: text().primary(),
        plan_version: bigint().primary(),
        item_id: text(),
        item_version: integer(),
        day: text(),
        start_ms: bigint(),
      },
      indexes: [['item_id']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'planned_play_told');
  }
}

/** How long what was told before was to sound stands in its receipts, if any came. */
class PlannedLengths1767225652000 implements MigrationInterface {
  readonly name = 'PlannedLengths1767225652000';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'planned_play', 'duration_ms', bigint().nullable());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('planned_play', 'duration_ms');
  }
}

export const dispatchEntities: readonly EntityClass[] = [
  PublishedHead,
  Asset,
  PlannedPlayRow,
  FormerTelling,
  ...commandEntities,
  ...updateEntities,
];
export const dispatchMigrations: readonly MigrationClass[] = [
  Dispatch1767225606000,
  FormerTellings1767225629000,
  PlannedLengths1767225652000,
  ...commandMigrations,
  ...updateMigrations,
];
