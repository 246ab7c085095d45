import type { CampaignCluster, CampaignHamlet, CampaignScript, PlanningGround } from './campaign.js';
import { type FreeTime, freeTimeOf, intersect, NO_TIME, without, withoutAll } from './free-time.js';
import type { Period } from './period.js';

/** Longer scripts are a mistake of the caller, and free time of a day is looked at one day beyond its midnight only. */
const LONGEST_SCRIPT_MS = 86_400_000;

export const hasDuration = (script: CampaignScript): script is CampaignScript & { readonly durationMs: number } =>
  script.durationMs !== null &&
  Number.isSafeInteger(script.durationMs) &&
  script.durationMs > 0 &&
  script.durationMs <= LONGEST_SCRIPT_MS;

/**
 * Hamlets that share clusters (case 23), with all their clusters. What is placed sounds at all of these at once: so it counts
 * exactly once in each hamlet, and nobody hears half of a play that was meant for the neighbours.
 */
export class ClusterSet {
  readonly clusterIds: readonly string[];
  readonly #areaPaths: readonly string[];
  readonly #taken: FreeTime;
  /** Days of this campaign, and what the rules leave of each; looked up once. */
  readonly #allowed: (FreeTime | undefined)[] = [];
  readonly #free: (FreeTime | undefined)[] = [];
  readonly #placed: { readonly startMs: number; readonly endMs: number }[] = [];
  readonly #playedOn = new Map<string, Set<number>>();
  readonly #plays: Uint16Array;
  readonly #playedMs: Float64Array;

  constructor(
    readonly hamlets: readonly CampaignHamlet[],
    readonly clusters: readonly CampaignCluster[],
    private readonly ground: PlanningGround,
    private readonly period: Period,
  ) {
    this.clusterIds = clusters.map(({ id }) => id);
    this.#areaPaths = [...new Set([...clusters, ...hamlets].map(({ areaPath }) => areaPath))].sort();
    const busy = this.clusterIds.flatMap((id) => ground.busy(id));
    const { gapMs } = ground;
    this.#taken = freeTimeOf(busy.map((play) => ({ fromMs: play.fromMs - gapMs, untilMs: play.untilMs + gapMs })));
    for (const { itemId, fromMs } of busy) if (itemId !== null) this.#daysOf(itemId).add(period.numberAt(fromMs));
    this.#plays = new Uint16Array(period.length);
    this.#playedMs = new Float64Array(period.length);
  }

  /** What the rules of every place leave for plays that start on the day. */
  allowed(day: number): FreeTime {
    const known = this.#allowed[day];
    if (known) return known;
    const { notBeforeMs } = this.ground;
    const fromMs = Math.max(this.period.startMs(day), notBeforeMs ?? this.period.startMs(day));
    const untilMs = this.period.startMs(day + 1) + LONGEST_SCRIPT_MS;
    let left = this.period.isPlain(day) ? freeTimeOf([{ fromMs, untilMs }]) : NO_TIME;
    for (const areaPath of this.#areaPaths) {
      if (left.length === 0) break;
      left = intersect(left, freeTimeOf(this.ground.allowed(areaPath, this.period.days[day]!)));
    }
    this.#allowed[day] = left;
    return left;
  }

