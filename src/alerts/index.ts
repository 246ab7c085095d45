export { alertEntities, alertMigrations } from './alert.migration.js';
export { AlertModule } from './alert.module.js';
export { EmergencyService } from './emergency.service.js';
