import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type EntityManager, In, LessThan } from 'typeorm';
import { AreaService, covers } from '../../areas/index.js';
import { ClusterService } from '../../fleet/index.js';
import { Clock } from '../../platform/clock/index.js';
import { beginsWith, Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Board, DEFAULT_ZONE, localDayOf, occurrencesOf, type Span, spanOfDays } from '../engine/index.js';
import { Entry } from '../entries/entry.entity.js';
import { placedAt } from '../entries/entry.queries.js';
import { EntryService } from '../entries/entry.service.js';
import { type EntryChanges, each, type Prepared } from '../entries/entry-changes.js';
import { inTurns, KnownRules } from '../entries/known-rules.js';
import { Boards } from '../preview/boards.js';
import { demandWithin } from '../preview/bounds.js';
import { scheduleProblem } from '../problems.js';
import { planDifference } from './difference.js';
import type {
  NewPublication,
  PublicationQuery,
  PublicationSummary,
  PublicationView,
  ScheduleChange,
} from './publication.api.js';
import { type EntryChange, Publication, PublicationEntry } from './publication.entity.js';
import { Publisher } from './publisher.js';

const SUMMARY_DAYS = 7;
const MOST_LISTED = 50;

/** Changes that are published together, what they would change, and taking the last one back. */
@Injectable()
export class PublicationService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly clusters: ClusterService,
    private readonly entries: EntryService,
    private readonly publisher: Publisher,
    private readonly boards: Boards,
    private readonly clock: Clock,
  ) {}

  /** All or none; what is wrong is told for each change by its index. */
  async publish(actor: Actor, { changes }: NewPublication): Promise<PublicationView> {
    const known = await this.entries.foresee(actor, (judge) => inOneAct(changes, inTurns(judging(judge))));
    return this.database.write(async (tx) => {
      const prepared = await inOneAct(changes, judging(this.entries.changes(tx.manager, actor, known)));
      const publication = await this.publisher.publish(tx, actor, changesOf(prepared));
      if (!publication) throw scheduleProblem('schedule.nothingChanges');
      return viewOf(publication, prepared);
    });
  }

  /** What the changes would mean, for whom, in the seven days ahead. Nothing is stored. */
  async summary(actor: Actor, { changes }: NewPublication): Promise<PublicationSummary> {
    const nowMs = this.clock.nowMs();
    const span = spanOfDays(localDayOf(nowMs, DEFAULT_ZONE), SUMMARY_DAYS, DEFAULT_ZONE);
    const { prepared, differences } = await this.database.read(async (reader) => {
      const judge = this.entries.changes(reader, actor, new KnownRules());
      const made = await inOneAct(changes, inTurns(judging(judge)));
      const changed = changesOf(made).map(({ after }) => after);
      const paths = smallestAreas(changed.map(({ areaPath }) => areaPath));
      await demandWithin(reader, paths, SUMMARY_DAYS, 'schedule.summaryTooLarge');
      const found: PublicationSummary['clusters'] = [];
      for (const path of paths) found.push(...(await this.#differencesIn(reader, path, changed, span, nowMs)));
      return { prepared: made, differences: found };
    });
    const clusters = differences.filter(({ added, removed, changed }) => added + removed + changed > 0);
    const totalNewBytes = clusters.reduce((sum, { newBytes }) => sum + newBytes, 0);
    return {
      clusters,
      untouched: differences.length - clusters.length,
      totalNewBytes,
      orphans: orphansOf(prepared),
      words: wordsOf(clusters, totalNewBytes),
    };
  }

  /** At or below the area, the newest first; `before` is the last id of the page before. */
  async list(actor: Actor, { areaId, before }: PublicationQuery): Promise<PublicationView[]> {
    return this.database.read(async (reader) => {
      const area = await this.areas.get(actor, areaId);
      actor.demand('schedule.read', area.path);
      const select = reader
        .createQueryBuilder(Publication, 'publication')
        .where(...beginsWith(reader, 'publication.areaPath', area.path));
      if (before !== undefined) select.andWhere({ id: LessThan(before) });
      const found = await select.orderBy('publication.id', 'DESC').limit(MOST_LISTED).getMany();
      return found.map((publication) => viewOf(publication));
    });
  }

  /**
   * Takes a publication back, if nothing later has changed the same entries. What has begun meanwhile stays; an entry goes on as it
   * was from now on.
   */
  async undo(actor: Actor, id: string): Promise<PublicationView> {
    const nowMs = this.clock.nowMs();
    // What a publication changed is never changed itself, so what was missed since is worked out before the write.
    const missed = await this.#missedSince(id, nowMs);
    return this.database.write(async (tx) => {
      const publication = await tx.manager.findOneBy(Publication, { id });
      if (!publication || !actor.may('schedule.read', publication.areaPath))
        throw scheduleProblem('schedule.publicationUnknown');
      for (const { after } of publication.changes) actor.demand('schedule.write', after.areaPath);
      if (publication.undoneById !== null) throw scheduleProblem('schedule.undoneAlready');
      await this.#demandLast(tx, publication);
      const backwards = await this.#backwards(tx, actor, publication.changes, missed, nowMs);
      const undone = await this.publisher.publish(tx, actor, backwards, publication);
      if (!undone) throw scheduleProblem('schedule.nothingChanges');
      await tx.manager.update(Publication, { id }, { undoneById: undone.id });
      return viewOf(undone);
    });
  }

  async #differencesIn(
    reader: EntityManager,
    path: string,
    changed: readonly Entry[],
    span: Span,
    nowMs: number,
  ): Promise<PublicationSummary['clusters']> {
    const before = await this.boards.gather(reader, path, span, DEFAULT_ZONE);
    const here = new Map(changed.filter(({ areaPath }) => covers(path, areaPath)).map((entry) => [entry.id, entry]));
    const entries = [...before.entries.filter(({ id }) => !here.has(id)), ...here.values()];
    const items = await this.boards.itemsOf(reader, entries);
    const names = new Map((await this.clusters.under(reader, path)).map(({ id, name }) => [id, name]));
    const [boardBefore, boardAfter] = [new Board(before), new Board({ ...before, entries, items })];
    return before.listeners.map(({ id }) => ({
      clusterId: id,
      name: names.get(id) ?? id,
      ...planDifference(boardBefore.planOf(id).slices, boardAfter.planOf(id).slices, nowMs),
    }));
  }

  async #demandLast(tx: WriteTransaction, publication: Publication): Promise<void> {
    const entryIds = publication.changes.map(({ after }) => after.id);
    const links = await tx.manager.findBy(PublicationEntry, { entryId: In(entryIds) });
    // Ids grow with time.
    if (links.some(({ publicationId }) => publicationId > publication.id))
      throw scheduleProblem('schedule.changedSince');
  }

  async #missedSince(id: string, nowMs: number): Promise<ReadonlySet<string>> {
    const publication = await this.database.read((reader) => reader.findOneBy(Publication, { id }));
    const found = new Set<string>();
    for (const { before, after } of publication?.changes ?? []) {
      await nextTurn();
      if (before !== null && missed(before, after, nowMs)) found.add(before.id);
    }
    return found;
  }

  async #backwards(
    tx: WriteTransaction,
    actor: Actor,
    changes: readonly EntryChange[],
    missed: ReadonlySet<string>,
    nowMs: number,
  ): Promise<EntryChange[]> {
    const goingOn = goingOnAnew(changes, missed);
    const anew = (before: Entry, id: string): Entry => ({
      ...before,
      id,
      place: placeIn(before, goingOn),
      followsId: before.id,
      createdAtMs: nowMs,
      createdBy: actor.accountId,
      createdByName: actor.name,
      revision: 1,
    });
    const backwards = changes.flatMap(({ before, after }): EntryChange[] => {
      const revision = after.revision + 1;
      if (before === null) {
        if (after.cancelledAtMs !== null) return [];
        return [{ before: after, after: { ...after, cancelledAtMs: nowMs, revision } }];
      }
      const id = goingOn.get(before.id);
      // What did not occur meanwhile did not occur: the series goes on with a linked entry.
      return id === undefined
        ? [{ before: after, after: { ...before, revision } }]
        : [{ before: null, after: anew(before, id) }];
    });
    const named = new Set(changes.map(({ after }) => after.id));
    for (const anchorId of goingOn.keys())
      for (const placed of await placedAt(tx.manager, anchorId)) {
        if (named.has(placed.id)) continue;
        named.add(placed.id);
        const id = newId();
        // Others may hang on this one in turn: they are met as the map grows.
        goingOn.set(placed.id, id);
        const over = { ...placed, cancelledAtMs: nowMs, revision: placed.revision + 1 };
        backwards.push({ before: { ...placed }, after: over }, { before: null, after: anew({ ...placed }, id) });
      }
    return backwards;
  }
}

