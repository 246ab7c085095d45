export { bulkEntities, bulkMigrations } from './bulk.migration.js';
export { BulkModule } from './bulk.module.js';
export { ExportJob } from './exports/export.job.js';
export { ExportService } from './exports/export.service.js';
export { ImportJob } from './imports/import.job.js';
