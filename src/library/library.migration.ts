import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  addColumn,
  addIndex,
  addUnique,
  bigint,
  createTable,
  dropIndex,
  dropTable,
  dropUnique,
  type EntityClass,
  integer,
  json,
  type MigrationClass,
  replaceCheck,
  requireValue,
  text,
} from '../platform/database/index.js';
import { ItemAcceptance } from './acceptance/acceptance.entity.js';
import { LibraryAcceptance1767225616000 } from './acceptance/acceptance.migration.js';
import { approvalEntities, approvalMigrations } from './approval/approval.migration.js';
import { Item, ItemVersion, type Metadata } from './items/item.entity.js';
import { LibraryRelays1767225647000 } from './relay/relay.migration.js';
import { StandbySoundRow } from './relay/standby-sound.entity.js';
import { LibrarySearch1767225614000 } from './search/search.migration.js';
import { DictionaryWord } from './speech/dictionary.entity.js';
import { LibrarySpeech1767225615000 } from './speech/speech.migration.js';
import { NoticeTemplate } from './templates/template.entity.js';
import { LibraryTemplates1767225618000 } from './templates/template.migration.js';

class Library1767225603000 implements MigrationInterface {
  readonly name = 'Library1767225603000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'item', {
      columns: {
        id: text().primary(),
        area_id: text(),
        area_path: text(),
        kind: text(),
        title: text(),
        title_folded: text(),
        topic: text(),
        field: integer(),
        audience: json(),
        form: text(),
        language: text(),
        programme: text(),
        source_office: text(),
        plan_line_id: text().nullable(),
        created_by: text(),
        created_at_ms: bigint(),
        current_version: integer(),
        approved_version: integer().nullable(),
      },
      indexes: [['area_path'], ['plan_line_id']],
      checks: ["kind IN ('script', 'recording')", 'field BETWEEN 1 AND 6'],
    });
    await createTable(runner, 'item_version', {
      columns: {
        item_id: text().primary(),
        n: integer().primary(),
        text: text().nullable(),
        text_sha256: text().nullable(),
        author_id: text(),
        author_name: text(),
        created_at_ms: bigint(),
        status: text(),
        status_reason: text().nullable(),
        approver_id: text().nullable(),
        approver_name: text().nullable(),
        decided_at_ms: bigint().nullable(),
        upload_sha256: text().nullable(),
        audio_state: text(),
        audio_problem: text().nullable(),
        audio_sha256: text().nullable(),
        audio_bytes: bigint().nullable(),
        audio_type: text().nullable(),
        audio_duration_ms: bigint().nullable(),
        loudness: json().nullable(),
      },
      checks: [
        "status IN ('draft', 'pending', 'approved', 'returned', 'refused', 'withdrawn')",
        "audio_state IN ('none', 'rendering', 'ready', 'failed')",
        "audio_state <> 'ready' OR (audio_sha256 IS NOT NULL AND audio_duration_ms > 0)",
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['item_version', 'item']) await dropTable(runner, table);
  }
}

const KINDS_BEFORE = "kind IN ('script', 'recording')";
const KINDS = "kind IN ('script', 'recording', 'relay', 'notice', 'picture', 'video', 'boardText')";
const STATUSES_BEFORE = "status IN ('draft', 'pending', 'approved', 'returned', 'refused', 'withdrawn')";
const STATUSES =
  "status IN ('draft', 'pending', 'provisional', 'approved', 'returned', 'refused', 'withdrawn', 'expired')";

/** More kinds, language versions, metadata that is frozen with a version, corrections, hậu kiểm, a report on the sound. */
class LibraryContent1767225612000 implements MigrationInterface {
  readonly name = 'LibraryContent1767225612000';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'item', 'group_id', text().nullable());
    await runner.query('UPDATE item SET group_id = id');
    for (const name of ['sponsor', 'byline']) await addColumn(runner, 'item', name, text().default(''));
    for (const name of ['valid_from', 'valid_to', 'third_party', 'request_id'])
      await addColumn(runner, 'item', name, text().nullable());
    await requireValue(runner, 'item', 'group_id');
    await addUnique(runner, 'item', ['group_id', 'language']);
    await replaceCheck(runner, 'item', KINDS_BEFORE, KINDS);
    for (const [name, column] of Object.entries(VERSION_COLUMNS)) await addColumn(runner, 'item_version', name, column);
    await replaceCheck(runner, 'item_version', STATUSES_BEFORE, STATUSES);
    await freezeMetadata(runner);
    await addIndex(runner, 'item_version', ['status']);
  }

  /** Content of the new kinds cannot be told by the old tables: with any, this fails and changes nothing. */
  async down(runner: QueryRunner): Promise<void> {
    await dropIndex(runner, 'item_version', ['status']);
    await replaceCheck(runner, 'item_version', STATUSES, STATUSES_BEFORE);
    await runner.dropColumns('item_version', Object.keys(VERSION_COLUMNS));
    await replaceCheck(runner, 'item', KINDS, KINDS_BEFORE);
    await dropUnique(runner, 'item', ['group_id', 'language']);
    await runner.dropColumns('item', [
      'group_id',
      'sponsor',
      'byline',
      'valid_from',
      'valid_to',
      'third_party',
      'request_id',
    ]);
  }
}

/** Versions of before say what their item said then; without it a later draft would change what was approved. */
async function freezeMetadata(runner: QueryRunner): Promise<void> {
  const items: Record<string, string | number>[] = await runner.query(
    'SELECT id, title, topic, field, audience, form, programme, source_office FROM item',
  );
  for (const { id, audience, source_office: sourceOffice, ...same } of items) {
    const since = { sponsor: '', byline: '', validFrom: null, validTo: null, thirdParty: null };
    const metadata = { ...same, audience: JSON.parse(String(audience)), sourceOffice, ...since } as unknown as Metadata;
    await runner.manager.update(ItemVersion, { itemId: String(id) }, { metadata });
  }
}

const VERSION_COLUMNS = {
  metadata: json().nullable(),
  content: json().nullable(),
  speech: json().nullable(),
  corrected_by_id: text().nullable(),
  corrected_by_name: text().nullable(),
  speaker_name: text().nullable(),
  on_behalf_of: text().nullable(),
  aired_by_name: text().nullable(),
  review_due_at_ms: bigint().nullable(),
  mp3_sha256: text().nullable(),
  mp3_bytes: bigint().nullable(),
  sound: json().nullable(),
  peaks: json().nullable(),
} as const;

export const libraryEntities: readonly EntityClass[] = [
  Item,
  ItemVersion,
  DictionaryWord,
  ItemAcceptance,
  NoticeTemplate,
  StandbySoundRow,
  ...approvalEntities,
];
export const libraryMigrations: readonly MigrationClass[] = [
  Library1767225603000,
  LibraryContent1767225612000,
  LibrarySearch1767225614000,
  LibrarySpeech1767225615000,
  LibraryAcceptance1767225616000,
  LibraryTemplates1767225618000,
  LibraryRelays1767225647000,
  ...approvalMigrations,
];
