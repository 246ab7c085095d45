import { Injectable } from '@nestjs/common';
import { type Area, AreaService } from '../../areas/index.js';
import { type AirableItem, LibraryService } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import type { ProblemDetail } from '../../platform/i18n/index.js';
import {
  Calendar,
  DEFAULT_ZONE,
  dayOfText,
  type PlannerAnswer,
  type PlannerRefusal,
  type PlanningGround,
  planCampaign,
  planMakeUps,
} from '../engine/index.js';
import { Boards } from '../preview/boards.js';
import { demandWithin } from '../preview/bounds.js';
import { scheduleProblem } from '../problems.js';
import { allowedFrom } from './allowed.js';
import { campaignHamlets, campaignScripts, hamletsOf, unplannable } from './ground.js';
import { type Occupied, occupiedIn } from './occupied.js';
import type { CampaignRequest, MakeUpRequest, ProposalsView } from './planning.api.js';
import { viewOfProposals } from './proposals.js';
import { planWithinSessions } from './within-sessions.js';

const LONGEST_PERIOD_DAYS = 366;
/** 1,000 hamlets with 20 scripts, three times each: some two seconds in which the process does nothing else. */
const MOST_PLAYS = 60_000;
/** Places × days whose plays are looked at, a few days at a time: a province for a month, a commune of 270 clusters for a year. */
const MOST_PLACE_DAYS = 100_000;
/** People look at what is proposed, and devices hear of it, before the first of it starts. */
const LEAD_MS = 30 * 60_000;
const MOST_NAMED = 200;

type Request = Omit<CampaignRequest, 'itemIds' | 'playsPerHamlet'>;

