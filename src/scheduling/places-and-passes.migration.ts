import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  addColumn,
  addIndex,
  addPrefixIndex,
  createTable,
  dropIndex,
  dropTable,
  integer,
  json,
  requireValue,
  text,
} from '../platform/database/index.js';
import { ruleKey } from './engine/rules/index.js';

/** Asked for everything at or below an area. */
const BELOW_AREAS = ['entry', 'publication', 'rule_set', 'rule_override', 'foreign_loudspeaker'] as const;

/** What stands in or behind what, and what is at or below an area, is found by an index; overrides say which rules they pass. */
export class PlacesAndPasses1767225630000 implements MigrationInterface {
  readonly name = 'PlacesAndPasses1767225630000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'entry_place', {
      columns: { entry_id: text().primary(), anchor_id: text() },
      indexes: [['anchor_id']],
    });
    await keepPlaces(runner);
    for (const table of BELOW_AREAS) {
      await dropIndex(runner, table, ['area_path']);
      await addPrefixIndex(runner, table, 'area_path');
    }
    await addColumn(runner, 'rule_set', 'revision', integer().default(1));
    await addColumn(runner, 'rule_override', 'passes', json().nullable());
    await keepPasses(runner);
    await requireValue(runner, 'rule_override', 'passes');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('rule_override', 'passes');
    await runner.dropColumn('rule_set', 'revision');
    for (const table of BELOW_AREAS) {
      await dropIndex(runner, table, ['area_path']);
      await addIndex(runner, table, ['area_path']);
    }
    await dropTable(runner, 'entry_place');
  }
}

async function keepPlaces(runner: QueryRunner): Promise<void> {
  const rows: { id: string; place: string }[] = await runner.query(
    'SELECT id, place FROM entry WHERE place IS NOT NULL ORDER BY id',
  );
  for (const { id, place } of rows) {
    const { entryId } = JSON.parse(place) as { entryId: string };
    await run(runner, 'INSERT INTO entry_place (entry_id, anchor_id) VALUES (:id, :entryId)', { id, entryId });
  }
}

interface Silence {
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * An override passed whatever rule there was. What it goes on passing is every rule that was made before it, around its area. National
 * mourning is left out: which one it was given against was not kept, and a person can give it anew.
 */
async function keepPasses(runner: QueryRunner): Promise<void> {
  const overrides: { id: string; area_path: string; at_ms: number }[] = await runner.query(
    'SELECT id, area_path, at_ms FROM rule_override ORDER BY id',
  );
  const sets: { id: string; number: string; date: string; area_path: string; created_at_ms: number; parts: string }[] =
    overrides.length === 0 ? [] : await runner.query('SELECT * FROM rule_set ORDER BY id');
  for (const { id, area_path: path, at_ms: atMs } of overrides) {
    const around = sets.filter(
      (set) => set.created_at_ms <= atMs && (set.area_path.startsWith(path) || path.startsWith(set.area_path)),
    );
    const passes = around.flatMap((set) => {
      const source = { kind: 'ruleSet' as const, id: set.id, revision: 1, number: set.number, date: set.date };
      const { blackouts } = JSON.parse(set.parts) as { blackouts: readonly Silence[] };
      return [ruleKey(source), ...blackouts.map((silence) => ruleKey(source, silence))];
    });
    await run(runner, 'UPDATE rule_override SET passes = :passes WHERE id = :id', {
      id,
      passes: JSON.stringify(passes),
    });
  }
}

/** Parameters are written differently on the two databases. */
async function run(runner: QueryRunner, sql: string, parameters: Record<string, string>): Promise<void> {
  await runner.query(...runner.dataSource.driver.escapeQueryWithParameters(sql, parameters));
}
