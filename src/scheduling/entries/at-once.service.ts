import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PlannedPlay } from '../../../devices/protocol/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Board, DEFAULT_ZONE, type Gap, localDayOf, localTimeOf, spanOfDays } from '../engine/index.js';
import { BREACH_CODES, type BreachCode, wordsOf } from '../engine/rules/index.js';
import { concerns } from '../engine/target.js';
import { Boards } from '../preview/boards.js';
import { GAP_WORDS } from '../preview/gap-words.js';
import { scheduleProblem } from '../problems.js';
import { OverrideService } from '../rules/override.service.js';
import { type NewEntry, newEntry } from './entry.api.js';
import type { Entry } from './entry.entity.js';
import { entryById } from './entry.queries.js';
import { EntryService } from './entry.service.js';
import { KnownRules } from './known-rules.js';

/** Time for the order and the sound to reach devices that are online. */
const LEAD_MS = 20_000;
/** It may have to wait for what sounds there; later than this it is not what was wished for. */
const GRACE_MS = 15 * 60_000;
/** What begins today may end tomorrow. */
const DAYS = 2;

export interface AtOnceRequest {
  readonly areaId: string;
  /** Null: every loudspeaker at or below the area. */
  readonly clusterIds: readonly string[] | null;
  readonly itemId: string;
  readonly class: NewEntry['class'];
  readonly volume: number;
  /** Why it is to be played against the rules of the area; null: it is not. */
  readonly overrideReason: string | null;
}

/** What became of it at each loudspeaker concerned. */
export interface AtOnce {
  readonly entryId: string;
  readonly title: string;
  readonly day: string;
  /** By cluster, as the plan tells them. */
  readonly plays: ReadonlyMap<string, readonly PlannedPlay[]>;
  readonly missing: readonly Missing[];
}
export interface Missing {
  readonly clusterId: string;
  readonly reason: Gap['reason'];
  /** For people. */
  readonly words: string;
}

interface Verdict extends Omit<AtOnce, 'missing'> {
  readonly gaps: readonly (Gap & { readonly clusterId: string })[];
}

/**
 * Phát ngay: approved content on the schedule for this very moment. Unlike an emergency it is an entry as any other: it keeps the rules of
 * the area, waits for what sounds, and is judged and planned by the board of the area (invariant 3).
 */
@Injectable()
export class AtOnceService {
  constructor(
    private readonly database: Database,
    private readonly entries: EntryService,
    private readonly overrides: OverrideService,
    private readonly boards: Boards,
    private readonly clock: Clock,
  ) {}

  /**
   * Nothing is scheduled that would be played nowhere, or that the rules forbid somewhere unless a reason overrides them, by who may.
   * @throws Problem as scheduling does, and `schedule.forbiddenNow`, `schedule.nothingNow`
   */
  async air(actor: Actor, request: AtOnceRequest): Promise<AtOnce> {
    const wished = this.#entryOf(request);
    const foreseen = await this.#foresee(actor, wished);
    const codes = forbidding(foreseen);
    if (codes.length > 0) {
      if (request.overrideReason === null) throw forbidden(foreseen);
      actor.demand('schedule.rules', foreseen.areaPath);
    } else demandPlays(foreseen);
    const { id } = await this.entries.create(actor, wished);
    try {
      const override = { occurrence: null, codes, reason: request.overrideReason ?? '' };
      if (codes.length > 0) await this.overrides.give(actor, id, override);
      const verdict = await this.#judged(id);
      if (forbidding(verdict).length > 0) throw forbidden(verdict);
      demandPlays(verdict);
      return toldOf(verdict);
    } catch (error) {
      // An office above did not allow it, or something came in between: nothing of it stays.
      await this.entries.cancel(actor, id);
      throw error;
    }
  }

