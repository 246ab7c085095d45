import type { EntityManager } from 'typeorm';
import { type Area, type AreaService, isValidIn } from '../../areas/index.js';
import { Cluster, type ClusterService } from '../../fleet/index.js';
import type { LibraryService } from '../../library/index.js';
import type { LineRule, PlanLine } from '../../plans/index.js';
import { among } from '../../platform/database/index.js';
import { type Heard, heardBy } from '../confirmations/confirmation.queries.js';
import type { Declaration } from '../declared/declaration.entity.js';
import { declarationsFor } from '../declared/declared.queries.js';
import {
  type CellState,
  type Counts,
  heardOf,
  matrix,
  progressOf,
  provenOf,
  stateOf,
  tallyKey,
} from '../engine/cells.js';
import { epochsOf, type Period } from '../engine/epochs.js';
import { provenOutcome, type TallyKind } from '../engine/tally.js';
import { type EvidencePlay, evidencePlays } from '../evidence.plays.js';
import { columnsOf, concernsPlan, type HamletColumn, isRow } from './rows-and-columns.js';

export interface EvidenceOrder {
  readonly line: Pick<PlanLine, 'id' | 'criterion' | 'target' | keyof LineRule>;
  readonly planPath: string;
  readonly areaPath: string;
  /** Local days, both included. */
  readonly from: string;
  readonly to: string;
}

export interface ClusterCell {
  readonly cluster: Cluster;
  readonly state: CellState;
  /** While it served the hamlet, by what they came to. */
  readonly counts: Counts;
  readonly plays: readonly EvidencePlay[];
}

export interface EvidenceCell {
  readonly item: EvidenceCoverage['items'][number];
  readonly hamlet: EvidenceCoverage['hamlets'][number];
  readonly state: CellState;
  /** None: nothing was heard there. */
  readonly clusters: readonly ClusterCell[];
  /** Sessions with the item that the head of the hamlet heard clearly; 0 where the line does not ask. */
  readonly heard: number;
  /** How often somebody brought it there by hand (khai báo): beside the cell, it completes none. */
  readonly declared: number;
}

/** For how long a cluster served a hamlet. */
export interface ServingLink {
  readonly clusterId: string;
  readonly reach: Cluster['reach'];
  readonly validFrom: string;
  readonly validTo: string | null;
}

/** Item × hamlet of a line within an area and a period, with every cluster's part. */
export interface EvidenceCoverage {
  readonly items: readonly { readonly id: string; readonly title: string; readonly approvedVersion: number | null }[];
  readonly hamlets: readonly (HamletColumn & {
    /** Clusters of loudspeakers that serve or served it. */
    readonly links: readonly ServingLink[];
  })[];
  readonly cells: readonly EvidenceCell[];
  /** At clusters that served one of the hamlets on the day. */
  readonly plays: readonly EvidencePlay[];
  readonly rule: LineRule;
  /** What hamlet heads heard clearly; none where the line does not ask. */
  readonly heard: readonly Heard[];
  readonly declared: readonly Declaration[];
  readonly result: { readonly required: number; readonly reached: number; readonly done: boolean };
}

type Span = ReturnType<typeof epochsOf>[number];

interface Rooms {
  readonly areas: AreaService;
  readonly clusters: ClusterService;
  readonly library: LibraryService;
}