/** Of these areas those that lie in no other of them: together they hold all that is concerned, and nothing else. */
function smallestAreas(paths: readonly string[]): string[] {
  const distinct = [...new Set(paths)].sort();
  return distinct.filter((path) => !distinct.some((other) => other !== path && covers(other, path)));
}

/** Entries that can only go on anew, with their new ids: they missed something, or what they stand in or behind goes on anew. */
function goingOnAnew(changes: readonly EntryChange[], missed: ReadonlySet<string>): Map<string, string> {
  const found = new Map<string, string>();
  const former = changes.flatMap(({ before }) => (before === null ? [] : [before]));
  for (let size = -1; size < found.size; ) {
    size = found.size;
    for (const before of former) {
      const isAdrift = before.place !== null && found.has(before.place.entryId);
      if (!found.has(before.id) && (isAdrift || missed.has(before.id))) found.set(before.id, newId());
    }
  }
  return found;
}

function placeIn({ place }: Entry, goingOn: ReadonlyMap<string, string>): Entry['place'] {
  return place && { ...place, entryId: goingOn.get(place.entryId) ?? place.entryId };
}

/** Whether the entry, had it stayed as it was, would have begun something since it was ended. */
function missed(before: Entry, after: Entry, nowMs: number): boolean {
  if (after.cancelledAtMs === null || after.cancelledAtMs >= nowMs) return false;
  return occurrencesOf(before, { fromMs: after.cancelledAtMs, untilMs: nowMs }).length > 0;
}

