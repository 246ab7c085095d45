import { laterFirst } from './effective.js';
import { grouped } from './grouped.js';
import type { RuleSet } from './rule-set.js';

/** Two rule sets of one area are valid on the same days: where both state a part, `winner` counts. Ends included. */
export interface RuleSetOverlap {
  readonly code: 'ruleSetsOverlap';
  readonly areaPath: string;
  readonly winner: string;
  readonly loser: string;
  readonly from: string;
  /** Null: no end. */
  readonly to: string | null;
}

/** Enough to show that something is wrong; each pair more is only more of it. */
export const MOST_RULE_SET_OVERLAPS = 1_000;

/** All pairs of one area that are valid on a same day, by area and winner; the order of the sets does not matter. */
export function overlappingRuleSets(sets: readonly RuleSet[]): readonly RuleSetOverlap[] {
  const found: RuleSetOverlap[] = [];
  const byArea = grouped(sets, ({ areaPath }) => areaPath);
  for (const areaPath of [...byArea.keys()].sort()) {
    const inOrder = [...(byArea.get(areaPath) ?? [])].sort(laterFirst);
    for (const [index, winner] of inOrder.entries())
      for (const loser of inOrder.slice(index + 1)) {
        const from = [winner.validFrom, loser.validFrom].sort()[1]!;
        const to = earlier(winner.validTo, loser.validTo);
        if (to !== null && to < from) continue;
        found.push({ code: 'ruleSetsOverlap', areaPath, winner: winner.id, loser: loser.id, from, to });
        if (found.length === MOST_RULE_SET_OVERLAPS) return found;
      }
  }
  return found;
}

function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
