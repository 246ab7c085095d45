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
import { Notice, NoticeDelivery, NoticeEntry, NoticePreference, PushKey, PushSubscription } from './notice.entity.js';

class Notices1767225610000 implements MigrationInterface {
  readonly name = 'Notices1767225610000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'notice', {
      columns: {
        id: text().primary(),
        key: text(),
        open_key: text().nullable(),
        kind: text(),
        params: json(),
        link: text(),
        area_path: text(),
        audience: json(),
        created_at_ms: bigint(),
        due_at_ms: bigint().nullable(),
        remind_after_ms: bigint().nullable(),
        last_told_at_ms: bigint().nullable(),
        reminders: integer(),
        settled_at_ms: bigint().nullable(),
      },
      uniqueIndexes: [['open_key']],
    });
    await createTable(runner, 'notice_entry', {
      columns: {
        id: text().primary(),
        notice_id: text(),
        account_id: text(),
        open: boolean(),
        created_at_ms: bigint(),
        seen_at_ms: bigint().nullable(),
      },
      uniqueIndexes: [['notice_id', 'account_id']],
      indexes: [['account_id', 'open', 'id']],
    });
    await createTable(runner, 'notice_delivery', {
      columns: {
        id: text().primary(),
        notice_id: text(),
        account_id: text(),
        channel: text(),
        target: text(),
        round: integer(),
        state: text(),
        reason: text().nullable(),
        created_at_ms: bigint(),
        ended_at_ms: bigint().nullable(),
      },
      uniqueIndexes: [['notice_id', 'account_id', 'channel', 'target', 'round']],
      checks: ["channel IN ('email', 'push')", "state IN ('waiting', 'sent', 'failed', 'dropped')"],
    });
    await createTable(runner, 'notice_preference', {
      columns: { account_id: text().primary(), email: boolean(), push: boolean(), language: text() },
      checks: ["language IN ('vi', 'en')"],
    });
    await createTable(runner, 'push_subscription', {
      columns: {
        id: text().primary(),
        account_id: text(),
        endpoint: text(),
        endpoint_sha256: text(),
        p256dh: text(),
        auth: text(),
        created_at_ms: bigint(),
      },
      uniqueIndexes: [['endpoint_sha256']],
      indexes: [['account_id']],
    });
    await createTable(runner, 'push_key', {
      columns: { id: text().primary(), public_key: text(), private_key: text(), created_at_ms: bigint() },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'push_key',
      'push_subscription',
      'notice_preference',
      'notice_delivery',
      'notice_entry',
      'notice',
    ])
      await dropTable(runner, table);
  }
}

export const noticeEntities: readonly EntityClass[] = [
  Notice,
  NoticeEntry,
  NoticeDelivery,
  NoticePreference,
  PushSubscription,
  PushKey,
];
export const noticeMigrations: readonly MigrationClass[] = [Notices1767225610000];
