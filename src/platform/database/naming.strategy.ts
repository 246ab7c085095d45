import { createHash } from 'node:crypto';
import { DefaultNamingStrategy, type NamingStrategyInterface, type Table } from 'typeorm';

// PostgreSQL cuts longer names silently, and a cut name looks like drift.
const LONGEST = 63;

const snake = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 10);

/** snake_case columns, and constraint names that tell in an error message which rule was broken. */
export class SnakeNaming extends DefaultNamingStrategy implements NamingStrategyInterface {
  override columnName(propertyName: string, customName: string | undefined, prefixes: string[]): string {
    return snake([...prefixes, customName ?? propertyName].join('_'));
  }

  override joinColumnName(relationName: string, referencedColumnName: string): string {
    return snake(`${relationName}_${referencedColumnName}`);
  }

  override primaryKeyName(table: Table | string): string {
    return this.named('pk', table, []);
  }

  override uniqueConstraintName(table: Table | string, columns: string[]): string {
    return this.named('uq', table, [...columns].sort());
  }

  override relationConstraintName(table: Table | string, columns: string[]): string {
    return this.named('uq', table, [...columns].sort());
  }

  override foreignKeyName(table: Table | string, columns: string[]): string {
    return this.named('fk', table, [...columns].sort());
  }

  /** The order of columns is the meaning of an index, so (a, b) and (b, a) are two. */
  override indexName(table: Table | string, columns: string[], where?: string): string {
    return this.named('ix', table, where ? [...columns, hash(where)] : columns);
  }

  override checkConstraintName(table: Table | string, expression: string): string {
    return this.named('ck', table, [hash(expression)]);
  }

  private named(prefix: string, table: Table | string, parts: readonly string[]): string {
    const name = [prefix, this.getTableName(table), ...parts].join('_');
    return name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 11)}_${hash(name)}`;
  }
}
