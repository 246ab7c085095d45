import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/index.js';
import { AreaModule } from '../areas/index.js';
import { DispatchModule } from '../dispatch/index.js';
import { FleetModule } from '../fleet/index.js';
import { LibraryModule } from '../library/index.js';
import { PlanModule } from '../plans/index.js';
import { SchedulingModule } from '../scheduling/index.js';
import { AnswerBook } from './confirmations/answer.book.js';
import { ConfirmationController } from './confirmations/confirmation.controller.js';
import { ConfirmationService } from './confirmations/confirmation.service.js';
import { HearingController } from './confirmations/hearing.controller.js';
import { HearingService } from './confirmations/hearing.service.js';
import { ConfirmationLinkController } from './confirmations/link.controller.js';
import { ConfirmationLinkService } from './confirmations/link.service.js';
import { SessionService } from './confirmations/session.service.js';
import { CoverageService } from './coverage.service.js';
import { GapClock } from './gap.clock.js';
import { ReceiptIntake } from './intake.service.js';
import { Ledger } from './ledger.js';
import { Quarantine } from './quarantine.js';
import { ReceiptController } from './receipt.controller.js';
import { ReceptionService } from './reception.service.js';

@Module({
  imports: [AccountModule, AreaModule, DispatchModule, FleetModule, LibraryModule, PlanModule, SchedulingModule],
  controllers: [ConfirmationController, ConfirmationLinkController, HearingController, ReceiptController],
  providers: [
    AnswerBook,
    ConfirmationLinkService,
    ConfirmationService,
    CoverageService,
    GapClock,
    HearingService,
    Ledger,
    Quarantine,
    ReceiptIntake,
    ReceptionService,
    SessionService,
  ],
  exports: [GapClock, ReceiptIntake],
})
export class ReceiptModule {}
