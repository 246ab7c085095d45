import type { Database } from './database.js';

/**
 * What TypeORM would still do to make the tables what the entities say; empty when they agree. Runs on the reading
 * side, so that it cannot do it.
 */
export function schemaDrift(database: Database): Promise<string[]> {
  return database.read(async (reader) => {
    const sql = await reader.dataSource.driver.createSchemaBuilder().log();
    return sql.upQueries.map(({ query }) => query);
  });
}
