import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/index.js';
import { AreaModule } from '../areas/index.js';
import { FleetModule } from '../fleet/index.js';
import { LibraryModule } from '../library/index.js';
import { PlanModule } from '../plans/index.js';
import { ReceiptModule } from '../receipts/index.js';
import { EvidencePackController } from './evidence-pack.controller.js';
import { EvidencePackJob } from './evidence-pack.job.js';
import { EvidencePackService } from './evidence-pack.service.js';
import { ExportController } from './exports/export.controller.js';
import { VerifierController, VerifierPage } from './verifier.controller.js';

@Module({
  imports: [AreaModule, AccountModule, FleetModule, LibraryModule, PlanModule, ReceiptModule],
  controllers: [EvidencePackController, ExportController, VerifierController],
  providers: [EvidencePackJob, EvidencePackService, VerifierPage],
  exports: [EvidencePackJob],
})
export class ReportModule {}
