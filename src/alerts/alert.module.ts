import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/index.js';
import { AreaModule } from '../areas/index.js';
import { DispatchModule } from '../dispatch/index.js';
import { LibraryModule } from '../library/index.js';
import { SchedulingModule } from '../scheduling/index.js';
import { EmergencyController } from './emergency.controller.js';
import { EmergencyService } from './emergency.service.js';

@Module({
  imports: [AreaModule, AccountModule, LibraryModule, SchedulingModule, DispatchModule],
  controllers: [EmergencyController],
  providers: [EmergencyService],
  exports: [EmergencyService],
})
export class AlertModule {}
