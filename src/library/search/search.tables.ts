import type { QueryRunner } from 'typeorm';

/**
 * Tables without entities: they are derived from the items, can be made again from them, and no entity could say what an
 * FTS5 table or a tsvector is. TypeORM's schema builder looks at the tables of entities only, so it neither sees a drift
 * in these, nor in the shadow tables that FTS5 keeps beside its own.
 */
export const WORDS_INDEX = 'ix_item_search_words';
// Without fastupdate: a search must not read through what others have just written.
export const WORDS_INDEX_SQL = `CREATE INDEX ${WORDS_INDEX} ON item_search USING gin (words) WITH (fastupdate = off)`;

const SQLITE = [
  `CREATE TABLE item_search (
    seq INTEGER PRIMARY KEY,
    item_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    valid_from TEXT,
    valid_to TEXT,
    folded TEXT NOT NULL
  )`,
  'CREATE UNIQUE INDEX ix_item_search_item ON item_search (item_id, version)',
  `CREATE VIRTUAL TABLE item_words USING fts5 (
    tokens, content = '', contentless_delete = 1, detail = 'none', tokenize = "ascii tokenchars '_.'"
  )`,
];

const POSTGRES = [
  `CREATE TABLE item_search (
    item_id text NOT NULL,
    version integer NOT NULL,
    current boolean NOT NULL,
    created_at_ms bigint NOT NULL,
    valid_from text,
    valid_to text,
    folded text NOT NULL,
    words tsvector NOT NULL,
    CONSTRAINT pk_item_search PRIMARY KEY (item_id, current)
  )`,
  // The long columns go to their own place, so that sorting many hits reads few pages.
  'ALTER TABLE item_search SET (toast_tuple_target = 128)',
  // Without statistics the planner always takes the words for rare, and asks the index. With them it would, for common
  // ones, rather unpack the words of every row: it does not count what unpacking costs.
  'ALTER TABLE item_search ALTER COLUMN words SET STATISTICS 0',
  'CREATE INDEX ix_item_search_order ON item_search (created_at_ms DESC, item_id DESC)',
  WORDS_INDEX_SQL,
];

export async function createSearchTables(runner: QueryRunner): Promise<void> {
  for (const sql of runner.dataSource.options.type === 'postgres' ? POSTGRES : SQLITE) await runner.query(sql);
}

export async function dropSearchTables(runner: QueryRunner): Promise<void> {
  if (runner.dataSource.options.type !== 'postgres') await runner.query('DROP TABLE item_words');
  await runner.query('DROP TABLE item_search');
}
