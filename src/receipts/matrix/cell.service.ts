import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Cluster, devicesAt } from '../../fleet/index.js';
import { Clock } from '../../platform/clock/index.js';
import { among, Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { type JudgedAnswer, judgedAnswers } from '../confirmations/answers-about.js';
import { DeclarationService } from '../declared/declaration.service.js';
import { dayAfter, type Period } from '../engine/epochs.js';
import { type Evidence, PLAY_OUTCOMES, type PlayOutcomeName } from '../engine/outcome.js';
import { receiptProblem } from '../problems.js';
import { ArchivedReceipts } from '../retention/archived.reader.js';
import type { CellQuery, CellView } from './cell.api.js';
import { clustersOf, type ServedEpoch } from './ground.queries.js';
import { LineMatrix } from './line-matrix.js';
import { countedPlays } from './plays.queries.js';
import { type JudgedPlay, judged, playsShown } from './plays.view.js';

/** One cell of the matrix, down to the receipts. */
@Injectable()
export class CellService {
  constructor(
    private readonly database: Database,
    private readonly lines: LineMatrix,
    private readonly declarations: DeclarationService,
    private readonly archived: ArchivedReceipts,
    private readonly clock: Clock,
  ) {}

  /** @returns `next`: cursor of the plays before; null: the last page @throws plan.unknown, coverage.cellUnknown */
  async of(
    actor: Actor,
    lineId: string,
    { itemId, hamletId }: { readonly itemId: string; readonly hamletId: string },
    { limit, cursor, ...asked }: CellQuery,
  ): Promise<{ view: CellView; next: string | null }> {
    const { next, ...shown } = await this.database.read(async (reader) => {
      const found = await this.lines.of(reader, actor, lineId, asked, itemId);
      const { plan, line, period, rule, items, hamlets, ground, cells } = found;
      const [item] = items;
      const column = hamlets.findIndex(({ id }) => id === hamletId);
      const [hamlet, cell] = [hamlets[column], cells[0]?.[column]];
      if (!item || !hamlet || !cell) throw receiptProblem('coverage.cellUnknown');
      const answers = await judgedAnswers(reader, { hamletId, itemId, fromDay: period.from, toDay: period.to });
      const places = await placesAt(reader, clustersOf(ground, hamletId));
      const epochs = ground.epochs.get(hamletId) ?? [];
      const clusterIds = places.map(({ id }) => id);
      const heard = heardIn(answers);
      const reaches = new Map(places.map(({ id, reach }) => [id, reach]));
      const plays = (await countedPlays(reader, { itemId, clusterIds, ...period }))
        .filter((play) => epochs.some((epoch) => isServed(epoch, play)))
        .map((play) => judged(play, reaches.get(play.clusterId) ?? 'horn', heard.get(play.id) ?? 'notAsked'));
      const devices = new Map((await devicesAt(reader, clusterIds)).map((device) => [device.clusterId, device]));
      const { page, next } = pageOf(plays, limit, cursor);
      const { number, title, periodFrom, periodTo, note } = plan;
      const { id, criterion, target, unit } = line;
      return {
        ...{ period, rule, next, hamlet },
        line: { id, title: line.title, criterion, target, unit },
        plan: { number, title, periodFrom, periodTo, note },
        item: { id: item.id, title: item.title, language: item.language },
        ...{ state: cell.state, completeClusters: cell.complete },
        clusters: places.map(({ id: clusterId, code, name, reach }) => ({
          ...{ id: clusterId, code, name, reach },
          state: cell.clusters.get(clusterId) ?? ('notPlanned' as const),
          served: joined(epochs.filter(({ clusterIds: serving }) => serving.includes(clusterId))),
          counts: countOf(plays.filter((play) => play.clusterId === clusterId)),
        })),
        plays: await playsShown(reader, page, devices, this.clock.nowMs()),
        confirmations: answers.map(answerShown),
      };
    });
    const { from, to: until } = shown.period;
    const declared = await this.declarations.list(actor, { itemId, hamletId, from, until });
    const declarations = declared
      .filter(({ state }) => state === 'declared')
      .map((each) => ({ ...each, photoAddress: `/api/declarations/${each.id}/photo` }));
    const left = shown.plays.flatMap(({ receipt, receiptId }) => (receipt === null && receiptId ? [receiptId] : []));
    const archives = await this.archived.namesOf(left);
    const plays = shown.plays.map((play) => ({ ...play, archive: archives.get(play.receiptId ?? '') ?? null }));
    return { view: { ...shown, plays, demo: this.database.isDemo(), declarations }, next };
  }
}

/** By name. */
async function placesAt(reader: EntityManager, clusterIds: readonly string[]): Promise<Cluster[]> {
  return reader
    .createQueryBuilder(Cluster, 'cluster')
    .where(...among(reader, 'cluster.id', clusterIds))
    .orderBy('cluster.name')
    .addOrderBy('cluster.code')
    .getMany();
}

const isServed = ({ period, clusterIds }: ServedEpoch, { clusterId, day }: { clusterId: string; day: string }) =>
  day >= period.from && day <= period.to && clusterIds.includes(clusterId);

/** Spans of days, those that follow each other as one: what changed in between was another cluster. */
function joined(epochs: readonly ServedEpoch[]): Period[] {
  const spans: Period[] = [];
  for (const { period } of epochs) {
    const last = spans.at(-1);
    if (last && dayAfter(last.to) === period.from) spans.splice(-1, 1, { from: last.from, to: period.to });
    else spans.push(period);
  }
  return spans;
}

/** By play of an asked session: one clear answer is enough, whoever gave it. */
function heardIn(answers: readonly JudgedAnswer[]): ReadonlyMap<string, Evidence['hamlet']> {
  const heard = new Map<string, Evidence['hamlet']>();
  for (const { given, session } of answers)
    for (const { id } of session.plays)
      if (heard.get(id) !== 'heard') heard.set(id, given.answer === 'clear' ? 'heard' : given.answer);
  return heard;
}

function countOf(plays: readonly JudgedPlay[]): Record<PlayOutcomeName, number> {
  const counts = Object.fromEntries(PLAY_OUTCOMES.map((name) => [name, 0])) as Record<PlayOutcomeName, number>;
  for (const { judgement } of plays) counts[judgement.outcome] += 1;
  return counts;
}

/** The cursor is the last play that was shown; one that has gone since still has its place. */
function pageOf(plays: readonly JudgedPlay[], limit: number, cursor: string | undefined) {
  const [, ms, id = ''] = /^(\d{1,15})-(.{1,180})$/.exec(cursor ?? '') ?? [];
  if (cursor !== undefined && ms === undefined) throw receiptProblem('coverage.cursorUnknown');
  const startMs = Number(ms);
  const left =
    ms === undefined
      ? plays
      : plays.filter((play) => play.startMs < startMs || (play.startMs === startMs && play.id < id));
  const page = left.slice(0, limit);
  const last = left.length > limit ? page.at(-1) : undefined;
  return { page, next: last ? `${last.startMs}-${last.id}` : null };
}

function answerShown({ given, session, contradiction }: JudgedAnswer): CellView['confirmations'][number] {
  const { kind, answer, atMs, byName, toldBy } = given;
  const { id: sessionId, day, startMs } = session;
  return { sessionId, day, startMs, kind, answer, atMs, byName, toldBy, contradiction };
}
