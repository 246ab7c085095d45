export { doubtsOf } from './doubts/doubt.queries.js';
export { type EvidenceCoverage, evidenceCoverage } from './evidence.coverage.js';
export { type EvidenceRun, evidenceRuns } from './evidence.queries.js';
export { GapClock } from './gap.clock.js';
export { ReceiptIntake } from './intake.service.js';
export { CheckpointClock } from './log/checkpoint.clock.js';
export type { LogCheckpoint } from './log/log.entity.js';
export { Sequencer } from './log/sequencer.js';
export { type KeyHistoryView, type ReceiptProof, TransparencyLog } from './log/transparency-log.js';
export { receiptEntities, receiptMigrations } from './receipt.migration.js';
export { ReceiptModule } from './receipt.module.js';

import './problems.js';