/** Rights are the caller's to check. The same rules as the coverage of a line (`engine/cells.ts`), over fewer days and hamlets, play by play. */
export async function evidenceCoverage(
  reader: EntityManager,
  { areas, clusters, library }: Rooms,
  { line, planPath, areaPath, from, to }: EvidenceOrder,
): Promise<EvidenceCoverage> {
  const { plays: required, clusters: which, leastGrade, languages } = line;
  const rule: LineRule = { plays: required, clusters: which, leastGrade, languages };
  const tagged = (await library.itemsOfLine(reader, line.id)).filter(
    (item) => concernsPlan(item.areaPath, planPath) && (languages?.includes(item.language) ?? true),
  );
  const under = (await areas.under(reader, areaPath)).filter((area) => isValidIn(area, from, to));
  const hamlets = await servedHamlets(reader, { areas, clusters }, under);
  const period = { from, to };
  const spans = new Map(hamlets.map(({ id, links }) => [id, epochsOf(links, period)]));
  const served = daysOf([...spans.values()].flat());
  const itemIds = tagged.map(({ id }) => id);
  const found = await evidencePlays(reader, { itemIds, clusterIds: [...served.keys()], from, to });
  const heardThere = found.filter(({ clusterId, day }) => isWithin(day, served.get(clusterId) ?? []));
  const onAir = new Set(heardThere.filter((play) => kindOf(play) !== null).map(({ itemId }) => itemId));
  const items = tagged.filter((item) => isRow(item, onAir));
  const shown = new Set(items.map(({ id }) => id));
  const plays = heardThere.filter(({ itemId }) => shown.has(itemId));
  const hamletIds = hamlets.map(({ id }) => id);
  const asked = { hamletIds, fromDay: from, toDay: to };
  const answers = leastGrade === 'heard' ? await heardBy(reader, asked) : [];
  const heard = answers.filter(({ answer, itemId }) => answer === 'clear' && shown.has(itemId));
  const declared = await declarationsFor(reader, { ...asked, itemIds: [...shown] });
  const places = await placesOf(reader, [...served.keys()]);
  const cells = cellsOf({ items, hamlets, spans, plays, places, rule, heard, declared });
  const rows = items.map((_, n) => cells.slice(n * hamlets.length, (n + 1) * hamlets.length).map(({ state }) => state));
  const produced = items.filter(({ approvedVersion }) => approvedVersion !== null).length;
  const result = progressOf(line.criterion, line.target, produced, rows, hamlets);
  return { items, hamlets, cells, plays, rule, heard, declared, result };
}

/** Days of which a cluster's plays count for some hamlet. */
function daysOf(spans: readonly Span[]): Map<string, Period[]> {
  const served = new Map<string, Period[]>();
  for (const { period, clusterIds } of spans)
    for (const clusterId of clusterIds) served.set(clusterId, [...(served.get(clusterId) ?? []), period]);
  return served;
}

const isWithin = (day: string, periods: readonly Period[]): boolean =>
  periods.some(({ from, to }) => day >= from && day <= to);

function placesOf(reader: EntityManager, clusterIds: readonly string[]): Promise<Cluster[]> {
  return reader
    .createQueryBuilder(Cluster, 'cluster')
    .where(...among(reader, 'cluster.id', clusterIds))
    .getMany();
}

interface Ground extends Pick<EvidenceCoverage, 'items' | 'hamlets' | 'plays' | 'rule' | 'heard' | 'declared'> {
  readonly spans: ReadonlyMap<string, readonly Span[]>;
  readonly places: readonly Cluster[];
}

/** Row by row, by item. */
function cellsOf({ items, hamlets, spans, plays, places, rule, heard, declared }: Ground): EvidenceCell[] {
  const byPlace = new Map<string, EvidencePlay[]>();
  for (const play of plays) {
    const key = tallyKey(play.itemId, play.clusterId);
    const known = byPlace.get(key);
    if (known) known.push(play);
    else byPlace.set(key, [play]);
  }
  const clusters = new Map(places.map((cluster) => [cluster.id, cluster]));
  const counted = new Map<string, ReadonlyMap<string, Counts>>();
  const talliesIn = (period: Period) => {
    const name = `${period.from}/${period.to}`;
    const known = counted.get(name) ?? countsIn(byPlace, [period]);
    counted.set(name, known);
    return known;
  };
  const sessions = timesBy(heard, ({ sessionId }) => sessionId);
  const times = timesBy(declared, ({ id }) => id);
  const states = matrix({
    itemIds: items.map(({ id }) => id),
    hamletIds: hamlets.map(({ id }) => id),
    epochs: new Map(
      [...spans].map(([hamletId, parts]) => [
        hamletId,
        parts.map(({ period, clusterIds }) => ({ clusterIds, tallies: talliesIn(period) })),
      ]),
    ),
    transmitters: new Set(places.filter(({ reach }) => reach === 'transmitter').map(({ id }) => id)),
    rule,
    heard: sessions,
  });
  const partOf = (item: { readonly id: string }, hamletId: string, clusterId: string): ClusterCell[] => {
    const cluster = clusters.get(clusterId);
    if (!cluster) return [];
    const own = (spans.get(hamletId) ?? []).filter(({ clusterIds }) => clusterIds.includes(clusterId));
    const key = tallyKey(item.id, clusterId);
    const counts = sumOf(own.map(({ period }) => talliesIn(period).get(key)));
    const periods = own.map(({ period }) => period);
    return [
      {
        ...{ cluster, counts },
        state: stateOf(provenOf(counts, rule, cluster.reach === 'transmitter'), rule.plays),
        plays: (byPlace.get(key) ?? []).filter(({ day }) => isWithin(day, periods)),
      },
    ];
  };
  return items.flatMap((item, row) =>
    hamlets.map((hamlet, column): EvidenceCell => {
      const serving = [...new Set((spans.get(hamlet.id) ?? []).flatMap(({ clusterIds }) => clusterIds))];
      const key = tallyKey(item.id, hamlet.id);
      return {
        ...{ item, hamlet, state: states[row]?.[column]?.state ?? 'notPlanned' },
        clusters: serving.flatMap((clusterId) => partOf(item, hamlet.id, clusterId)),
        heard: sessions.get(key) ?? 0,
        declared: times.get(key) ?? 0,
      };
    }),
  );
}

