import type { PlannedPlay } from '../../../devices/protocol/index.js';
import { localDayOf } from './local-time.js';
import { entryIdOf } from './recurrence.js';
import type { Target } from './target.js';

/** A day part of the contract (`dayPart`) holds no more. */
export const MOST_PLAYS_A_DAY = 2_000;

/**
 * Takes the plays that find their local day full: the last of a day go first, by the order of `plays` (by start).
 * @param targetOf null: all plays are of one cluster's list. Else they are of several, and a day is full for a play where
 * those before it that every one of its clusters hears as well fill it: what is left over, some cluster may be told.
 */
export function withoutOverfull(
  plays: readonly PlannedPlay[],
  zone: string,
  targetOf: ((entryId: string) => Target | undefined) | null,
): { readonly plays: readonly PlannedPlay[]; readonly overfull: readonly PlannedPlay[] } {
  if (plays.length <= MOST_PLAYS_A_DAY) return { plays, overfull: [] };
  const kept: PlannedPlay[] = [];
  const overfull: PlannedPlay[] = [];
  const taken = new Map<string, number>();
  for (const play of plays) {
    const day = localDayOf(play.startMs, zone);
    const target = targetOf?.(entryIdOf(play.occurrence)) ?? null;
    const { own, heard } = target === null ? { own: '', heard: [''] } : audiences(target);
    const before = heard.reduce((sum, audience) => sum + (taken.get(`${day} ${audience}`) ?? 0), 0);
    if (before >= MOST_PLAYS_A_DAY) {
      overfull.push(play);
      continue;
    }
    kept.push(play);
    taken.set(`${day} ${own}`, (taken.get(`${day} ${own}`) ?? 0) + 1);
  }
  return { plays: kept, overfull };
}

/** `own`: the audience of an entry. `heard`: all whose plays every cluster of it surely hears, its own among them. */
function audiences({ areaPath, clusterIds }: Target): { readonly own: string; readonly heard: readonly string[] } {
  const wholeAreas = [...areaPath.matchAll(/\//g)].map(({ index }) => areaPath.slice(0, index + 1));
  if (clusterIds === null) return { own: areaPath, heard: wholeAreas };
  const own = `${areaPath} ${[...clusterIds].sort().join(' ')}`;
  return { own, heard: [...wholeAreas, own] };
}
