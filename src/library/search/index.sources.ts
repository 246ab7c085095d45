import type { EntityManager } from 'typeorm';
import type { Metadata } from '../items/item.entity.js';
import { type IndexedText, indexed } from './engine/tokens.js';

/** One version of an item, as the index is to hold it. */
export interface IndexRow extends IndexedText {
  readonly itemId: string;
  readonly version: number;
  /** Else it is there because it is approved. */
  readonly current: boolean;
  readonly createdAtMs: number;
  readonly validFrom: string | null;
  readonly validTo: string | null;
}

const AT_ONCE = 200;

// Plain SQL, and only columns that exist when the migration of the index runs: entities know later ones too.
const SOURCES = `
  SELECT i.id AS "itemId", i.group_id AS "groupId", i.area_path AS "areaPath", i.kind, i.language,
    i.plan_line_id AS "planLineId", i.request_id AS "requestId", i.created_by AS "createdBy",
    i.created_at_ms AS "createdAtMs", i.current_version AS "currentVersion",
    i.title, i.topic, i.field, i.audience, i.form, i.programme, i.source_office AS "sourceOffice",
    i.sponsor, i.byline, i.valid_from AS "validFrom", i.valid_to AS "validTo",
    v.n, v.text, v.metadata, v.author_id AS "authorId", v.author_name AS "authorName", a.name AS "areaName"
  FROM item i
  JOIN item_version v ON v.item_id = i.id AND (v.n = i.current_version OR v.n = i.approved_version)
  LEFT JOIN area a ON a.id = i.area_id`;

interface SourceRow extends Omit<Metadata, 'audience' | 'thirdParty'> {
  readonly itemId: string;
  readonly groupId: string;
  readonly areaPath: string;
  readonly kind: string;
  readonly language: string;
  readonly planLineId: string | null;
  readonly requestId: string | null;
  readonly createdBy: string;
  readonly createdAtMs: number;
  readonly currentVersion: number;
  readonly audience: string;
  readonly n: number;
  readonly text: string | null;
  readonly metadata: string | null;
  readonly authorId: string;
  readonly authorName: string;
  readonly areaName: string | null;
}

/** @param mark the first parameter as the database writes it: `?` or `$1` */
export async function rowsOf(writer: EntityManager, itemId: string, mark: string): Promise<IndexRow[]> {
  return ((await writer.query(`${SOURCES} WHERE i.id = ${mark}`, [itemId])) as SourceRow[]).map(indexRow);
}

/** All, the oldest first, some at a time. */
export async function* allRows(writer: EntityManager): AsyncGenerator<IndexRow[]> {
  const items: { readonly id: string }[] = await writer.query('SELECT id FROM item ORDER BY created_at_ms, id');
  const postgres = writer.dataSource.options.type === 'postgres';
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const ids = items.slice(from, from + AT_ONCE).map(({ id }) => id);
    const marks = ids.map((_, at) => (postgres ? `$${at + 1}` : '?')).join(', ');
    const rows: SourceRow[] = await writer.query(
      `${SOURCES} WHERE i.id IN (${marks}) ORDER BY i.created_at_ms, i.id, v.n`,
      ids,
    );
    yield rows.map(indexRow);
  }
}

function indexRow(row: SourceRow): IndexRow {
  const frozen = row.metadata === null ? null : (JSON.parse(row.metadata) as Metadata);
  const metadata = frozen ?? { ...row, audience: JSON.parse(row.audience) as readonly string[] };
  return {
    ...indexed({ ...row, ...metadata, areaName: row.areaName ?? '' }),
    itemId: row.itemId,
    version: row.n,
    current: row.n === row.currentVersion,
    createdAtMs: row.createdAtMs,
    validFrom: metadata.validFrom ?? null,
    validTo: metadata.validTo ?? null,
  };
}
