import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  boolean,
  createTable,
  dropTable,
  type EntityClass,
  json,
  type MigrationClass,
  text,
} from '../platform/database/index.js';
import { Area } from './area.entity.js';
import { LanguageProfile } from './language-profile.entity.js';

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

class AreaLanguages1767225621000 implements MigrationInterface {
  readonly name = 'AreaLanguages1767225621000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'language_profile', {
      columns: { area_id: text().primary(), area_path: text(), languages: json() },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'language_profile');
  }
}

export const areaEntities: readonly EntityClass[] = [Area, LanguageProfile];
export const areaMigrations: readonly MigrationClass[] = [Areas1767225601000, AreaLanguages1767225621000];
