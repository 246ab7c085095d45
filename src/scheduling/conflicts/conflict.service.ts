import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AreaService, covers } from '../../areas/index.js';
import { ClusterService } from '../../fleet/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { DECIDED_BEFORE_MS } from '../clashes/noting.js';
import { type ConflictList, changeFor, conflictsOf, type Solution } from '../engine/conflicts/index.js';
import {
  addDays,
  Board,
  Calendar,
  DEFAULT_ZONE,
  localDayOf,
  type ScheduleEntry,
  spanOfDays,
  wallOfText,
} from '../engine/index.js';
import { whyAt } from '../engine/why/index.js';
import type { Entry } from '../entries/entry.entity.js';
import { entriesOfItem, entryById } from '../entries/entry.queries.js';
import { EntryService } from '../entries/entry.service.js';
import { Boards, type Gathered, isImagined, withImagined } from '../preview/boards.js';
import { demandWithin } from '../preview/bounds.js';
import { scheduleProblem } from '../problems.js';
import type { ConflictListView, ConflictQuery, SolutionRequest, WhyQuery, WhyView } from './conflict.api.js';
import { viewOf } from './conflict.api.js';

/** What people should look at in a schedule, what can be done about it, and why something plays or does not. */
@Injectable()
export class ConflictService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly clusters: ClusterService,
    private readonly boards: Boards,
    private readonly entries: EntryService,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor, query: ConflictQuery): Promise<ConflictListView> {
    const { conflicts, leftOut } = await this.#conflicts(actor, query);
    return { conflicts: conflicts.map((conflict) => viewOf(conflict, (id) => !isImagined(id))), leftOut };
  }

  /**
   * Cancels or moves an occurrence as a solution says. The others need a person's reason, or are done elsewhere: their problem says where.
   * @returns what is left to look at
   */
  async solve(actor: Actor, { key, solution: place, ...query }: SolutionRequest): Promise<ConflictListView> {
    const { conflicts } = await this.#conflicts(actor, query);
    const solution: Solution | undefined = conflicts.find((conflict) => conflict.key === key)?.solutions[place];
    if (!solution) throw scheduleProblem('schedule.conflictGone');
    const step = changeFor(solution);
    if (!step) throw scheduleProblem('schedule.solvedElsewhere');
    await this.entries.changeOccurrence(actor, step.entryId, step.change);
    return this.list(actor, query);
  }

  async why(actor: Actor, { clusterId, at, itemId, entryId }: WhyQuery): Promise<WhyView> {
    if ((itemId === undefined) === (entryId === undefined)) throw scheduleProblem('schedule.whyWhat');
    const zone = DEFAULT_ZONE;
    const atMs = new Calendar().startOf(wallOfText(at) ?? 0, zone).startMs;
    // What sounds over midnight began the day before.
    const span = spanOfDays(addDays(localDayOf(atMs, zone), -1), 3, zone);
    const { gathered, listener, entries, items } = await this.database.read(async (reader) => {
      const cluster = await this.clusters.demand(reader, actor, 'schedule.read', clusterId);
      const found = await this.boards.gather(reader, cluster.areaPath, span, zone);
      const asked = await this.#asked(reader, actor, cluster.areaPath, itemId, entryId);
      const all = [...new Map([...found.entries, ...asked].map((entry) => [entry.id, entry])).values()];
      return {
        gathered: found,
        listener: found.listeners.find(({ id }) => id === clusterId),
        entries: all,
        items: new Map([...(await this.boards.itemsOf(reader, asked)), ...found.items]),
      };
    });
    if (!listener) throw scheduleProblem('schedule.clusterUnknown');
    const answer = whyAt({
      about: entryId === undefined ? { kind: 'item', itemId: itemId ?? '' } : { kind: 'entry', entryId },
      atMs,
      listener,
      plan: new Board(gathered).planOf(clusterId),
      entries,
      items,
      decisions: gathered.decisions ?? [],
      zone,
    });
    return structuredClone(answer) as unknown as WhyView;
  }

  /** Entries that the question may be about beside those that play now: over, cancelled, or of other places the actor may see. */
  async #asked(
    reader: EntityManager,
    actor: Actor,
    areaPath: string,
    itemId: string | undefined,
    entryId: string | undefined,
  ): Promise<Entry[]> {
    const found =
      entryId === undefined ? await entriesOfItem(reader, itemId ?? '') : [await entryById(reader, entryId)];
    return found.flatMap((entry) =>
      entry && (covers(entry.areaPath, areaPath) || actor.may('schedule.read', entry.areaPath)) ? [entry] : [],
    );
  }

  async #conflicts(actor: Actor, { areaId, clusterId, from, days }: ConflictQuery): Promise<ConflictList> {
    const span = spanOfDays(from, days, DEFAULT_ZONE);
    const { area, gathered } = await this.database.read(async (reader) => {
      const found = await this.areas.get(actor, areaId);
      actor.demand('schedule.read', found.path);
      await demandWithin(reader, [found.path], days);
      const all: Gathered = await this.boards.gather(reader, found.path, span, DEFAULT_ZONE);
      return { area: found, gathered: all };
    });
    if (clusterId !== undefined && !gathered.listeners.some(({ id }) => id === clusterId))
      throw scheduleProblem('schedule.clusterUnknown');
    return conflictsOf({
      settings: clusterId === undefined ? withImagined(gathered, area.path) : gathered,
      ...(clusterId === undefined ? {} : { listenerIds: [clusterId] }),
      areaPath: area.path,
      nowMs: this.clock.nowMs(),
      decisionLeadMs: DECIDED_BEFORE_MS,
      mayChange: (entry: ScheduleEntry) => actor.may('schedule.write', entry.areaPath),
    });
  }
}
