export { AlarmService } from './alarm.service.js';
export { ClusterService } from './cluster.service.js';
export { CurrentDevice, DeviceAccess, DeviceGuard } from './device-access.js';
export { Cluster, Controller } from './fleet.entity.js';
export { fleetEntities, fleetMigrations } from './fleet.migration.js';
export { FleetModule } from './fleet.module.js';
export { type Listener, ListenerService } from './listener.service.js';
export { PresenceService } from './presence.service.js';
