export { type EvidenceCoverage, evidenceCoverage, provenFact } from './evidence.coverage.js';
export { type EvidenceRun, entryOf, evidenceRuns } from './evidence.queries.js';
export { GapClock } from './gap.clock.js';
export { ReceiptIntake } from './intake.service.js';
export { CheckpointClock } from './log/checkpoint.clock.js';
export { type CommonProof as PackLog, commonProof as logOfPack } from './log/common-proof.js';
export type { LogCheckpoint } from './log/log.entity.js';
export { Sequencer } from './log/sequencer.js';
export { type KeyHistoryView, type ReceiptProof, TransparencyLog } from './log/transparency-log.js';
export { receiptEntities, receiptMigrations } from './receipt.migration.js';
export { ReceiptModule } from './receipt.module.js';
export { ArchivedReceipts } from './retention/archived.reader.js';
export { RetentionClock } from './retention/retention.clock.js';
export { KEEP_EVERYTHING, RETENTION_SETTINGS, type RetentionSettings } from './retention/settings.js';

import './problems.js';
