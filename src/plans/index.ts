export type {
  ClustersRequired,
  CommunicationPlan,
  Criterion,
  LeastGrade,
  LineRule,
  PlanLine,
} from './plan.entity.js';
export { planEntities, planMigrations } from './plan.migration.js';
export { PlanModule } from './plan.module.js';
export { PlanService } from './plan.service.js';
