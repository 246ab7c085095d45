import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/index.js';
import { AreaModule } from '../areas/index.js';
import { DispatchModule } from '../dispatch/index.js';
import { FleetModule } from '../fleet/index.js';
import { LibraryModule } from '../library/index.js';
import { PlanModule } from '../plans/index.js';
import { SchedulingModule } from '../scheduling/index.js';
import { CoverageService } from './coverage.service.js';
import { DeclarationController } from './declared/declaration.controller.js';
import { DeclarationService } from './declared/declaration.service.js';
import { GapClock } from './gap.clock.js';
import { ReceiptIntake } from './intake.service.js';
import { Ledger } from './ledger.js';
import { Quarantine } from './quarantine.js';
import { ReceiptController } from './receipt.controller.js';
import { ReceptionService } from './reception.service.js';

@Module({
  imports: [AccountModule, AreaModule, DispatchModule, FleetModule, LibraryModule, PlanModule, SchedulingModule],
  controllers: [ReceiptController, DeclarationController],
  providers: [CoverageService, DeclarationService, GapClock, Ledger, Quarantine, ReceiptIntake, ReceptionService],
  exports: [GapClock, ReceiptIntake],
})
export class ReceiptModule {}
