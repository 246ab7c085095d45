import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/index.js';
import { AreaModule } from '../areas/index.js';
import { DispatchModule } from '../dispatch/index.js';
import { FleetModule } from '../fleet/index.js';
import { LibraryModule } from '../library/index.js';
import { PlanModule } from '../plans/index.js';
import { SchedulingModule } from '../scheduling/index.js';
import { CoverageService } from './coverage.service.js';
import { GapClock } from './gap.clock.js';
import { ReceiptIntake } from './intake.service.js';
import { Ledger } from './ledger.js';
import { CheckpointClock } from './log/checkpoint.clock.js';
import { EpochService } from './log/epoch.service.js';
import { LogController, LogTraffic } from './log/log.controller.js';
import { LogOfficeController } from './log/log-office.controller.js';
import { Sequencer } from './log/sequencer.js';
import { TransparencyLog } from './log/transparency-log.js';
import { Quarantine } from './quarantine.js';
import { ReceiptController } from './receipt.controller.js';
import { ReceptionService } from './reception.service.js';

@Module({
  imports: [AccountModule, AreaModule, DispatchModule, FleetModule, LibraryModule, PlanModule, SchedulingModule],
  controllers: [ReceiptController, LogController, LogOfficeController],
  providers: [
    CoverageService,
    GapClock,
    Ledger,
    Quarantine,
    ReceiptIntake,
    ReceptionService,
    CheckpointClock,
    EpochService,
    LogTraffic,
    Sequencer,
    TransparencyLog,
  ],
  exports: [GapClock, ReceiptIntake, Sequencer, CheckpointClock, TransparencyLog],
})
export class ReceiptModule {}
