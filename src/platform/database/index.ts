export { BoolColumn, IdColumn, IntColumn, JsonColumn, MsColumn, RealColumn, TextColumn } from './columns.js';
export { Database } from './database.js';
export type {
  DatabaseOptions,
  DatabasePlace,
  EntityClass,
  MigrationClass,
  WriteOptions,
  WriteTransaction,
} from './database.options.js';
export { schemaDrift } from './drift.js';
export { DatabasePlaceError, DatabaseUseError } from './errors.js';
export { newId } from './ids.js';
export { insertRow } from './insert-row.js';
export { among, insertMany } from './many.js';
export { beginsWith } from './prefix.js';
export {
  addColumn,
  addIndex,
  addPrefixIndex,
  addUnique,
  bigint,
  boolean,
  type ColumnSpec,
  createTable,
  double,
  dropIndex,
  dropTable,
  dropUnique,
  integer,
  json,
  replaceCheck,
  requireValue,
  type TableSpec,
  text,
} from './schema.js';
