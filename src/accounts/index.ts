export { accountEntities, accountMigrations } from './account.migration.js';
export { AccountModule } from './account.module.js';
export { AccountService } from './account.service.js';
export { Audit } from './audit.service.js';
export type { AccountRole } from './engine/roles.js';
export { actorFrom } from './session.service.js';
