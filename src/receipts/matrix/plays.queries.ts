import type { EntityManager } from 'typeorm';
import { FormerTelling, PlannedPlayRow, plannedPlayId, playsSummoned } from '../../dispatch/index.js';
import { Controller } from '../../fleet/index.js';
import { among } from '../../platform/database/index.js';
import { contributionsOf, type TallyKind } from '../engine/tally.js';
import { PlayOutcome } from '../receipt.entity.js';
import { saidBy } from '../tallies/tally.queries.js';

export interface PlaysQuestion {
  readonly itemId: string;
  readonly clusterIds: readonly string[];
  /** Local days, both included. */
  readonly from: string;
  readonly to: string;
}

/** A play of an item as it counts for that item in the tallies, with all that is known of it. */
export interface CountedPlay {
  readonly id: string;
  readonly controllerId: string;
  readonly clusterId: string;
  readonly day: string;
  /** By the telling that counts. */
  readonly startMs: number;
  readonly kind: TallyKind;
  /** What its device said, also of other content that it played in its place. */
  readonly said: PlayOutcome | null;
  /** Of other content: the device followed what it had been told before. */
  readonly followedItemId: string | null;
  /** The item was heard as a former plan said. */
  readonly followedFormer: boolean;
  /** A plan tells it. False: it was heard without, by a command or by a former plan. */
  readonly standing: boolean;
}

interface ToldPlay {
  readonly id: string;
  readonly controllerId: string;
  readonly planned: PlannedPlayRow | null;
  /** Of this item, what it was told before it was told otherwise, or by a command. */
  readonly former: readonly { readonly startMs: number; readonly planVersion: number | null }[];
}

/**
 * Every play that counts for an item at some clusters, the last ones first: the same plays, found play by play, that the tallies hold as
 * numbers.
 */
export async function countedPlays(reader: EntityManager, question: PlaysQuestion): Promise<CountedPlay[]> {
  const told = await toldPlays(reader, question);
  const outcomes = await reader
    .createQueryBuilder(PlayOutcome, 'outcome')
    .where(...among(reader, 'outcome.id', [...told.keys()]))
    .getMany();
  const said = new Map(outcomes.map((row) => [row.id, row]));
  const clusterIds = new Set(question.clusterIds);
  return [...told.values()]
    .flatMap((play) => countedOf(play, said.get(play.id) ?? null, question.itemId))
    .filter(({ clusterId, day }) => clusterIds.has(clusterId) && day >= question.from && day <= question.to)
    .sort((a, b) => b.startMs - a.startMs || (a.id < b.id ? 1 : -1));
}

function countedOf({ id, controllerId, planned, former }: ToldPlay, said: PlayOutcome | null, itemId: string) {
  const told = planned && {
    ...{ itemId: planned.itemId, clusterId: planned.clusterId, day: planned.day },
    withdrawn: planned.withdrawnAtMs !== null,
  };
  const [counted] = contributionsOf(told, said && saidBy(said)).filter((each) => each.itemId === itemId);
  if (!counted) return [];
  const { clusterId, day, kind } = counted;
  const isHeard = kind !== 'unknown' && kind !== 'notPlayed';
  const followed = isHeard ? former.find(({ planVersion }) => planVersion === said?.planVersion) : undefined;
  const play: CountedPlay = {
    ...{ id, controllerId, clusterId, day, kind, said },
    startMs: followed?.startMs ?? planned?.startMs ?? former[0]?.startMs ?? 0,
    followedItemId: said && said.itemId !== itemId ? said.itemId : null,
    followedFormer: followed !== undefined,
    standing: told !== null && !told.withdrawn && told.itemId === itemId,
  };
  return [play];
}

/** As many as serve a hamlet. */
const FEW_CLUSTERS = 20;
/**
 * Read by the index of the clusters: of an item that a whole province hears, SQLite would else read every play there is (77 ms instead of 4
 * for two clusters of 500).
 */
const AMONG_THEIRS = "planned.itemId || '' = :itemId";

/** What is planned by now, what was planned before, and what only a command told. */
async function toldPlays(
  reader: EntityManager,
  { itemId, clusterIds, from, to }: PlaysQuestion,
): Promise<Map<string, ToldPlay>> {
  const found = new Map<string, ToldPlay>();
  const ofItem = await reader
    .createQueryBuilder(PlannedPlayRow, 'planned')
    .where(clusterIds.length > FEW_CLUSTERS ? 'planned.itemId = :itemId' : AMONG_THEIRS, { itemId })
    .andWhere('planned.day BETWEEN :from AND :to', { from, to })
    .andWhere(...among(reader, 'planned.clusterId', clusterIds))
    .getMany();
  const former = await reader
    .createQueryBuilder(FormerTelling, 'told')
    .where('told.itemId = :itemId AND told.day BETWEEN :from AND :to', { itemId, from, to })
    .getMany();
  const since = await reader
    .createQueryBuilder(PlannedPlayRow, 'planned')
    .where(...among(reader, 'planned.id', [...new Set(former.map(({ id }) => id))]))
    .andWhere(...among(reader, 'planned.clusterId', clusterIds, 'clusterIds'))
    .getMany();
  const tellings = new Map<string, FormerTelling[]>();
  for (const telling of former) tellings.set(telling.id, [...(tellings.get(telling.id) ?? []), telling]);
  for (const planned of [...ofItem, ...since]) {
    const { id, controllerId } = planned;
    found.set(id, { id, controllerId, planned, former: tellings.get(id) ?? [] });
  }
  for (const play of await summonedPlays(reader, itemId, clusterIds)) if (!found.has(play.id)) found.set(play.id, play);
  return found;
}

/** Of plays that a command told, those that no plan tells: an emergency that is stopped at once never gets into any. */
async function summonedPlays(
  reader: EntityManager,
  itemId: string,
  clusterIds: readonly string[],
): Promise<ToldPlay[]> {
  const plays = await playsSummoned(reader, itemId);
  if (plays.length === 0) return [];
  const controllers = await reader
    .createQueryBuilder(Controller, 'controller')
    .select('controller.id', 'id')
    .where(...among(reader, 'controller.clusterId', clusterIds))
    .getRawMany<{ id: string }>();
  return controllers.flatMap(({ id: controllerId }) =>
    plays.map(({ play, startMs }) => ({
      ...{ id: plannedPlayId(controllerId, play), controllerId, planned: null },
      former: [{ startMs, planVersion: null }],
    })),
  );
}
