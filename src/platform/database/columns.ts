import { Column, type ColumnOptions, PrimaryColumn } from 'typeorm';

/** Column types are named once, here and in schema.ts, so that entities and migrations agree on both databases. */
type Shape<T> = {
  /** SQL NULL allowed; declare the property as `T | null`. */
  readonly nullable?: boolean;
  /** Part of the primary key. */
  readonly primary?: boolean;
  /** Default of the database column; the migration must name the same. */
  readonly default?: T;
};

function column<T>(
  type: 'text' | 'integer' | 'bigint' | 'boolean' | 'double precision',
  shape: Shape<T>,
  more: Pick<ColumnOptions, 'transformer'> = {},
) {
  const options: ColumnOptions = { type, nullable: shape.nullable ?? false, ...more };
  if (shape.default !== undefined) options.default = shape.default;
  return shape.primary ? PrimaryColumn({ type, ...more }) : Column(options);
}

/** Text primary key, see newId(). */
export const IdColumn = () => column<string>('text', { primary: true });
export const TextColumn = (shape: Shape<string> = {}) => column('text', shape);
/** 32-bit integer. */
export const IntColumn = (shape: Shape<number> = {}) => column('integer', shape);
export const BoolColumn = (shape: Shape<boolean> = {}) => column('boolean', shape);
/** Double-precision number. */
export const RealColumn = (shape: Shape<number> = {}) => column('double precision', shape);

/** UTC epoch milliseconds, and other integers up to 2^53: bigint in the database, number in the program. */
export const MsColumn = (shape: Shape<number> = {}) =>
  column('bigint', shape, {
    transformer: {
      to: (value: unknown) => value,
      // pg hands out int8 as a string, because not every int8 fits a number; epoch milliseconds do.
      from: (value: unknown) => (typeof value === 'string' ? Number(value) : value),
    },
  });

/** JSON kept as text: the same bytes on both databases. Not for searching in. */
export const JsonColumn = <T = unknown>(shape: Pick<Shape<T>, 'nullable'> = {}) =>
  column<T>('text', shape, {
    transformer: {
      to: (value: T | null | undefined) => (value === null || value === undefined ? value : JSON.stringify(value)),
      from: (value: unknown) => (typeof value === 'string' ? (JSON.parse(value) as T) : value),
    },
  });