const ZERO: Counts = { unknown: 0, notPlayed: 0, partial: 0, completed: 0, sensed: 0 };

function countsIn(
  byPlace: ReadonlyMap<string, readonly EvidencePlay[]>,
  periods: readonly Period[],
): ReadonlyMap<string, Counts> {
  const counted = new Map<string, Counts>();
  for (const [key, plays] of byPlace) {
    const counts: { -readonly [Kind in TallyKind]: number } = { ...ZERO };
    for (const play of plays) {
      const kind = isWithin(play.day, periods) ? kindOf(play) : null;
      if (kind !== null) counts[kind] += 1;
    }
    counted.set(key, counts);
  }
  return counted;
}

const sumOf = (all: readonly (Counts | undefined)[]): Counts =>
  all.reduce<Counts>(
    (sum, each = ZERO) => ({
      unknown: sum.unknown + each.unknown,
      notPlayed: sum.notPlayed + each.notPlayed,
      partial: sum.partial + each.partial,
      completed: sum.completed + each.completed,
      sensed: sum.sensed + each.sensed,
    }),
    ZERO,
  );

/** What a play counts as, as in the tallies; null: it was taken out of the plan before it sounded, and counts nowhere. */
function kindOf(play: EvidencePlay): TallyKind | null {
  const { outcome, withdrawn, sensed, relayHeardMs } = play;
  if (outcome === null || outcome === 'notPlayed') return withdrawn ? null : (outcome ?? 'unknown');
  // Most of a hundred thousand plays are alike: the table of outcomes is asked once for each kind of them.
  const name = `${outcome} ${sensed} ${relayHeardMs === null}`;
  const known = KINDS.get(name);
  if (known) return known;
  const proven = provenOutcome(play, { reach: 'horn', content: 'same' }) ?? 'unknown';
  const kind = proven !== 'complete' ? proven : sensed ? 'sensed' : 'completed';
  KINDS.set(name, kind);
  return kind;
}
const KINDS = new Map<string, TallyKind>();

/** Different ones, by item and hamlet. */
function timesBy<Said extends { readonly itemId: string; readonly hamletId: string }>(
  all: readonly Said[],
  nameOf: (said: Said) => string,
): ReadonlyMap<string, number> {
  const names = new Map<string, Set<string>>();
  for (const said of all) {
    const key = tallyKey(said.itemId, said.hamletId);
    names.set(key, (names.get(key) ?? new Set()).add(nameOf(said)));
  }
  return new Map([...names].map(([key, found]) => [key, found.size]));
}

/** The area may itself be a commune or a hamlet. */
async function servedHamlets(
  reader: EntityManager,
  { areas, clusters }: Pick<Rooms, 'areas' | 'clusters'>,
  under: readonly Area[],
): Promise<EvidenceCoverage['hamlets']> {
  const known = new Map(under.map((area) => [area.id, area]));
  const found: { readonly area: Area; readonly commune: Area }[] = [];
  for (const area of under.filter(({ kind }) => kind === 'hamlet')) {
    const parent =
      area.parentId === null ? null : (known.get(area.parentId) ?? (await areas.byId(reader, area.parentId)));
    if (parent?.kind === 'commune') found.push({ area, commune: parent });
  }
  const links = new Map<string, ServingLink[]>();
  for (const { hamletId, clusterId, reach, validFrom, validTo } of heardOf(await clusters.hamletLinks(reader)))
    links.set(hamletId, [...(links.get(hamletId) ?? []), { clusterId, reach, validFrom, validTo }]);
  return columnsOf(found).map((column) => ({ ...column, links: links.get(column.id) ?? [] }));
}
