import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/index.js';
import { AreaModule } from '../areas/index.js';
import { AlarmService } from './alarm.service.js';
import { ClusterService } from './cluster.service.js';
import { DeviceAccess, DeviceGuard } from './device-access.js';
import { EnrolmentService } from './enrolment.service.js';
import { FleetController } from './fleet.controller.js';
import { PresenceService } from './presence.service.js';

@Module({
  imports: [AreaModule, AccountModule],
  controllers: [FleetController],
  providers: [AlarmService, ClusterService, DeviceAccess, DeviceGuard, EnrolmentService, PresenceService],
  exports: [AlarmService, ClusterService, DeviceAccess, DeviceGuard],
})
export class FleetModule {}