function inOneAct(
  changes: readonly ScheduleChange[],
  work: (change: ScheduleChange) => Promise<Prepared>,
): Promise<Prepared[]> {
  const named = changes.flatMap((change) => (change.kind === 'make' ? [] : [change.id]));
  if (new Set(named).size < named.length) throw scheduleProblem('schedule.namedTwice');
  return each(changes, 'changes', work);
}

const judging =
  (judge: EntryChanges) =>
  (change: ScheduleChange): Promise<Prepared> => {
    switch (change.kind) {
      case 'make':
        return judge.make(change.entry);
      case 'edit':
        return judge.edit(change.id, change.edit, change.fromMs);
      case 'occurrence':
        return judge.occurrence(change.id, change);
      case 'cancel':
        return judge.cancel(change.id);
    }
  };

const MEGABYTE = 1_000_000;

function wordsOf(clusters: PublicationSummary['clusters'], bytes: number): PublicationSummary['words'] {
  const sum = (of: 'added' | 'removed' | 'changed') => clusters.reduce((total, cluster) => total + cluster[of], 0);
  const [added, removed, changed] = [sum('added'), sum('removed'), sum('changed')];
  const megabytes = bytes / MEGABYTE;
  return {
    vi: `${clusters.length} cụm loa có thay đổi trong ${SUMMARY_DAYS} ngày tới: thêm ${added}, bớt ${removed}, đổi ${changed} lượt phát; tải mới khoảng ${megabytes.toLocaleString('vi-VN', { maximumFractionDigits: 1 })} MB.`,
    en: `${clusters.length} clusters change in the next ${SUMMARY_DAYS} days: ${added} plays added, ${removed} removed, ${changed} changed; about ${megabytes.toLocaleString('en', { maximumFractionDigits: 1 })} MB to fetch.`,
  };
}

const changesOf = (prepared: readonly Prepared[]): EntryChange[] => prepared.flatMap(({ changes }) => changes);

/** Invariant 2: what an edit could not carry over is for a person to decide, never dropped in silence. */
const orphansOf = (prepared: readonly Prepared[]): PublicationView['orphans'] =>
  prepared.flatMap(({ entry, orphans }) => orphans.map((orphan) => ({ entryId: entry.id, ...orphan })));

function viewOf(
  { id, byName, atMs, changes, undoneById, undoesId }: Publication,
  prepared: readonly Prepared[] = [],
): PublicationView {
  const made = changes.filter(({ before }) => before === null);
  const cancelled = changes.filter(
    ({ before, after }) => before?.cancelledAtMs === null && after.cancelledAtMs !== null,
  );
  return {
    id,
    byName,
    atMs,
    made: made.length,
    changed: changes.length - made.length - cancelled.length,
    cancelled: cancelled.length,
    titles: [...new Set(changes.map(({ after }) => after.title))].slice(0, 10),
    undoneById,
    undoesId,
    orphans: orphansOf(prepared),
  };
}
