export { EvidencePackJob } from './evidence-pack.job.js';
export { reportEntities, reportMigrations } from './report.migration.js';
export { ReportModule } from './report.module.js';

import './problems.js';
