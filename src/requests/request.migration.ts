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
import { RequestFile, SentRequest } from './desk/request.entity.js';
import { RequestLink } from './links/request-link.entity.js';
import { RecordingLink } from './recordings/recording-link.entity.js';

class Requests1767225617000 implements MigrationInterface {
  readonly name = 'Requests1767225617000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'request_link', {
      columns: {
        id: text().primary(),
        token_sha256: text(),
        area_id: text(),
        area_path: text(),
        sender_kind: text(),
        sender_name: text(),
        contact: text().nullable(),
        most_per_day: integer(),
        valid_until_ms: bigint(),
        revoked_at_ms: bigint().nullable(),
        created_by: text(),
        created_by_name: text(),
        created_at_ms: bigint(),
        last_used_at_ms: bigint().nullable(),
      },
      indexes: [['area_path']],
      uniqueIndexes: [['token_sha256']],
      checks: ["sender_kind IN ('police', 'clinic', 'school', 'powerCompany', 'hamletHead', 'other')"],
    });
    await this.#requests(runner);
    await createTable(runner, 'recording_link', {
      columns: {
        id: text().primary(),
        token_sha256: text(),
        item_id: text(),
        area_path: text(),
        version: integer(),
        version_status: text(),
        speaker_name: text(),
        takes_left: integer(),
        valid_until_ms: bigint(),
        revoked_at_ms: bigint().nullable(),
        created_by: text(),
        created_by_name: text(),
        created_at_ms: bigint(),
        last_used_at_ms: bigint().nullable(),
      },
      indexes: [['item_id']],
      uniqueIndexes: [['token_sha256']],
      checks: ['takes_left >= 0'],
    });
  }

  async #requests(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'request', {
      columns: {
        id: text().primary(),
        link_id: text(),
        client_key: text(),
        area_id: text(),
        area_path: text(),
        sender_kind: text(),
        sender_name: text(),
        contact: text().nullable(),
        title: text(),
        text: text().nullable(),
        language: text(),
        files: json(),
        third_party: text().nullable(),
        wanted: text().nullable(),
        urgent: boolean(),
        received_at_ms: bigint(),
        notes: json(),
        status: text(),
        item_id: text().nullable(),
        decided_by: text().nullable(),
        decided_by_name: text().nullable(),
        decided_at_ms: bigint().nullable(),
        reason: text().nullable(),
      },
      indexes: [
        ['area_path', 'received_at_ms'],
        ['link_id', 'received_at_ms'],
      ],
      uniques: [['link_id', 'client_key']],
      checks: [
        "status IN ('new', 'drafted', 'declined')",
        "status <> 'drafted' OR item_id IS NOT NULL",
        "status <> 'declined' OR reason IS NOT NULL",
      ],
    });
    await createTable(runner, 'request_file', {
      columns: {
        id: text().primary(),
        link_id: text(),
        sha256: text(),
        file_name: text(),
        type: text(),
        family: text(),
        bytes: bigint(),
        created_at_ms: bigint(),
        request_id: text().nullable(),
      },
      indexes: [['link_id', 'created_at_ms'], ['created_at_ms']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['recording_link', 'request_file', 'request', 'request_link']) await dropTable(runner, table);
  }
}

export const requestEntities: readonly EntityClass[] = [RequestLink, SentRequest, RequestFile, RecordingLink];
export const requestMigrations: readonly MigrationClass[] = [Requests1767225617000];