/** Proposes where scripts may be played, and stores nothing: what a person likes of it becomes entries like any other. */
@Injectable()
export class PlanningService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly library: LibraryService,
    private readonly boards: Boards,
    private readonly clock: Clock,
  ) {}

  /** @throws Problem right.missing, area.unknown, schedule.spanWrong, planning.… */
  async campaign(actor: Actor, request: CampaignRequest): Promise<ProposalsView> {
    const itemIds = [...new Set(request.itemIds)].sort();
    const { area, hamlets, areaOf } = await this.#open(actor, request);
    const asked = { cells: itemIds.length * hamlets.length, wanted: 0 };
    asked.wanted = asked.cells * request.playsPerHamlet;
    if (asked.wanted > MOST_PLAYS) throw scheduleProblem('planning.tooLarge');
    const items = await this.#items(itemIds, area.path, (refused) =>
      request.itemIds.flatMap((id, index) => (refused.has(id) ? [refusedItem(`itemIds.${index}`)] : [])),
    );
    const { ground, rules } = await this.#ground(area, request, itemIds, items, hamlets);
    const answer = planWithinSessions(ground, rules, DEFAULT_ZONE, (within) =>
      planCampaign({ ...within, playsPerCell: request.playsPerHamlet }),
    );
    return this.#told(answer, asked, ground, areaOf);
  }

  /** Phát bù, for cells that were not played as often as they should have been. @throws Problem as `campaign` */
  async makeUps(actor: Actor, request: MakeUpRequest): Promise<ProposalsView> {
    const { cells } = request;
    const { area, hamlets, areaOf } = await this.#open(actor, request);
    const asked = { cells: cells.length, wanted: cells.reduce((sum, { missing }) => sum + missing, 0) };
    if (asked.wanted > MOST_PLAYS) throw scheduleProblem('planning.tooLarge');
    const hamletIds = new Set(hamlets.map(({ id }) => id));
    const unknown = cells.flatMap(({ hamletId }, index) =>
      hamletIds.has(hamletId) ? [] : [{ at: `cells.${index}.hamletId`, code: 'planning.hamletUnknown' }],
    );
    refuse(unknown);
    const itemIds = [...new Set(cells.map(({ itemId }) => itemId))].sort();
    const items = await this.#items(itemIds, area.path, (refused) =>
      cells.flatMap(({ itemId }, index) => (refused.has(itemId) ? [refusedItem(`cells.${index}.itemId`)] : [])),
    );
    const concerned = new Set(cells.map(({ hamletId }) => hamletId));
    const { ground, rules } = await this.#ground(
      area,
      request,
      itemIds,
      items,
      hamlets.filter(({ id }) => concerned.has(id)),
    );
    const answer = planWithinSessions(ground, rules, DEFAULT_ZONE, (within) =>
      planMakeUps({ ...within, missing: cells }),
    );
    return this.#told(answer, asked, ground, areaOf);
  }

  /** The office and its hamlets. A hamlet is none: clusters that its people hear stand in its commune. */
  async #open(actor: Actor, { areaId, from, until }: Pick<Request, 'areaId' | 'from' | 'until'>) {
    if (until < from) throw scheduleProblem('schedule.spanWrong');
    const days = (dayOfText(until) ?? 0) - (dayOfText(from) ?? 0) + 1;
    if (days > LONGEST_PERIOD_DAYS) throw scheduleProblem('planning.periodTooLong');
    return this.database.read(async (reader) => {
      const area = await this.areas.seen(reader, actor, areaId);
      actor.demand('schedule.write', area.path);
      if (area.kind === 'hamlet') throw scheduleProblem('planning.noOffice');
      await demandWithin(reader, [area.path], days, 'planning.tooLarge', MOST_PLACE_DAYS);
      const found = await hamletsOf(this.areas, reader, area.path, { from, until });
      if (found.hamlets.length === 0) throw scheduleProblem('planning.noHamlet');
      return { area, ...found };
    });
  }

  async #items(
    itemIds: readonly string[],
    path: string,
    errorsFor: (refused: ReadonlySet<string>) => readonly ProblemDetail[],
  ): Promise<ReadonlyMap<string, AirableItem>> {
    return this.database.read(async (reader) => {
      const items = await this.library.airableInAllLanguages(reader, itemIds);
      refuse(errorsFor(await unplannable(this.areas, reader, itemIds, items, path)));
      return items;
    });
  }

  async #ground(
    area: Area,
    request: Request,
    itemIds: readonly string[],
    items: ReadonlyMap<string, AirableItem>,
    hamlets: readonly Area[],
  ): Promise<{ readonly ground: PlanningGround; readonly rules: Occupied['rules'] }> {
    const zone = DEFAULT_ZONE;
    const { from, until, windows, oncePerDay, gapMinutes, mostPlaysPerDay, cut } = request;
    const planned = new Map<string, string[]>();
    for (const itemId of itemIds) {
      const group = items.get(itemId)?.groupId ?? itemId;
      planned.set(group, [...(planned.get(group) ?? []), itemId]);
    }
    const { listeners, rules, busy } = await occupiedIn(this.database, this.boards, {
      ...{ area: area.path, from, until, zone, planned },
    });
    const calendar = new Calendar();
    const scripts = campaignScripts(itemIds, items, listeners);
    const longestMs = scripts.reduce((most, { durationMs }) => Math.max(most, durationMs ?? 0), 0);
    const ground: PlanningGround = {
      scripts,
      hamlets: campaignHamlets(hamlets, listeners),
      clusters: listeners.map(({ id, areaPath }) => ({ id, areaPath })),
      firstDay: from,
      lastDay: until,
      notBeforeMs: this.clock.nowMs() + LEAD_MS,
      cut: cut ?? null,
      preferences: windows,
      oncePerDay,
      gapMs: gapMinutes * 60_000,
      mostPerDay: { plays: mostPlaysPerDay, durationMs: null },
      allowed: allowedFrom(rules, zone, calendar, longestMs),
      busy,
      dayStartMs: (day) => calendar.instantOf(day, '00:00', zone).startMs,
    };
    return { ground, rules };
  }

  #told(
    answer: PlannerAnswer,
    asked: { readonly cells: number; readonly wanted: number },
    ground: PlanningGround,
    areaOf: ReadonlyMap<string, Area>,
  ): ProposalsView {
    if (!answer.ok) throw scheduleProblem(REFUSALS[answer.refusal]);
    return viewOfProposals(answer, asked, {
      zone: DEFAULT_ZONE,
      titles: new Map(ground.scripts.map(({ itemId, title }) => [itemId, title])),
      hamletNames: new Map(ground.hamlets.map(({ id, name }) => [id, name])),
      areaOf,
    });
  }
}

const refusedItem = (at: string): ProblemDetail => ({ at, code: 'schedule.itemNotApproved' });

function refuse(errors: readonly ProblemDetail[]): void {
  if (errors.length > 0) throw scheduleProblem('planning.refused').withErrors(errors.slice(0, MOST_NAMED));
}

const REFUSALS = {
  'planner.dayWrong': 'schedule.spanWrong',
  'planner.periodWrong': 'schedule.spanWrong',
  'planner.periodTooLong': 'planning.periodTooLong',
  'planner.playsWrong': 'planning.playsWrong',
  'planner.cutWrong': 'planning.cutWrong',
  'planner.windowWrong': 'planning.windowWrong',
  'planner.gapWrong': 'planning.playsWrong',
  'planner.limitWrong': 'planning.playsWrong',
  'planner.sameTwice': 'planning.cellTwice',
  'planner.clusterUnknown': 'schedule.clusterUnknown',
  'planner.cellUnknown': 'planning.refused',
  'planner.tooLarge': 'planning.tooLarge',
} as const satisfies Record<PlannerRefusal, string>;
