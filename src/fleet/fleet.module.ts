import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/index.js';
import { AreaModule } from '../areas/index.js';
import { AlarmService } from './alarm.service.js';
import { ClusterService } from './cluster.service.js';
import { ClusterGroupController } from './cluster-group.controller.js';
import { ClusterGroupService } from './cluster-group.service.js';
import { DeviceAccess, DeviceGuard } from './device-access.js';
import { EnrolmentService } from './enrolment.service.js';
import { FleetController } from './fleet.controller.js';
import { ListenerService } from './listener.service.js';
import { PresenceService } from './presence.service.js';

@Module({
  imports: [AreaModule, AccountModule],
  controllers: [FleetController, ClusterGroupController],
  providers: [
    AlarmService,
    ClusterGroupService,
    ClusterService,
    DeviceAccess,
    DeviceGuard,
    EnrolmentService,
    ListenerService,
    PresenceService,
  ],
  exports: [AlarmService, ClusterService, DeviceAccess, DeviceGuard, ListenerService],
})
export class FleetModule {}
