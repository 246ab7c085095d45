import {
  type Campaign,
  type CampaignHamlet,
  type MakeUps,
  type PlanningGround,
  type ProposedSchedule,
  UNPLACED_REASONS,
  type Unplaced,
  type UnplacedReason,
  type Words,
} from './campaign.js';
import { areaSetsOf, type ClusterSet, hasDuration } from './cluster-set.js';
import { Period } from './period.js';
import { Placing, type TimedScript } from './placing.js';
import { Proposals } from './proposals.js';
import { type PlannerRefusal, refusalOfGround, refusalOfMissing, refusalOfPlays } from './refusal.js';
import { byUrgency, daysOf, type OrderedTurn, turnsOf } from './spread.js';
import { wordsOf } from './words.js';

export type PlannerAnswer = ProposedSchedule | { readonly ok: false; readonly refusal: PlannerRefusal };

/**
 * Proposes `playsPerCell` plays of each script in each hamlet: evenly over the days, the cut first, preferred hours first, within
 * the rules. The same input in any order gives the same schedule. What has no place is listed with its reason.
 */
export function planCampaign(campaign: Campaign): PlannerAnswer {
  const refusal = refusalOfGround(campaign) ?? refusalOfPlays(campaign, campaign.playsPerCell);
  return refusal ? { ok: false, refusal } : plan(campaign, () => campaign.playsPerCell);
}

/** Proposes make-up plays (phát bù) for cells that were not played, in the same way. */
export function planMakeUps(makeUps: MakeUps): PlannerAnswer {
  const refusal = refusalOfGround(makeUps) ?? refusalOfMissing(makeUps, makeUps.missing);
  if (refusal) return { ok: false, refusal };
  const missing = new Map<string, Map<string, number>>();
  for (const cell of makeUps.missing) {
    const ofItem = missing.get(cell.itemId) ?? new Map<string, number>();
    missing.set(cell.itemId, ofItem.set(cell.hamletId, cell.missing));
  }
  return plan(makeUps, (itemId, hamletId) => missing.get(itemId)?.get(hamletId) ?? 0);
}

type Need = (itemId: string, hamletId: string) => number;

function plan(ground: PlanningGround, need: Need): ProposedSchedule {
  const period = new Period(ground.firstDay, ground.lastDay, ground.dayStartMs);
  const unplaced = new UnplacedCells(ground, need);
  const timed: TimedScript[] = [];
  for (const script of ground.scripts) {
    const reason = reasonAgainst(script, ground, period);
    if (reason === null && hasDuration(script)) timed.push(script);
    else for (const hamlet of ground.hamlets) unplaced.whole(script.itemId, hamlet, reason ?? 'unknownDuration');
  }
  timed.sort((a, b) => (a.itemId < b.itemId ? -1 : 1));
  for (const hamlet of ground.hamlets)
    if (hamlet.clusterIds.length === 0) for (const script of timed) unplaced.whole(script.itemId, hamlet, 'noCluster');

  const proposals = new Proposals(ground, period);
  const placing = new Placing(ground, period);
  const cutDay = ground.cut ? period.numberOf(ground.cut.before) : 0;
  for (const { areaPath, sets } of areaSetsOf(ground, period)) {
    const needOf = ({ itemId }: TimedScript, set: ClusterSet) =>
      set.hamlets.reduce((most, { id }) => Math.max(most, need(itemId, id)), 0);
    const turns = turnsOf(timed, sets, needOf, ground, period);
    const placedDays = new Map<ClusterSet, Map<string, number[]>>(sets.map((set) => [set, new Map()]));
    const reasons = new Map<ClusterSet, Map<string, UnplacedReason>>(sets.map((set) => [set, new Map()]));
    /** What found no place before the cut is still placed after it. */
    const take = (turn: OrderedTurn): OrderedTurn[] => {
      const { itemId } = turn.script;
      const { placed, left } = placing.place(turn);
      for (const { sets: served, day, startMs } of placed) {
        const hamletIds: string[] = [];
        for (const set of served) {
          const days = placedDays.get(set)!.get(itemId) ?? [];
          for (const { id } of set.hamlets) if (need(itemId, id) > days.length) hamletIds.push(id);
          placedDays.get(set)!.set(itemId, [...days, day]);
        }
        proposals.add({ script: turn.script, areaPath, served, day, startMs, hamletIds });
      }
      if (left.length === 0) return [];
      if (turn.beforeCut) return [{ ...turn, sets: left, beforeCut: false, ...daysOf(turn.script, ground, period) }];
      for (const set of left) reasons.get(set)!.set(itemId, placing.reasonAgainst(turn, set));
      return [];
    };
    const late = turns
      .filter(({ beforeCut }) => beforeCut)
      .sort(byUrgency)
      .flatMap(take);
    for (const turn of [...turns.filter(({ beforeCut }) => !beforeCut), ...late].sort(byUrgency)) take(turn);

    for (const set of sets)
      for (const { itemId } of timed) {
        const days = placedDays.get(set)!.get(itemId) ?? [];
        const reason = reasons.get(set)!.get(itemId) ?? 'noFreePlace';
        for (const hamlet of set.hamlets) {
          const served = days.slice(0, need(itemId, hamlet.id));
          unplaced.add(itemId, hamlet, need(itemId, hamlet.id) - served.length, reason);
          if (!ground.cut) continue;
          const before = served.filter((day) => day < cutDay).length;
          unplaced.add(itemId, hamlet, Math.min(ground.cut.atLeast, served.length) - before, 'cutNotMet');
        }
      }
  }
  return { ok: true, proposals: proposals.list(), unplaced: unplaced.list() };
}

/** Why a script can be placed nowhere, whatever the hamlet. */
function reasonAgainst(
  script: PlanningGround['scripts'][number],
  ground: PlanningGround,
  period: Period,
): UnplacedReason | null {
  if (!hasDuration(script)) return 'unknownDuration';
  if (ground.notBeforeMs !== null && period.numberAt(ground.notBeforeMs) >= period.length) return 'periodOver';
  const { firstDay, lastDay } = daysOf(script, ground, period);
  return lastDay < firstDay ? 'notValid' : null;
}

class UnplacedCells {
  readonly #cells: Unplaced[] = [];
  readonly #words: ReadonlyMap<UnplacedReason, Words>;

  constructor(
    { firstDay, lastDay, cut }: PlanningGround,
    private readonly need: Need,
  ) {
    const period = { firstDay, lastDay, cut: cut?.before ?? lastDay };
    this.#words = new Map(UNPLACED_REASONS.map((reason) => [reason, wordsOf(reason, period)]));
  }

  whole(itemId: string, hamlet: CampaignHamlet, reason: UnplacedReason): void {
    this.add(itemId, hamlet, this.need(itemId, hamlet.id), reason);
  }

  add(itemId: string, { id: hamletId }: CampaignHamlet, missing: number, reason: UnplacedReason): void {
    if (missing > 0) this.#cells.push({ itemId, hamletId, missing, reason, words: this.#words.get(reason)! });
  }

  list(): Unplaced[] {
    const key = ({ itemId, hamletId, reason }: Unplaced) => [itemId, hamletId, reason];
    return this.#cells.sort((a, b) => compare(key(a), key(b)));
  }
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (const [index, word] of a.entries()) if (word !== b[index]) return word < b[index]! ? -1 : 1;
  return 0;
}
