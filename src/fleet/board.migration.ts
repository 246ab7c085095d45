import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, requireValue, text } from '../platform/database/index.js';

/** Every place was one with loudspeakers; now it may be one with a board. */
export class FleetBoards1767225631000 implements MigrationInterface {
  readonly name = 'FleetBoards1767225631000';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'cluster', 'kind', text().nullable());
    await runner.query(`UPDATE cluster SET kind = 'loudspeakers'`);
    await requireValue(runner, 'cluster', 'kind');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('cluster', 'kind');
  }
}
