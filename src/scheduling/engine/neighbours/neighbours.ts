import { delayMs, EarshotGrid, isPlace, type Place } from './earshot.js';
import {
  type ForeignLoudspeaker,
  type Interval,
  NEIGHBOUR_SETTINGS,
  type NeighbourAnswer,
  type NeighbourCluster,
  type NeighbourCode,
  type NeighbourQuestion,
  type NeighbourWarning,
  type SoundingPlay,
} from './model.js';
import { meet, type Pair, staggersOf } from './stagger.js';
import { wordsOf } from './words.js';

/**
 * What sounds at the same time within earshot, and how to stagger it. Input in any order gives the same answer, except that the
 * plays of a cluster come by start. @throws RangeError on settings that are no numbers above 0
 */
export function neighbours(question: NeighbourQuestion): NeighbourAnswer {
  const settings = { ...NEIGHBOUR_SETTINGS, ...question.settings };
  if (Object.values(settings).some((value) => !(value > 0 && Number.isFinite(value))))
    throw new RangeError('settings of neighbours are numbers above 0');
  const placed = question.clusters.filter((cluster): cluster is PlacedCluster => isPlace(cluster));
  placed.sort((a, b) => (a.id < b.id ? -1 : 1));
  const grid = new EarshotGrid(placed, settings.earshotM);
  const { pairs, leftOut: clustersLeftOut } = pairsOf(placed, grid, settings.mostPairs);
  const { staggers, leftOut } = staggersOf({ ...question, clusters: placed }, pairs, settings);

  const movedTo = new Map<string, number>();
  for (const { clusters, toMs } of staggers)
    for (const { clusterId, play } of clusters) movedTo.set(`${clusterId} ${play}`, toMs);
  const proposed = (clusterId: string, play: SoundingPlay): Interval => {
    const toMs = movedTo.get(`${clusterId} ${play.play}`);
    return toMs === undefined ? play : { fromMs: toMs, untilMs: toMs + play.untilMs - play.fromMs };
  };

  const found: Found[] = [];
  for (const pair of pairs) found.push(...foundBetween(pair, question, pair.distanceM <= settings.togetherM, proposed));
  for (const loudspeaker of question.foreign) {
    if (!isPlace(loudspeaker)) continue;
    const hours = soundingOf(loudspeaker, question.days);
    for (const near of grid.near(loudspeaker)) found.push(...foundBeside(loudspeaker, hours, near, question));
  }
  found.sort((a, b) => a.fromMs - b.fromMs || compare(keyOf(a), keyOf(b)));
  const nameOf = new Map(placed.map(({ id, name }) => [id, name]));
  return {
    warnings: found.slice(0, settings.mostWarnings).map((one) => warningOf(one, nameOf)),
    staggers,
    withoutPlace: question.clusters
      .filter((cluster) => !isPlace(cluster))
      .map(({ id }) => id)
      .sort(),
    leftOut: {
      clusters: clustersLeftOut,
      warnings: Math.max(0, found.length - settings.mostWarnings),
      staggers: leftOut,
    },
  };
}

type PlacedCluster = NeighbourCluster & Place;

interface Found extends Interval {
  readonly code: NeighbourCode;
  readonly clusters: readonly string[];
  readonly foreign: string | null;
  readonly distanceM: number;
  readonly times: number;
  /** Of these, how many the proposals end. */
  readonly cured: number;
}

/** Each pair once, `a` before `b`, by id. Thousands of clusters at one point are a mistake of a survey, and must not fill the memory. */
function pairsOf(
  placed: readonly PlacedCluster[],
  grid: EarshotGrid<PlacedCluster>,
  mostPairs: number,
): { readonly pairs: readonly Pair[]; readonly leftOut: number } {
  const pairs: Pair[] = [];
  for (const [index, cluster] of placed.entries()) {
    const later: Pair[] = [];
    for (const { place, distanceM } of grid.near(cluster))
      if (cluster.id < place.id) later.push({ a: cluster.id, b: place.id, distanceM });
    if (pairs.length + later.length > mostPairs) return { pairs, leftOut: placed.length - index };
    for (const pair of later.sort((x, y) => (x.b < y.b ? -1 : 1))) pairs.push(pair);
  }
  return { pairs, leftOut: 0 };
}

