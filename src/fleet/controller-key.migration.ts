import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, dropTable, text } from '../platform/database/index.js';

/** Of devices that are there, the present key and the one before it are known. */
export class ControllerKeys1767225654000 implements MigrationInterface {
  readonly name = 'ControllerKeys1767225654000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'controller_key', {
      columns: {
        controller_id: text().primary(),
        public_key: text().primary(),
        from_ms: bigint(),
        until_ms: bigint().nullable(),
      },
    });
    await runner.query(
      'INSERT INTO controller_key (controller_id, public_key, from_ms, until_ms) SELECT id, public_key, COALESCE(key_changed_at_ms, enrolled_at_ms), NULL FROM controller',
    );
    await runner.query(
      'INSERT INTO controller_key (controller_id, public_key, from_ms, until_ms) SELECT id, former_public_key, enrolled_at_ms, key_changed_at_ms FROM controller WHERE former_public_key IS NOT NULL AND former_public_key <> public_key',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'controller_key');
  }
}
