import { Module } from '@nestjs/common';
import { AreaModule } from '../areas/index.js';
import { FleetModule } from '../fleet/index.js';
import { LibraryModule } from '../library/index.js';
import { SchedulingModule } from '../scheduling/index.js';
import { AssetService } from './asset.service.js';
import { AssetServer } from './asset-server.js';
import { DeviceController } from './device.controller.js';
import { PartService } from './part.service.js';
import { PlanPublisher } from './plan-publisher.js';
import { RetainedService } from './retained.service.js';
import { TimeService } from './time.service.js';

@Module({
  imports: [AreaModule, FleetModule, LibraryModule, SchedulingModule],
  controllers: [DeviceController],
  providers: [AssetServer, AssetService, PartService, PlanPublisher, RetainedService, TimeService],
  exports: [AssetServer, AssetService, PlanPublisher, RetainedService, TimeService],
})
export class DispatchModule {}
