import { delayMs } from './earshot.js';
import type { Interval, NeighbourQuestion, NeighbourSettings, SoundingPlay, Stagger } from './model.js';

/** Two clusters within earshot. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly distanceM: number;
}

/** One play of a horn group: of each of its clusters that starts the item at that instant. */
interface GroupPlay extends Interval {
  readonly group: Group;
  readonly itemId: string | null;
  readonly clusters: { readonly clusterId: string; readonly play: string }[];
  movable: boolean;
}

type Settled = Interval & Pick<GroupPlay, 'itemId' | 'clusters'>;

/** Clusters that are heard as one. */
interface Group {
  readonly id: string;
  readonly clusterIds: string[];
  readonly neighbours: Set<Group>;
  /** As scheduled, by start. */
  plays: GroupPlay[];
  /** As proposed, by start, of those looked at so far. */
  readonly settled: Settled[];
}

export const meet = (a: Interval, b: Interval): boolean => a.fromMs < b.untilMs && b.fromMs < a.untilMs;

/**
 * Sound needs 1.7 s for 600 m, so starting together does not cure echo: of two groups within earshot the one that starts later (of
 * the same instant: with the later id) moves by whole turns to where nothing within earshot sounds and its rules leave
 * the time. A turn is the play and the time its sound needs to leave earshot. What finds no place stays.
 */
export function staggersOf(
  question: NeighbourQuestion,
  pairs: readonly Pair[],
  settings: NeighbourSettings,
): { readonly staggers: readonly Stagger[]; readonly leftOut: number } {
  const groups = groupsOf(question, pairs, settings);
  const plays = groups.flatMap((group) => group.plays);
  plays.sort((a, b) => a.fromMs - b.fromMs || (a.group.id < b.group.id ? -1 : a.group.id > b.group.id ? 1 : 0));
  const longestMs = plays.reduce((most, { fromMs, untilMs }) => Math.max(most, untilMs - fromMs), 0);
  const allowed = new Map<string, readonly Interval[]>();
  const allowedOf = (clusterId: string): readonly Interval[] => {
    const known = allowed.get(clusterId) ?? joined(question.allowedOf(clusterId));
    allowed.set(clusterId, known);
    return known;
  };
  const staggers: Stagger[] = [];
  let leftOut = 0;
  for (const play of plays) {
    let at: Interval = play;
    if (isTaken(play, play, longestMs)) {
      if (staggers.length === settings.mostStaggers) leftOut++;
      else {
        const moved = play.movable ? turnFor(play, longestMs, allowedOf, settings) : null;
        if (moved) {
          at = moved.at;
          const clusters = [...play.clusters].sort((a, b) => (a.clusterId < b.clusterId ? -1 : 1));
          staggers.push({ clusters, fromMs: play.fromMs, toMs: at.fromMs, turn: moved.turn });
        }
      }
    }
    const { itemId, clusters } = play;
    settle(play.group, { fromMs: at.fromMs, untilMs: at.untilMs, itemId, clusters });
  }
  return { staggers, leftOut };
}

function turnFor(
  play: GroupPlay,
  longestMs: number,
  allowedOf: (clusterId: string) => readonly Interval[],
  { earshotM, mostTurns }: NeighbourSettings,
): { readonly at: Interval; readonly turn: number } | null {
  const turnMs = Math.ceil((play.untilMs - play.fromMs + delayMs(earshotM)) / 1_000) * 1_000;
  for (let turn = 1; turn <= mostTurns; turn++) {
    const at = { fromMs: play.fromMs + turn * turnMs, untilMs: play.untilMs + turn * turnMs };
    const permitted = play.clusters.every(({ clusterId }) =>
      allowedOf(clusterId).some(({ fromMs, untilMs }) => fromMs <= at.fromMs && at.untilMs <= untilMs),
    );
    if (permitted && !isTaken(play, at, longestMs)) return { at, turn };
  }
  return null;
}

