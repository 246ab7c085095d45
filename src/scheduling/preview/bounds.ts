import type { EntityManager } from 'typeorm';
import { Cluster } from '../../fleet/index.js';
import { beginsWith } from '../../platform/database/index.js';
import { scheduleProblem } from '../problems.js';

/** Places × days that are worked out at once: a province, eight days at a time. In the meantime the process does nothing else. */
export const MOST_LISTENER_DAYS = 25_000;

type TooLarge = 'schedule.tooManyListenerDays' | 'schedule.summaryTooLarge' | 'planning.tooLarge';

/**
 * Counts before anything is loaded.
 * @param paths of areas of which none lies in another
 * @param code of the problem: what the person can do about it
 * @throws Problem where there would be more than `most`
 */
export async function demandWithin(
  reader: EntityManager,
  paths: readonly string[],
  days: number,
  code: TooLarge = 'schedule.tooManyListenerDays',
  most = MOST_LISTENER_DAYS,
): Promise<void> {
  let places = 0;
  for (const path of paths)
    places += await reader
      .createQueryBuilder(Cluster, 'cluster')
      .where(...beginsWith(reader, 'cluster.areaPath', path))
      .getCount();
  if (places * days > most) throw scheduleProblem(code, { places, days, most });
}
