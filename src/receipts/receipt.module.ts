import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/index.js';
import { AreaModule } from '../areas/index.js';
import { DispatchModule } from '../dispatch/index.js';
import { ClusterService, FleetModule } from '../fleet/index.js';
import { LibraryModule } from '../library/index.js';
import { PlanModule, PlanService } from '../plans/index.js';
import { Clock } from '../platform/clock/index.js';
import { SchedulingModule } from '../scheduling/index.js';
import { AnswerBook } from './confirmations/answer.book.js';
import { ConfirmationController } from './confirmations/confirmation.controller.js';
import { ConfirmationService } from './confirmations/confirmation.service.js';
import { HearingController } from './confirmations/hearing.controller.js';
import { HearingService } from './confirmations/hearing.service.js';
import { ConfirmationLinkController } from './confirmations/link.controller.js';
import { ConfirmationLinkService } from './confirmations/link.service.js';
import { SessionService } from './confirmations/session.service.js';
import { DayService } from './day/day.service.js';
import { DeclarationController } from './declared/declaration.controller.js';
import { DeclarationService } from './declared/declaration.service.js';
import { DoubtController } from './doubts/doubt.controller.js';
import { DoubtService } from './doubts/doubt.service.js';
import { GapClock } from './gap.clock.js';
import { ReceiptIntake } from './intake.service.js';
import { Ledger } from './ledger.js';
import { CheckpointClock } from './log/checkpoint.clock.js';
import { EpochService } from './log/epoch.service.js';
import { LogController, LogTraffic } from './log/log.controller.js';
import { LogOfficeController } from './log/log-office.controller.js';
import { Sequencer } from './log/sequencer.js';
import { TransparencyLog } from './log/transparency-log.js';
import { MakeUpController } from './makeups/make-up.controller.js';
import { MakeUpService } from './makeups/make-up.service.js';
import { MISSING_CELLS, missingFromCoverage } from './makeups/missing-cells.js';
import { MakeUpProposals } from './makeups/proposals.js';
import { CellService } from './matrix/cell.service.js';
import { CoverageController } from './matrix/coverage.controller.js';
import { CoverageService } from './matrix/coverage.service.js';
import { LineMatrix } from './matrix/line-matrix.js';
import { MatrixTables } from './matrix/matrix-table.js';
import { Quarantine } from './quarantine.js';
import { ReasonsController } from './reasons/reasons.controller.js';
import { ReceiptController } from './receipt.controller.js';
import { ReceptionService } from './reception/reception.service.js';
import { Resending } from './resending.js';
import { ArchiveContents } from './retention/archive.content.js';
import { ArchiveController } from './retention/archive.controller.js';
import { ArchiveFolder } from './retention/archive.folder.js';
import { ArchiveService } from './retention/archive.service.js';
import { ArchivedReceipts } from './retention/archived.reader.js';
import { Leaving } from './retention/leaving.js';
import { RetentionClock } from './retention/retention.clock.js';
import { TailClock } from './tail.clock.js';
import { Replanned } from './tallies/replanned.js';

@Module({
  imports: [AccountModule, AreaModule, DispatchModule, FleetModule, LibraryModule, PlanModule, SchedulingModule],
  controllers: [
    ArchiveController,
    ReceiptController,
    LogController,
    LogOfficeController,
    ConfirmationController,
    ConfirmationLinkController,
    CoverageController,
    DeclarationController,
    DoubtController,
    HearingController,
    MakeUpController,
    ReasonsController,
  ],
  providers: [
    AnswerBook,
    ArchiveContents,
    ArchiveFolder,
    ArchiveService,
    ArchivedReceipts,
    CellService,
    CheckpointClock,
    ConfirmationLinkService,
    ConfirmationService,
    CoverageService,
    DayService,
    DeclarationService,
    DoubtService,
    EpochService,
    GapClock,
    HearingService,
    Leaving,
    Ledger,
    LineMatrix,
    LogTraffic,
    MakeUpProposals,
    MakeUpService,
    MatrixTables,
    {
      provide: MISSING_CELLS,
      useFactory: missingFromCoverage,
      inject: [CoverageService, PlanService, ClusterService, Clock],
    },
    Quarantine,
    ReceiptIntake,
    ReceptionService,
    Replanned,
    RetentionClock,
    Resending,
    Sequencer,
    SessionService,
    TailClock,
    TransparencyLog,
  ],
  exports: [
    ArchivedReceipts,
    CheckpointClock,
    DayService,
    GapClock,
    MatrixTables,
    ReceiptIntake,
    RetentionClock,
    Sequencer,
    TailClock,
    TransparencyLog,
  ],
})
export class ReceiptModule {}