/** Whether something within earshot sounds then: what is settled, and, for another time than its own, what starts after it. */
function isTaken(play: GroupPlay, at: Interval, longestMs: number): boolean {
  const { group } = play;
  const moved = at.fromMs !== play.fromMs;
  const later = (other: GroupPlay) => other.fromMs > play.fromMs;
  // Of one's own horns: the same item begun at another instant is cured by starting together, and two plays of one
  // cluster are an overlap of its schedule, which is told elsewhere.
  const counts = ({ itemId, clusters }: Settled) =>
    moved || ((itemId === null || itemId !== play.itemId) && !clusters.some(({ clusterId }) => isOf(play, clusterId)));
  if (meets(group.settled, at, longestMs, counts)) return true;
  if (moved && meets(group.plays, at, longestMs, later)) return true;
  for (const neighbour of group.neighbours) {
    if (meets(neighbour.settled, at, longestMs, () => true)) return true;
    if (moved && meets(neighbour.plays, at, longestMs, later)) return true;
  }
  return false;
}

const isOf = (play: GroupPlay, id: string): boolean => play.clusters.some(({ clusterId }) => clusterId === id);

/** @param list by start; none longer than `longestMs` */
function meets<T extends Interval>(
  list: readonly T[],
  at: Interval,
  longestMs: number,
  counts: (one: T) => boolean,
): boolean {
  for (let index = countBefore(list, at.untilMs) - 1; index >= 0; index--) {
    const one = list[index]!;
    if (one.fromMs <= at.fromMs - longestMs) return false;
    if (meet(one, at) && counts(one)) return true;
  }
  return false;
}

function countBefore(list: readonly Interval[], ms: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.fromMs < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

function settle(group: Group, at: Settled): void {
  group.settled.splice(countBefore(group.settled, at.fromMs + 1), 0, at);
}

function groupsOf(
  { clusters, playsOf }: NeighbourQuestion,
  pairs: readonly Pair[],
  settings: NeighbourSettings,
): Group[] {
  const groupOf = new Map<string, Group>();
  for (const id of clusters.map((cluster) => cluster.id).sort())
    groupOf.set(id, { id, clusterIds: [id], neighbours: new Set(), plays: [], settled: [] });
  for (const { a, b, distanceM } of pairs) {
    const [one, other] = [groupOf.get(a)!, groupOf.get(b)!];
    if (distanceM > settings.togetherM || one === other) continue;
    const [kept, gone] = one.id < other.id ? [one, other] : [other, one];
    kept.clusterIds.push(...gone.clusterIds);
    for (const id of gone.clusterIds) groupOf.set(id, kept);
  }
  for (const { a, b } of pairs) {
    const [one, other] = [groupOf.get(a)!, groupOf.get(b)!];
    if (one === other) continue;
    one.neighbours.add(other);
    other.neighbours.add(one);
  }
  const groups = [...new Set(groupOf.values())].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const group of groups) group.plays = playsOfGroup(group, playsOf);
  return groups;
}

function playsOfGroup(group: Group, playsOf: (clusterId: string) => readonly SoundingPlay[]): GroupPlay[] {
  const plays: GroupPlay[] = [];
  const together = new Map<string, GroupPlay>();
  for (const clusterId of group.clusterIds.sort())
    for (const { play, itemId, fromMs, untilMs, movable } of playsOf(clusterId)) {
      const key = `${fromMs} ${untilMs} ${itemId ?? ''}`;
      const known = group.clusterIds.length > 1 && itemId !== null ? together.get(key) : undefined;
      if (known) {
        known.clusters.push({ clusterId, play });
        known.movable &&= movable;
        continue;
      }
      const fresh = { group, itemId, fromMs, untilMs, movable, clusters: [{ clusterId, play }] };
      together.set(key, fresh);
      plays.push(fresh);
    }
  return plays.sort((a, b) => a.fromMs - b.fromMs);
}

function joined(intervals: readonly Interval[]): Interval[] {
  const whole: { fromMs: number; untilMs: number }[] = [];
  for (const { fromMs, untilMs } of [...intervals].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = whole.at(-1);
    if (last && fromMs <= last.untilMs) last.untilMs = Math.max(last.untilMs, untilMs);
    else whole.push({ fromMs, untilMs });
  }
  return whole;
}
