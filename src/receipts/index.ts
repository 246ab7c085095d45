export { type DayQuery, type DayView, dayQuery } from './day/day.api.js';
export { DayService } from './day/day.service.js';
export { REMARKS } from './engine/outcome.js';
export { type EvidenceRun, evidenceRuns } from './evidence.queries.js';
export { GapClock } from './gap.clock.js';
export { ReceiptIntake } from './intake.service.js';
export { CheckpointClock } from './log/checkpoint.clock.js';
export type { LogCheckpoint } from './log/log.entity.js';
export { Sequencer } from './log/sequencer.js';
export { type KeyHistoryView, type ReceiptProof, TransparencyLog } from './log/transparency-log.js';
export { type CoverageQuery, coverageQuery } from './matrix/coverage.api.js';
export { type EvidenceCoverage, evidenceCoverage, provenFact } from './matrix/evidence.coverage.js';
export { type MatrixTable, MatrixTables, type TableCell } from './matrix/matrix-table.js';
export { receiptEntities, receiptMigrations } from './receipt.migration.js';
export { ReceiptModule } from './receipt.module.js';

import './problems.js';
