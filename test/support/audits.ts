import { AuditEntry } from '../../src/accounts/account.entity.js';
import type { Database } from '../../src/platform/database/index.js';

/** What the audit log says of deeds of one kind. */
export function auditsOf(database: Database, action: string): Promise<AuditEntry[]> {
  return database.read((reader) => reader.findBy(AuditEntry, { action }));
}
