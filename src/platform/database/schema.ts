import { type QueryRunner, Table, TableCheck, TableColumn, TableForeignKey, TableIndex, TableUnique } from 'typeorm';

export type OnDelete = 'CASCADE' | 'RESTRICT' | 'SET NULL' | 'NO ACTION';

type ColumnShape = {
  readonly type: 'text' | 'integer' | 'bigint' | 'boolean' | 'double precision';
  readonly nullable?: boolean;
  readonly primary?: boolean;
  readonly unique?: boolean;
  readonly default?: string | number | boolean;
  readonly references?: { readonly table: string; readonly column: string; readonly onDelete: OnDelete };
};

/** A column of a migration. Immutable: every method returns a changed copy. NOT NULL unless nullable(). */
export class ColumnSpec {
  constructor(readonly shape: ColumnShape) {}

  nullable(): ColumnSpec {
    return new ColumnSpec({ ...this.shape, nullable: true });
  }

  primary(): ColumnSpec {
    return new ColumnSpec({ ...this.shape, primary: true });
  }

  unique(): ColumnSpec {
    return new ColumnSpec({ ...this.shape, unique: true });
  }

  default(value: string | number | boolean): ColumnSpec {
    return new ColumnSpec({ ...this.shape, default: value });
  }

  /** The entity says the same with TypeORM's `@ForeignKey(() => Other, { onDelete })` above its column. */
  references(table: string, column = 'id', onDelete: OnDelete = 'NO ACTION'): ColumnSpec {
    return new ColumnSpec({ ...this.shape, references: { table, column, onDelete } });
  }
}

export const text = () => new ColumnSpec({ type: 'text' });
/** 32 bits. */
export const integer = () => new ColumnSpec({ type: 'integer' });
/** Epoch milliseconds and other integers up to 2^53. */
export const bigint = () => new ColumnSpec({ type: 'bigint' });
export const boolean = () => new ColumnSpec({ type: 'boolean' });
export const double = () => new ColumnSpec({ type: 'double precision' });
/** JSON kept as text, see JsonColumn(). */
export const json = text;

export type TableSpec = {
  readonly columns: Readonly<Record<string, ColumnSpec>>;
  readonly indexes?: readonly (readonly string[])[];
  /** `@Index([...], { unique: true })` in the entity. */
  readonly uniqueIndexes?: readonly (readonly string[])[];
  /** `@Unique([...])` in the entity. */
  readonly uniques?: readonly (readonly string[])[];
  /** `@Check('...')` in the entity, letter for letter. */
  readonly checks?: readonly string[];
};

/** Creates a table with its keys and indexes, named as the naming strategy names those of the entity. */
export async function createTable(queryRunner: QueryRunner, name: string, spec: TableSpec): Promise<void> {
  const { namingStrategy: naming } = queryRunner.dataSource;
  const columns = Object.entries(spec.columns);
  const uniques = [
    ...(spec.uniques ?? []),
    ...columns.filter(([, column]) => column.shape.unique).map(([columnName]) => [columnName]),
  ];
  const indexes = [
    ...(spec.indexes ?? []).map((columnNames) => ({ columnNames, isUnique: false })),
    ...(spec.uniqueIndexes ?? []).map((columnNames) => ({ columnNames, isUnique: true })),
  ];
  await queryRunner.createTable(
    new Table({
      name,
      columns: columns.map(([columnName, column]) => tableColumn(queryRunner, columnName, column.shape)),
      uniques: uniques.map(
        (names) => new TableUnique({ name: naming.uniqueConstraintName(name, [...names]), columnNames: [...names] }),
      ),
      indices: indexes.map(
        ({ columnNames, isUnique }) =>
          new TableIndex({ name: naming.indexName(name, [...columnNames]), columnNames: [...columnNames], isUnique }),
      ),
      checks: (spec.checks ?? []).map(
        (expression) => new TableCheck({ name: naming.checkConstraintName(name, expression), expression }),
      ),
      foreignKeys: columns.flatMap(([columnName, { shape }]) => {
        if (!shape.references) return [];
        const { table, column, onDelete } = shape.references;
        return new TableForeignKey({
          name: naming.foreignKeyName(name, [columnName], table, [column]),
          columnNames: [columnName],
          referencedTableName: table,
          referencedColumnNames: [column],
          onDelete,
        });
      }),
    }),
  );
}

