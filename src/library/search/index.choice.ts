import type { Database } from '../../platform/database/index.js';
import type { LibraryIndex } from './library.index.js';
import { PostgresIndex } from './postgres.index.js';
import { SqliteIndex } from './sqlite.index.js';

export const indexFor = (kind: Database['kind']): LibraryIndex =>
  kind === 'postgres' ? new PostgresIndex() : new SqliteIndex();
