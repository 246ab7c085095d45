import { addDays } from '../time/index.js';
import type { MissingCell, PlanningGround } from './campaign.js';

/** A year and a day: a plan year, with both ends. */
export const LONGEST_PERIOD_DAYS = 367;
export const MOST_PLAYS_PER_CELL = 400;
/** Script × hamlet × plays: beyond, nobody can look through what is proposed. */
export const MOST_CAMPAIGN_PLAYS = 1_000_000;
const LONGEST_GAP_MS = 86_400_000;

export type PlannerRefusal =
  | 'planner.dayWrong'
  | 'planner.periodWrong'
  | 'planner.periodTooLong'
  | 'planner.playsWrong'
  | 'planner.cutWrong'
  | 'planner.windowWrong'
  | 'planner.gapWrong'
  | 'planner.limitWrong'
  | 'planner.sameTwice'
  | 'planner.clusterUnknown'
  | 'planner.cellUnknown'
  | 'planner.tooLarge';

/** Why nothing can be planned; null: it can. */
export function refusalOfGround(ground: PlanningGround): PlannerRefusal | null {
  const { firstDay, lastDay, cut, gapMs, mostPerDay } = ground;
  if (!isDay(firstDay) || !isDay(lastDay) || (cut && !isDay(cut.before))) return 'planner.dayWrong';
  if (lastDay < firstDay) return 'planner.periodWrong';
  if (lastDay >= addDays(firstDay, LONGEST_PERIOD_DAYS)) return 'planner.periodTooLong';
  if (cut && !isCount(cut.atLeast, MOST_PLAYS_PER_CELL)) return 'planner.cutWrong';
  if (!ground.preferences.every(({ from, until }) => isTime(from) && isTime(until) && from < until))
    return 'planner.windowWrong';
  if (!(gapMs >= 0 && gapMs <= LONGEST_GAP_MS)) return 'planner.gapWrong';
  if ([mostPerDay.plays, mostPerDay.durationMs].some((limit) => limit !== null && !(limit >= 0)))
    return 'planner.limitWrong';
  const named = [ground.scripts.map(({ itemId }) => itemId), ground.hamlets, ground.clusters].map((all) =>
    all.map((one) => (typeof one === 'string' ? one : one.id)),
  );
  if (named.some((ids) => new Set(ids).size < ids.length)) return 'planner.sameTwice';
  const clusterIds = new Set(ground.clusters.map(({ id }) => id));
  if (ground.hamlets.some((hamlet) => hamlet.clusterIds.some((id) => !clusterIds.has(id))))
    return 'planner.clusterUnknown';
  return null;
}

export function refusalOfPlays(ground: PlanningGround, playsPerCell: number): PlannerRefusal | null {
  if (!isCount(playsPerCell, MOST_PLAYS_PER_CELL)) return 'planner.playsWrong';
  const plays = ground.scripts.length * ground.hamlets.length * playsPerCell;
  if (plays > MOST_CAMPAIGN_PLAYS) return 'planner.tooLarge';
  return ground.cut && ground.cut.atLeast > playsPerCell ? 'planner.cutWrong' : null;
}

export function refusalOfMissing(ground: PlanningGround, missing: readonly MissingCell[]): PlannerRefusal | null {
  if (!missing.every((cell) => isCount(cell.missing, MOST_PLAYS_PER_CELL))) return 'planner.playsWrong';
  if (missing.reduce((sum, cell) => sum + cell.missing, 0) > MOST_CAMPAIGN_PLAYS) return 'planner.tooLarge';
  const items = new Set(ground.scripts.map(({ itemId }) => itemId));
  const hamlets = new Set(ground.hamlets.map(({ id }) => id));
  if (missing.some(({ itemId, hamletId }) => !items.has(itemId) || !hamlets.has(hamletId)))
    return 'planner.cellUnknown';
  const cells = new Set(missing.map(({ itemId, hamletId }) => JSON.stringify([itemId, hamletId])));
  return cells.size < missing.length ? 'planner.sameTwice' : null;
}

const isCount = (count: number, most: number): boolean => Number.isInteger(count) && count >= 1 && count <= most;

function isDay(day: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return false;
  const ms = Date.parse(day);
  // 31 February is read as a day of March by some.
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}

const isTime = (time: string): boolean => /^(([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?|24:00(:00)?)$/.test(time);
