import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  addColumn,
  addIndex,
  bigint,
  createTable,
  dropTable,
  type EntityClass,
  integer,
  json,
  type MigrationClass,
  requireValue,
  text,
} from '../platform/database/index.js';
import { ClashRow } from './clashes/clash.entity.js';
import { ScheduleClashes1767225626000 } from './clashes/clash.migration.js';
import { ScheduleTemplate } from './copies/template.entity.js';
import { Entry, EntryItem, EntryPlace } from './entries/entry.entity.js';
import { PlacesAndPasses1767225630000 } from './places-and-passes.migration.js';
import { ForeignLoudspeaker } from './planning/foreign-loudspeaker.entity.js';
import { ForeignLoudspeakers1767225627000 } from './planning/foreign-loudspeaker.migration.js';
import { Publication, PublicationEntry } from './publications/publication.entity.js';
import { ruleEntities, ruleMigrations } from './rules/rule.migration.js';

class Scheduling1767225604000 implements MigrationInterface {
  readonly name = 'Scheduling1767225604000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'entry', {
      columns: {
        id: text().primary(),
        area_id: text(),
        area_path: text(),
        item_id: text(),
        title: text(),
        recurrence: json(),
        zone: text(),
        class: text(),
        late: text(),
        grace_ms: integer(),
        volume: integer(),
        cluster_ids: json().nullable(),
        first_start_ms: bigint(),
        last_start_ms: bigint().nullable(),
        created_by: text(),
        created_by_name: text(),
        created_at_ms: bigint(),
        cancelled_at_ms: bigint().nullable(),
        revision: integer(),
      },
      indexes: [['area_path'], ['last_start_ms']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'entry');
  }
}

/** An entry was one item at the clusters of an area or at named ones; now it has a running order, a place, and more to be aimed at. */
class ScheduleOrders1767225623000 implements MigrationInterface {
  readonly name = 'ScheduleOrders1767225623000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'entry_item', {
      columns: { entry_id: text().primary(), item_id: text().primary() },
      indexes: [['item_id']],
    });
    for (const [name, column] of Object.entries(NEW_COLUMNS)) await addColumn(runner, 'entry', name, column);
    await runner.query('INSERT INTO entry_item (entry_id, item_id) SELECT id, item_id FROM entry');
    // Ids are letters and digits: they need no escaping in JSON.
    await runner.query(`UPDATE entry SET running_order = '[{"kind":"item","itemId":"' || item_id || '"}]'`);
    await runner.query(`UPDATE entry SET changes = '[]'`);
    for (const name of ['running_order', 'changes']) await requireValue(runner, 'entry', name);
    await runner.dropColumn('entry', 'item_id');
    await addIndex(runner, 'entry', ['follows_id']);
  }

  async down(): Promise<void> {
    throw new Error('a running order does not fit into one item');
  }
}

const NEW_COLUMNS = {
  running_order: json().nullable(),
  changes: json().nullable(),
  slot: json().nullable(),
  place: json().nullable(),
  level: text().default('commune'),
  interrupted: text().default('drop'),
  group_ids: json().nullable(),
  hamlet_ids: json().nullable(),
  follows_id: text().nullable(),
} as const;

/** Every change of the schedule is kept, so that the last one can be taken back. */
class Publications1767225624000 implements MigrationInterface {
  readonly name = 'Publications1767225624000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'publication', {
      columns: {
        id: text().primary(),
        area_path: text(),
        changes: json(),
        by_id: text(),
        by_name: text(),
        at_ms: bigint(),
        undone_by_id: text().nullable(),
        undoes_id: text().nullable(),
      },
      indexes: [['area_path']],
    });
    await createTable(runner, 'publication_entry', {
      columns: { publication_id: text().primary(), entry_id: text().primary() },
      indexes: [['entry_id']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['publication_entry', 'publication']) await dropTable(runner, table);
  }
}

/** Days of a schedule kept without their dates. */
class ScheduleTemplates1767225628000 implements MigrationInterface {
  readonly name = 'ScheduleTemplates1767225628000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'schedule_template', {
      columns: {
        id: text().primary(),
        area_id: text(),
        area_path: text(),
        title: text(),
        lines: json(),
        created_by_name: text(),
        created_at_ms: bigint(),
      },
      indexes: [['area_path']],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'schedule_template');
  }
}

/** Whatever was aimed at an area was for loudspeakers; now an entry may be for boards. */
class ScheduleBoards1767225631001 implements MigrationInterface {
  readonly name = 'ScheduleBoards1767225631001';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'entry', 'devices', text().default('loudspeakers'));
    // Lines of templates are entries without their days. A quote within a title is escaped in JSON: only names of members match.
    await runner.query(
      `UPDATE schedule_template SET lines = replace(lines, '"hamletIds":', '"devices":"loudspeakers","hamletIds":')`,
    );
  }

  async down(): Promise<void> {
    throw new Error('what is for boards must not be played by loudspeakers');
  }
}

export const schedulingEntities: readonly EntityClass[] = [
  Entry,
  EntryItem,
  EntryPlace,
  Publication,
  PublicationEntry,
  ...ruleEntities,
  ClashRow,
  ForeignLoudspeaker,
  ScheduleTemplate,
];
export const schedulingMigrations: readonly MigrationClass[] = [
  Scheduling1767225604000,
  ScheduleOrders1767225623000,
  Publications1767225624000,
  ...ruleMigrations,
  ScheduleClashes1767225626000,
  ForeignLoudspeakers1767225627000,
  ScheduleTemplates1767225628000,
  PlacesAndPasses1767225630000,
  ScheduleBoards1767225631001,
];
