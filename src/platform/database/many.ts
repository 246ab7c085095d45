import type { EntityManager, EntityMetadata, EntityTarget, ObjectLiteral } from 'typeorm';
import { binaryArray } from './postgres.arrays.js';

/** Rows in one statement of SQLite, at most, which takes 32,766 parameters: few different lengths, each prepared once. */
const LENGTHS = [256, 64, 16, 4, 1] as const;
/** Of PostgreSQL, where each column is one parameter: what is in memory at once. */
const ROWS_AT_ONCE = 4_096;

export interface OnConflict<Row> {
  /** The key that may be there already. */
  readonly of: readonly (keyof Row & string)[];
  /** What becomes of it then: replaced by the new value, the new value added to it, or the smaller or greater of both. */
  readonly replace?: readonly (keyof Row & string)[];
  readonly add?: readonly (keyof Row & string)[];
  readonly least?: readonly (keyof Row & string)[];
  readonly greatest?: readonly (keyof Row & string)[];
}

/**
 * Writes whole rows, many at a time, without what TypeORM's `insert` does for each of them. With `onConflict` no two rows
 * may have the same key.
 */
export async function insertMany<Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  rows: readonly NoInfer<Row>[],
  onConflict?: OnConflict<NoInfer<Row>>,
): Promise<void> {
  const { driver, options } = manager.dataSource;
  const metadata = manager.dataSource.getMetadata(entity);
  const end = onConflict ? conflictOf(metadata, onConflict, (name) => driver.escape(name)) : '';
  const insert = options.type === 'postgres' ? insertColumns : insertRows;
  await insert(manager, metadata, rows, end);
}

async function insertColumns(
  manager: EntityManager,
  { columns, tableName }: EntityMetadata,
  rows: readonly ObjectLiteral[],
  end: string,
): Promise<void> {
  const { driver } = manager.dataSource;
  const names = columns.map(({ databaseName }) => driver.escape(databaseName)).join(',');
  const arrays = columns.map(({ type }, index) => `$${index + 1}::${String(type)}[]`).join(',');
  const sql = `INSERT INTO ${driver.escape(tableName)} (${names}) SELECT * FROM unnest(${arrays})${end}`;
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const some = rows.slice(from, from + ROWS_AT_ONCE);
    const parameters = columns.map((column) =>
      binaryArray(
        String(column.type),
        some.map((row) => driver.preparePersistentValue(row[column.propertyName], column)),
      ),
    );
    await manager.query(sql, parameters);
  }
}

async function insertRows(
  manager: EntityManager,
  metadata: EntityMetadata,
  rows: readonly ObjectLiteral[],
  end: string,
): Promise<void> {
  const { driver } = manager.dataSource;
  let from = 0;
  for (const length of LENGTHS)
    for (; rows.length - from >= length; from += length) {
      const parameters: unknown[] = [];
      for (const row of rows.slice(from, from + length))
        for (const column of metadata.columns)
          parameters.push(driver.preparePersistentValue(row[column.propertyName], column));
      await manager.query(`${insertOf(manager, metadata, length)}${end}`, parameters);
    }
}

const statements = new WeakMap<EntityMetadata, Map<number, string>>();

function insertOf({ dataSource: { driver } }: EntityManager, metadata: EntityMetadata, length: number): string {
  const known = statements.get(metadata) ?? new Map<number, string>();
  statements.set(metadata, known);
  const made = known.get(length);
  if (made !== undefined) return made;
  const row = `(${metadata.columns.map(() => '?').join(',')})`;
  const names = metadata.columns.map(({ databaseName }) => driver.escape(databaseName)).join(',');
  const rows = Array.from({ length }, () => row).join(',');
  const sql = `INSERT INTO ${driver.escape(metadata.tableName)} (${names}) VALUES ${rows}`;
  known.set(length, sql);
  return sql;
}

function conflictOf<Row>(
  { columns, tableName }: EntityMetadata,
  { of, replace = [], add = [], least = [], greatest = [] }: OnConflict<Row>,
  quote: (name: string) => string,
): string {
  const name = (property: string) => {
    const column = columns.find(({ propertyName }) => propertyName === property);
    if (!column) throw new RangeError(`${tableName} has no column for ${property}`);
    return quote(column.databaseName);
  };
  const better = (column: string, than: '<' | '>') =>
    `${column} = CASE WHEN excluded.${column} ${than} ${quote(tableName)}.${column} THEN excluded.${column} ELSE ${quote(tableName)}.${column} END`;
  const set = [
    ...replace.map((property) => `${name(property)} = excluded.${name(property)}`),
    ...add.map((property) => `${name(property)} = ${quote(tableName)}.${name(property)} + excluded.${name(property)}`),
    ...least.map((property) => better(name(property), '<')),
    ...greatest.map((property) => better(name(property), '>')),
  ];
  return ` ON CONFLICT (${of.map(name).join(',')}) DO ${set.length > 0 ? `UPDATE SET ${set.join(',')}` : 'NOTHING'}`;
}

/**
 * Condition of a query, with its parameter, that a column has one of many values: one statement for lists of any length.
 * @param column as the query names it: `receipt.id`
 * @param name of the parameter; another one where a query asks twice
 */
export function among(
  { dataSource }: EntityManager,
  column: string,
  values: readonly string[],
  name = 'values',
): [string, Record<string, unknown>] {
  return dataSource.options.type === 'postgres'
    ? [`${column} = ANY(:${name})`, { [name]: binaryArray('text', values) }]
    : [`${column} IN (SELECT value FROM json_each(:${name}))`, { [name]: JSON.stringify(values) }];
}