/** All meetings of two lists by start. */
function* meetings<A extends Interval, B extends Interval>(a: readonly A[], b: readonly B[]): Iterable<[A, B]> {
  let first = 0;
  for (const one of a) {
    while (first < b.length && b[first]!.untilMs <= one.fromMs) first++;
    for (let at = first; at < b.length && b[at]!.fromMs < one.untilMs; at++) if (meet(one, b[at]!)) yield [one, b[at]!];
  }
}

function foundBetween(
  { a, b, distanceM }: Pair,
  { playsOf }: NeighbourQuestion,
  heardAsOne: boolean,
  proposed: (clusterId: string, play: SoundingPlay) => Interval,
): Iterable<Found> {
  const byCode = new Map<NeighbourCode, Found>();
  for (const [one, other] of meetings(playsOf(a), playsOf(b))) {
    const same = one.itemId !== null && one.itemId === other.itemId;
    if (heardAsOne && same && one.fromMs === other.fromMs) continue;
    const code = !same ? 'sameTimeOtherItem' : heardAsOne ? 'notTogether' : 'sameTimeSameItem';
    const known = byCode.get(code);
    const cured = (known?.cured ?? 0) + (meet(proposed(a, one), proposed(b, other)) ? 0 : 1);
    const first = known ?? { code, clusters: [a, b], foreign: null, distanceM, ...overlapOf(one, other) };
    byCode.set(code, { ...first, times: (known?.times ?? 0) + 1, cured });
  }
  return byCode.values();
}

function foundBeside(
  { name }: ForeignLoudspeaker,
  hours: readonly Interval[],
  { place, distanceM }: { readonly place: PlacedCluster; readonly distanceM: number },
  { playsOf }: NeighbourQuestion,
): Found[] {
  let first: Interval | null = null;
  let times = 0;
  for (const [own, theirs] of meetings(playsOf(place.id), hours)) {
    first ??= overlapOf(own, theirs);
    times++;
  }
  return first === null
    ? []
    : [{ code: 'foreign', clusters: [place.id], foreign: name, distanceM, ...first, times, cured: 0 }];
}

function soundingOf({ hours }: ForeignLoudspeaker, days: NeighbourQuestion['days']): Interval[] {
  const sounding = days.flatMap(({ startMs, weekday }) =>
    hours
      .filter(({ weekdays }) => weekdays.includes(weekday))
      .map(({ fromMs, untilMs }) => ({ fromMs: startMs + fromMs, untilMs: startMs + untilMs })),
  );
  return sounding.sort((a, b) => a.fromMs - b.fromMs);
}

const overlapOf = (a: Interval, b: Interval): Interval => ({
  fromMs: Math.max(a.fromMs, b.fromMs),
  untilMs: Math.min(a.untilMs, b.untilMs),
});

function warningOf({ cured, ...found }: Found, nameOf: ReadonlyMap<string, string>): NeighbourWarning {
  const distanceM = Math.round(found.distanceM * 10) / 10;
  const late = delayMs(found.distanceM);
  const names = [...found.clusters.map((id) => nameOf.get(id)!), ...(found.foreign === null ? [] : [found.foreign])];
  const solution =
    found.code === 'notTogether'
      ? 'startTogether'
      : cured === 0
        ? 'warn'
        : cured === found.times
          ? 'stagger'
          : 'staggerInPart';
  const words = wordsOf(found.code, { names, distanceM, delayMs: late });
  return { ...found, distanceM, delayMs: late, solution, words };
}

const keyOf = ({ clusters, code, foreign }: Found): string[] => [clusters.join(' '), code, foreign ?? ''];

function compare(a: readonly string[], b: readonly string[]): number {
  for (const [index, word] of a.entries()) if (word !== b[index]) return word < b[index]! ? -1 : 1;
  return 0;
}
