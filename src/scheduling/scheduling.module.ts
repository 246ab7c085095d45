import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/index.js';
import { AreaModule } from '../areas/index.js';
import { LibraryModule } from '../library/index.js';
import { EntryService } from './entry.service.js';
import { ScheduleService } from './schedule.service.js';
import { SchedulingController } from './scheduling.controller.js';

@Module({
  imports: [AreaModule, AccountModule, LibraryModule],
  controllers: [SchedulingController],
  providers: [EntryService, ScheduleService],
  exports: [EntryService, ScheduleService],
})
export class SchedulingModule {}
