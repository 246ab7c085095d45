import type { EntityManager } from 'typeorm';
import type { AreaService } from '../areas/index.js';
import type { ClusterService } from '../fleet/index.js';
import type { LibraryService } from '../library/index.js';
import type { PlanService } from '../plans/index.js';
import { type EvidenceCoverage, evidenceCoverage } from '../receipts/index.js';
import { reportProblem } from './problems.js';
import type { EvidencePack } from './report.entity.js';

interface Rooms {
  readonly areas: AreaService;
  readonly clusters: ClusterService;
  readonly library: LibraryService;
  readonly plans: PlanService;
}

/** The one place where a pack asks for coverage: whatever reckons it, these are its words. */
export interface PackCoverage extends EvidenceCoverage {
  readonly plan: NonNullable<Awaited<ReturnType<PlanService['lineOf']>>>['plan'];
  readonly line: NonNullable<Awaited<ReturnType<PlanService['lineOf']>>>['line'];
  readonly area: { readonly id: string; readonly name: string };
}

export async function coverageOfPack(
  reader: EntityManager,
  rooms: Rooms,
  pack: Pick<EvidencePack, 'lineId' | 'areaId' | 'areaPath' | 'periodFrom' | 'periodTo'>,
): Promise<PackCoverage> {
  const found = await rooms.plans.lineOf(reader, pack.lineId);
  const area = await rooms.areas.byId(reader, pack.areaId);
  if (!found || !area) throw reportProblem('report.packUnknown');
  const { plan, line } = found;
  const { periodFrom: from, periodTo: to, areaPath } = pack;
  const coverage = await evidenceCoverage(reader, rooms, { line, planPath: plan.areaPath, areaPath, from, to });
  return { ...coverage, plan, line, area: { id: area.id, name: area.name } };
}
