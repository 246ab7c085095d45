import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTable, text } from './schema.js';

const REFUSAL = 'the demo flag of a database is permanent';

/** Triggers, because the flag decides whether simulated receipts count: no code and no person may change it by mistake. */
export class Installation1767225600000 implements MigrationInterface {
  name = 'Installation1767225600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, 'installation', { columns: { key: text().primary(), value: text() } });
    const postgres = queryRunner.dataSource.options.type === 'postgres';
    for (const sql of postgres ? POSTGRES : SQLITE) await queryRunner.query(sql);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'installation');
  }
}

const SQLITE = [
  `CREATE TRIGGER installation_demo_update BEFORE UPDATE ON installation WHEN OLD.key = 'demo' OR NEW.key = 'demo'
   BEGIN SELECT RAISE(ABORT, '${REFUSAL}'); END`,
  `CREATE TRIGGER installation_demo_delete BEFORE DELETE ON installation WHEN OLD.key = 'demo'
   BEGIN SELECT RAISE(ABORT, '${REFUSAL}'); END`,
  // INSERT OR REPLACE deletes without asking the trigger above.
  `CREATE TRIGGER installation_demo_insert BEFORE INSERT ON installation
   WHEN NEW.key = 'demo' AND EXISTS (SELECT 1 FROM installation WHERE key = 'demo')
   BEGIN SELECT RAISE(ABORT, '${REFUSAL}'); END`,
];

const POSTGRES = [
  `CREATE FUNCTION installation_demo_permanent() RETURNS trigger LANGUAGE plpgsql AS
   $$ BEGIN RAISE EXCEPTION '${REFUSAL}'; END $$`,
  `CREATE TRIGGER installation_demo_update BEFORE UPDATE ON installation FOR EACH ROW
   WHEN (OLD.key = 'demo' OR NEW.key = 'demo') EXECUTE FUNCTION installation_demo_permanent()`,
  `CREATE TRIGGER installation_demo_delete BEFORE DELETE ON installation FOR EACH ROW
   WHEN (OLD.key = 'demo') EXECUTE FUNCTION installation_demo_permanent()`,
  `CREATE TRIGGER installation_demo_truncate BEFORE TRUNCATE ON installation
   EXECUTE FUNCTION installation_demo_permanent()`,
];
