import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Cluster } from '../../fleet/index.js';
import { among, Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { declaredFor } from '../declared/declared.queries.js';
import { type CellState, type Counts, tallyKey } from '../engine/cells.js';
import { TALLY_KINDS } from '../engine/tally.js';
import { receiptProblem } from '../problems.js';
import type { CoverageQuery } from './coverage.api.js';
import { clustersOf, type ServedEpoch } from './ground.queries.js';
import { type LineCells, LineMatrix } from './line-matrix.js';
import { type CountedPlay, countedPlays } from './plays.queries.js';

/** A cell with every cluster's part in it, for a table. */
export interface TableCell {
  readonly item: { readonly id: string; readonly title: string };
  readonly hamlet: LineCells['hamlets'][number];
  readonly state: CellState;
  readonly clusters: readonly {
    readonly cluster: Cluster;
    readonly state: CellState;
    /** While it served the hamlet. */
    readonly counts: Counts;
    readonly plays: readonly TablePlay[];
  }[];
  /** Sessions that the head of the hamlet heard clearly; 0 where the line does not ask. */
  readonly heard: number;
  /** How often somebody brought it there by hand. */
  readonly declared: number;
}

export interface TablePlay
  extends Pick<CountedPlay, 'kind' | 'followedItemId'>,
    Record<'doubted' | 'withdrawn', boolean> {
  readonly reach: Cluster['reach'];
  readonly outcome: 'complete' | 'partial' | 'notPlayed' | null;
  readonly cause: string | null;
  readonly relayHeardMs: number | null;
  readonly sensed: boolean | null;
}

export interface MatrixTable extends Pick<LineCells, 'plan' | 'line' | 'period' | 'rule'> {
  readonly demo: boolean;
  /** Row by row. Plays are read item by item, while the table is written. */
  readonly cells: AsyncGenerator<TableCell>;
}

/** What a spreadsheet holds, with a head and some room for notes. */
const MOST_LINES = 1_000_000;

/** The matrix of a line for tables: the same cells, with the plays of each cluster. */
@Injectable()
export class MatrixTables {
  constructor(
    private readonly database: Database,
    private readonly lines: LineMatrix,
  ) {}

  /** @throws plan.unknown, coverage.periodWrong, coverage.tableTooLong */
  async of(actor: Actor, lineId: string, asked: CoverageQuery): Promise<MatrixTable> {
    const found = await this.database.read((reader) => this.lines.of(reader, actor, lineId, asked));
    const { plan, line, period, rule, items, hamlets, ground } = found;
    const lines = hamlets.reduce((sum, { id }) => sum + Math.max(1, clustersOf(ground, id).length), 0);
    if (lines * items.length > MOST_LINES) throw receiptProblem('coverage.tableTooLong');
    return { plan, line, period, rule, demo: this.database.isDemo(), cells: this.#cells(found) };
  }

  async *#cells({ items, hamlets, ground, heard, cells, period }: LineCells): AsyncGenerator<TableCell> {
    const clusterIds = [...new Set(hamlets.flatMap(({ id }) => clustersOf(ground, id)))];
    const [places, declared] = await this.database.read(async (reader) => [
      await reader
        .createQueryBuilder(Cluster, 'cluster')
        .where(...among(reader, 'cluster.id', clusterIds))
        .getMany(),
      await declaredFor(reader, {
        ...{ itemIds: items.map(({ id }) => id), hamletIds: hamlets.map(({ id }) => id) },
        ...{ fromDay: period.from, toDay: period.to },
      }),
    ]);
    const clusters = new Map(places.map((cluster) => [cluster.id, cluster]));
    for (const [row, item] of items.entries()) {
      const question = { itemId: item.id, clusterIds, ...period };
      const plays = await this.database.read((reader) => countedPlays(reader, question));
      const byCluster = new Map<string, CountedPlay[]>(clusterIds.map((id) => [id, []]));
      for (const play of plays) byCluster.get(play.clusterId)?.push(play);
      for (const [column, hamlet] of hamlets.entries()) {
        const epochs = ground.epochs.get(hamlet.id) ?? [];
        const cell = cells[row]?.[column];
        const parts = clustersOf(ground, hamlet.id).flatMap((id) => clusters.get(id) ?? []);
        yield {
          item: { id: item.id, title: item.title },
          hamlet,
          state: cell?.state ?? 'notPlanned',
          clusters: parts
            .toSorted((a, b) => (a.code < b.code ? -1 : 1))
            .map((cluster) => ({
              cluster,
              state: cell?.clusters.get(cluster.id) ?? 'notPlanned',
              ...playsWithin(byCluster.get(cluster.id) ?? [], epochs, cluster),
            })),
          heard: heard.get(tallyKey(item.id, hamlet.id)) ?? 0,
          declared: declared.filter(({ itemId, hamletId }) => itemId === item.id && hamletId === hamlet.id).length,
        };
      }
      // Statements of better-sqlite3 are synchronous: requests have their turn between items.
      await setImmediate();
    }
  }
}

/** Those of the days on which the cluster served the hamlet. */
function playsWithin(plays: readonly CountedPlay[], epochs: readonly ServedEpoch[], { id, reach }: Cluster) {
  const serving = epochs.filter(({ clusterIds }) => clusterIds.includes(id)).map(({ period }) => period);
  const own = plays.filter(({ day }) => serving.some(({ from, to }) => day >= from && day <= to));
  const counts = Object.fromEntries(
    TALLY_KINDS.map((kind) => [kind, own.filter((play) => play.kind === kind).length]),
  ) as Counts;
  return { counts, plays: own.map((play) => tablePlay(play, reach)) };
}

/** Of an unknown play nothing is told, and of one in which other content was heard only that. */
function tablePlay({ kind, said, followedItemId }: CountedPlay, reach: Cluster['reach']): TablePlay {
  const known = kind === 'unknown' ? null : said;
  return {
    ...{ kind, reach, followedItemId, withdrawn: false },
    doubted: kind === 'unknown' && said !== null,
    outcome: followedItemId !== null && kind === 'notPlayed' ? 'notPlayed' : (known?.outcome ?? null),
    cause: followedItemId === null ? (known?.cause ?? null) : null,
    relayHeardMs: known?.relayHeardMs ?? null,
    sensed: known?.sensed ?? null,
  };
}
