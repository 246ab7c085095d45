import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  boolean,
  createTable,
  dropTable,
  type EntityClass,
  type MigrationClass,
  text,
} from '../platform/database/index.js';
import { Area } from './area.entity.js';

class Areas1767225601000 implements MigrationInterface {
  readonly name = 'Areas1767225601000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'area', {
      columns: {
        id: text().primary(),
        parent_id: text().nullable(),
        kind: text(),
        code: text(),
        name: text(),
        name_folded: text(),
        path: text(),
        valid_from: text(),
        valid_to: text().nullable(),
        successor_id: text().nullable(),
        specially_disadvantaged: boolean(),
        border: boolean(),
        ethnic_minority: boolean(),
      },
      uniqueIndexes: [['code'], ['path']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'area');
  }
}

export const areaEntities: readonly EntityClass[] = [Area];
export const areaMigrations: readonly MigrationClass[] = [Areas1767225601000];
