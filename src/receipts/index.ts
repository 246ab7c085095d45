export { type EvidenceCoverage, evidenceCoverage } from './evidence.coverage.js';
export { type EvidenceRun, evidenceRuns } from './evidence.queries.js';
export { GapClock } from './gap.clock.js';
export { ReceiptIntake } from './intake.service.js';
export { receiptEntities, receiptMigrations } from './receipt.migration.js';
export { ReceiptModule } from './receipt.module.js';

import './problems.js';
