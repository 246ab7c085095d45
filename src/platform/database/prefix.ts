import type { EntityManager } from 'typeorm';

/** Both ends of the texts that begin with a prefix, compared byte by byte: from `from` on, and before `before`. */
export interface PrefixRange {
  readonly from: string;
  readonly before: string;
}

const LAST_CODE = 0xd7ff;

/** @throws RangeError on a prefix that is empty or ends with a character that has no successor in one UTF-16 unit */
export function prefixRange(prefix: string): PrefixRange {
  const last = prefix.charCodeAt(prefix.length - 1);
  if (!(last < LAST_CODE)) throw new RangeError(`no range of texts that begin with "${prefix}"`);
  return { from: prefix, before: prefix.slice(0, -1) + String.fromCharCode(last + 1) };
}

/**
 * Condition of a query, with its parameters, that a column begins with a text (such as the path of an area, for everything at or below
 * it): a range, because `LIKE` uses no index on SQLite, nor on PostgreSQL in most collations. On PostgreSQL an index serves it that
 * `addPrefixIndex` made; without one, and in every collation, the answer is the same.
 * @param column as the query names it: `entry.areaPath`
 * @param name of the parameters; another one where a query asks twice
 */
export function beginsWith(
  { dataSource }: EntityManager,
  column: string,
  prefix: string,
  name = 'prefix',
): [string, Record<string, string>] {
  const { from, before } = prefixRange(prefix);
  const [least, less] = dataSource.options.type === 'postgres' ? ['~>=~', '~<~'] : ['>=', '<'];
  const sql = `(${column} ${least} :${name}From AND ${column} ${less} :${name}Before)`;
  return [sql, { [`${name}From`]: from, [`${name}Before`]: before }];
}
