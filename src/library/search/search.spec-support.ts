import type { Database } from '../../platform/database/index.js';

interface Indexed {
  readonly itemId: string;
  readonly version: number;
  readonly folded: string;
  readonly tokens: readonly string[];
}

/** All that the index holds, by item and version. */
export async function indexRows(database: Database): Promise<Indexed[]> {
  const rows =
    database.kind === 'postgres'
      ? await database.read((reader) =>
          reader.query(
            'SELECT item_id AS "itemId", version, folded, tsvector_to_array(words) AS tokens FROM item_search ORDER BY item_id, version',
          ),
        )
      : await sqliteRows(database);
  return (rows as Indexed[]).map((row) => ({ ...row, tokens: [...row.tokens].sort() }));
}

async function sqliteRows(database: Database): Promise<Indexed[]> {
  return database.write(async ({ manager }) => {
    await manager.query("CREATE VIRTUAL TABLE temp.held USING fts5vocab('main', 'item_words', 'instance')");
    const tokens: { term: string; doc: number }[] = await manager.query('SELECT term, doc FROM temp.held');
    await manager.query('DROP TABLE temp.held');
    const rows: (Indexed & { seq: number })[] = await manager.query(
      'SELECT seq, item_id AS "itemId", version, folded FROM item_search ORDER BY item_id, version',
    );
    return rows.map(({ seq, ...row }) => ({
      ...row,
      tokens: tokens.filter(({ doc }) => doc === seq).map(({ term }) => term),
    }));
  });
}
