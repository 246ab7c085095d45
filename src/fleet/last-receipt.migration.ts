import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, bigint } from '../platform/database/index.js';

/** Devices say it with their next state. */
export class LastReceipts1767225661000 implements MigrationInterface {
  readonly name = 'LastReceipts1767225661000';

  async up(runner: QueryRunner): Promise<void> {
    for (const name of ['last_receipt_boot', 'last_receipt_seq'])
      await addColumn(runner, 'controller_state', name, bigint().nullable());
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of ['last_receipt_seq', 'last_receipt_boot']) await runner.dropColumn('controller_state', name);
  }
}
