export { FileService } from './intake/file.service.js';
export { requestEntities, requestMigrations } from './request.migration.js';
export { RequestModule } from './request.module.js';