  /** What is to be said of one that was aired before. */
  async again(entryId: string): Promise<AtOnce> {
    return toldOf(await this.#judged(entryId));
  }

  #entryOf({ areaId, clusterIds, itemId, class: kind, volume }: AtOnceRequest): NewEntry {
    const startMs = Math.ceil((this.clock.nowMs() + LEAD_MS) / 1_000) * 1_000;
    const [date, time] = [localDayOf(startMs, DEFAULT_ZONE), localTimeOf(startMs, DEFAULT_ZONE)];
    return newEntry.parse({
      ...{ areaId, itemId, class: kind, volume, clusterIds, graceMs: GRACE_MS },
      recurrence: { kind: 'once', date, time },
    });
  }

  async #foresee(actor: Actor, wished: NewEntry): Promise<Verdict & { readonly areaPath: string }> {
    return this.database.read(async (reader) => {
      const { entry } = await this.entries.changes(reader, actor, new KnownRules()).make(wished);
      return { ...(await this.#look(reader, entry)), areaPath: entry.areaPath };
    });
  }

  async #judged(id: string): Promise<Verdict> {
    return this.database.read(async (reader) => {
      const entry = await entryById(reader, id);
      if (!entry) throw scheduleProblem('schedule.unknown');
      return this.#look(reader, entry);
    });
  }

  /** @param entry on the schedule, or not yet */
  async #look(reader: EntityManager, entry: Entry): Promise<Verdict> {
    const { id: entryId, title, areaPath, zone, firstStartMs } = entry;
    const day = localDayOf(firstStartMs, zone);
    const gathered = await this.boards.gather(reader, areaPath, spanOfDays(day, DAYS, zone), zone);
    const others = gathered.entries.filter(({ id }) => id !== entryId);
    const own = await this.boards.itemsOf(reader, [entry]);
    const board = new Board({
      ...gathered,
      entries: [...others, entry],
      items: new Map([...gathered.items, ...own]),
    });
    const plays = new Map<string, readonly PlannedPlay[]>();
    const gaps: (Gap & { clusterId: string })[] = [];
    const concerned = gathered.listeners.filter((listener) => concerns(entry, listener));
    if (entry.clusterIds && concerned.length < entry.clusterIds.length)
      throw scheduleProblem('schedule.clusterUnknown');
    for (const { id: clusterId } of concerned) {
      const plan = board.planOf(clusterId);
      const told = plan.slices.flatMap(({ entryId: of, play }) => (of === entryId && play ? [play] : []));
      if (told.length > 0) plays.set(clusterId, told);
      for (const gap of plan.gaps) if (gap.entryId === entryId) gaps.push({ ...gap, clusterId });
    }
    return { entryId, title, day, plays, gaps };
  }
}

/** Codes of the rules that keep it from being played somewhere. */
function forbidding({ gaps }: Verdict): BreachCode[] {
  const reasons = new Set<string>(gaps.flatMap(({ breach }) => breach?.code ?? []));
  return BREACH_CODES.filter((code) => reasons.has(code));
}

const missingOf = ({ gaps }: Pick<Verdict, 'gaps'>): Missing[] =>
  gaps.map(({ clusterId, reason, breach }) => ({
    ...{ clusterId, reason },
    words: breach ? wordsOf(breach, 'vi') : GAP_WORDS[reason],
  }));

const toldOf = ({ gaps, ...told }: Verdict): AtOnce => ({ ...told, missing: missingOf({ gaps }) });

/** The most that a refusal names. */
const MOST_NAMED = 50;
const named = (verdict: Verdict) =>
  missingOf(verdict)
    .slice(0, MOST_NAMED)
    .map(({ clusterId: at, reason: code, words: detail }) => ({ at, code, detail }));

function forbidden(verdict: Verdict): Error {
  const breach = verdict.gaps.find((gap) => gap.breach)?.breach;
  const words = breach ? { vi: wordsOf(breach, 'vi'), en: wordsOf(breach, 'en') } : { vi: '', en: '' };
  return scheduleProblem('schedule.forbiddenNow', words).withErrors(named(verdict));
}

function demandPlays(verdict: Verdict): void {
  if (verdict.plays.size === 0) throw scheduleProblem('schedule.nothingNow').withErrors(named(verdict));
}