export async function dropTable(queryRunner: QueryRunner, name: string): Promise<void> {
  await queryRunner.dropTable(name);
}

/** A column for a table that has rows: nullable or with a default. */
export async function addColumn(
  queryRunner: QueryRunner,
  table: string,
  name: string,
  column: ColumnSpec,
): Promise<void> {
  await queryRunner.addColumn(table, tableColumn(queryRunner, name, column.shape));
}

/** NOT NULL for a column that has got a value in every row. */
export async function requireValue(queryRunner: QueryRunner, table: string, name: string): Promise<void> {
  const before = (await queryRunner.getTable(table))?.findColumnByName(name);
  if (!before) throw new RangeError(`${table} has no column ${name}`);
  const after = before.clone();
  after.isNullable = false;
  await queryRunner.changeColumn(table, before, after);
}

/** Expressions letter for letter, as the entity said and says them. */
export async function replaceCheck(
  queryRunner: QueryRunner,
  table: string,
  before: string,
  after: string,
): Promise<void> {
  const { namingStrategy: naming } = queryRunner.dataSource;
  await queryRunner.dropCheckConstraint(table, naming.checkConstraintName(table, before));
  const name = naming.checkConstraintName(table, after);
  await queryRunner.createCheckConstraint(table, new TableCheck({ name, expression: after }));
}

export async function addUnique(
  queryRunner: QueryRunner,
  table: string,
  columnNames: readonly string[],
): Promise<void> {
  const name = queryRunner.dataSource.namingStrategy.uniqueConstraintName(table, [...columnNames]);
  await queryRunner.createUniqueConstraint(table, new TableUnique({ name, columnNames: [...columnNames] }));
}

export async function dropUnique(
  queryRunner: QueryRunner,
  table: string,
  columnNames: readonly string[],
): Promise<void> {
  const { namingStrategy: naming } = queryRunner.dataSource;
  await queryRunner.dropUniqueConstraint(table, naming.uniqueConstraintName(table, [...columnNames]));
}

export async function addIndex(queryRunner: QueryRunner, table: string, columnNames: readonly string[]): Promise<void> {
  const name = queryRunner.dataSource.namingStrategy.indexName(table, [...columnNames]);
  await queryRunner.createIndex(table, new TableIndex({ name, columnNames: [...columnNames] }));
}

/**
 * Makes the index of one text column, named as the entity's is, one that serves `beginsWith`: on PostgreSQL an index of the database's
 * own collation does not. Equality and `IN` use it too. The entity says `@Index([column])`.
 */
export async function addPrefixIndex(queryRunner: QueryRunner, table: string, column: string): Promise<void> {
  if (queryRunner.dataSource.options.type !== 'postgres') return addIndex(queryRunner, table, [column]);
  const name = queryRunner.dataSource.namingStrategy.indexName(table, [column]);
  await queryRunner.query(`CREATE INDEX "${name}" ON "${table}" ("${column}" text_pattern_ops)`);
}

export async function dropIndex(
  queryRunner: QueryRunner,
  table: string,
  columnNames: readonly string[],
): Promise<void> {
  await queryRunner.dropIndex(table, queryRunner.dataSource.namingStrategy.indexName(table, [...columnNames]));
}

function tableColumn(queryRunner: QueryRunner, name: string, shape: ColumnShape): TableColumn {
  return new TableColumn({
    name,
    type: shape.type,
    isNullable: shape.nullable ?? false,
    isPrimary: shape.primary ?? false,
    default: shape.default === undefined ? undefined : literal(queryRunner, shape.default),
  });
}

/** Writes a default as TypeORM writes those of entities. */
function literal(queryRunner: QueryRunner, value: string | number | boolean): string {
  const postgres = queryRunner.dataSource.options.type === 'postgres';
  switch (typeof value) {
    case 'string':
      // TypeORM does not escape it in the entity either.
      if (value.includes("'")) throw new RangeError(`a column default may hold no quote: ${value}`);
      return `'${value}'`;
    case 'number':
      return postgres ? `'${value}'` : String(value);
    default:
      return postgres ? String(value) : value ? '1' : '0';
  }
}
