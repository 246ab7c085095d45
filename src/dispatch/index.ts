export { AssetServer } from './asset-server.js';
export { PlannedPlayRow, plannedPlayId } from './dispatch.entity.js';
export { dispatchEntities, dispatchMigrations } from './dispatch.migration.js';
export { DispatchModule } from './dispatch.module.js';
export { PlanPublisher } from './plan-publisher.js';
export { RetainedService } from './retained.service.js';
export { DISPATCH_SETTINGS, type DispatchSettings } from './settings.js';
export { TimeService } from './time.service.js';