  /** What of that is not taken either. */
  free(day: number): FreeTime {
    const known = this.#free[day];
    if (known) return known;
    let free = withoutAll(this.allowed(day), this.#taken);
    for (const { startMs, endMs } of this.#placed) free = this.#withoutPlay(free, startMs, endMs);
    this.#free[day] = free;
    return free;
  }

  /** Why the script may not be played on this day though there is time; null: it may. */
  against(script: CampaignScript & { readonly durationMs: number }, day: number): 'tooFewDays' | 'dayLimit' | null {
    if (this.ground.oncePerDay && this.#playedOn.get(script.itemId)?.has(day)) return 'tooFewDays';
    const { plays, durationMs } = this.ground.mostPerDay;
    const full =
      (plays !== null && this.#plays[day]! + 1 > plays) ||
      (durationMs !== null && this.#playedMs[day]! + script.durationMs > durationMs);
    return full ? 'dayLimit' : null;
  }

  take(itemId: string, day: number, startMs: number, endMs: number): void {
    this.#placed.push({ startMs, endMs });
    this.#daysOf(itemId).add(day);
    this.#plays[day]! += 1;
    this.#playedMs[day]! += endMs - startMs;
    // A play, its silence included, reaches at most two days on, and free time one day beyond its own.
    for (let near = Math.max(0, day - 2); near <= Math.min(this.period.length - 1, day + 2); near++) {
      const free = this.#free[near];
      if (free) this.#free[near] = this.#withoutPlay(free, startMs, endMs);
    }
  }

  #withoutPlay(free: FreeTime, startMs: number, endMs: number): FreeTime {
    return without(free, startMs - this.ground.gapMs, endMs + this.ground.gapMs);
  }

  #daysOf(itemId: string): Set<number> {
    const known = this.#playedOn.get(itemId) ?? new Set<number>();
    this.#playedOn.set(itemId, known);
    return known;
  }
}

/** Sets that are planned together: those of one commune, so that one entry can serve them all. */
export interface AreaSets {
  /** Area of their entries: the commune, or what is above all clusters where one stands outside of it. */
  readonly areaPath: string;
  readonly sets: readonly ClusterSet[];
}

/** Enough for every commune; where somebody leaves communes out, thousands of hamlets in one list must not cost their square. */
const MOST_SETS = 64;

/** By area, in the order of their first clusters. Hamlets without a cluster are in none. */
export function areaSetsOf(ground: PlanningGround, period: Period): AreaSets[] {
  const byArea = new Map<string, ClusterSet[]>();
  for (const set of clusterSetsOf(ground, period)) {
    const communes = set.hamlets.map(({ communePath }) => communePath);
    const areaPath = commonPath([...communes, ...set.clusters.map((cluster) => cluster.areaPath)]);
    const known = byArea.get(areaPath);
    if (known) known.push(set);
    else byArea.set(areaPath, [set]);
  }
  return [...byArea]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([areaPath, sets]) => {
      const lists: AreaSets[] = [];
      for (let from = 0; from < sets.length; from += MOST_SETS)
        lists.push({ areaPath, sets: sets.slice(from, from + MOST_SETS) });
      return lists;
    });
}

function clusterSetsOf(ground: PlanningGround, period: Period): ClusterSet[] {
  const clusterOf = new Map(ground.clusters.map((cluster) => [cluster.id, cluster]));
  const leader = new Map<string, string>();
  const leaderOf = (id: string): string => {
    let at = id;
    for (let up = leader.get(at); up !== undefined && up !== at; up = leader.get(at)) at = up;
    leader.set(id, at);
    return at;
  };
  const hamlets = ground.hamlets.filter(({ clusterIds }) => clusterIds.length > 0);
  for (const { clusterIds } of hamlets)
    for (const id of clusterIds) {
      const [a, b] = [leaderOf(clusterIds[0]!), leaderOf(id)].sort();
      leader.set(b!, a!);
    }
  const members = new Map<string, { hamlets: CampaignHamlet[]; clusterIds: Set<string> }>();
  for (const hamlet of [...hamlets].sort(byId)) {
    const key = leaderOf(hamlet.clusterIds[0]!);
    const known = members.get(key) ?? { hamlets: [], clusterIds: new Set() };
    members.set(key, known);
    known.hamlets.push(hamlet);
    for (const id of hamlet.clusterIds) known.clusterIds.add(id);
  }
  return [...members]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { hamlets: served, clusterIds }]) => {
      const clusters = [...clusterIds].sort().map((id) => clusterOf.get(id)!);
      return new ClusterSet(served, clusters, ground, period);
    });
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

/** Deepest area at or above all of these. */
function commonPath(paths: readonly string[]): string {
  const [first = '/', ...others] = paths;
  let common = first;
  for (const path of others)
    while (!path.startsWith(common)) common = common.slice(0, common.slice(0, -1).lastIndexOf('/') + 1);
  return common;
}
