import { Injectable } from '@nestjs/common';
import { type EntityManager, In, Like } from 'typeorm';
import { Area, AreaService, idsUpwards } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { type Board, type Clash, entryIdOf, pathsAbove } from '../engine/index.js';
import type { Gathered } from '../preview/boards.js';
import { scheduleProblem } from '../problems.js';
import type { ClashQuery, ClashView, NewDecision } from './clash.api.js';
import { ClashRow, type Party, UNDECIDED } from './clash.entity.js';
import { ClashNotices } from './clash.notices.js';
import { clashesOf, decisionOf, listedClashes, pathsWithClashes } from './clash.queries.js';
import { type ClashesByKey, clashesByCommune, deadlineOf, isNothing, type Noted, noted } from './noting.js';
import { orderOf, Rulings, sameOrder } from './rulings.js';

/** Whose clashes are noted, and what names them. */
type Seen = Pick<Gathered, 'entries' | 'listeners'>;

const NO_CLASHES: ClashesByKey = new Map();

/** Clashes of priorities, which wait for the commune (Thông tư 39/2020/TT-BTTTT). */
@Injectable()
export class ClashService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly rulings: Rulings,
    private readonly notices: ClashNotices,
    private readonly clock: Clock,
  ) {}

  /** @returns path of the commune around an area; of one that lies in none, or is one, its own */
  async wholeCommune(reader: EntityManager, areaPath: string): Promise<string> {
    const commune = await reader.findOneBy(Area, { id: In(idsUpwards(areaPath)), kind: 'commune' });
    return commune?.path ?? areaPath;
  }

  /**
   * Writes down what clashes ahead and what no longer does, and tells the communes: one transaction for each commune where something
   * changed, none elsewhere.
   * @param areaPath everybody at or below it is on the board; not inside a commune, where others may have the clash still
   */
  async note(areaPath: string, { entries, listeners }: Seen, board: Board): Promise<void> {
    const nowMs = this.clock.nowMs();
    const { communes, known } = await this.database.read(async (reader) => ({
      communes: await reader.find(Area, {
        select: { path: true },
        where: { path: Like(`${areaPath}%`), kind: 'commune' },
      }),
      known: await pathsWithClashes(reader, areaPath, nowMs),
    }));
    const deciding = new Set(communes.map(({ path }) => path));
    const found = clashesByCommune(
      board,
      listeners,
      (path) => pathsAbove(path).find((above) => deciding.has(above)) ?? null,
    );
    for (const commune of new Set([...found.keys(), ...known]))
      await this.#noteIn(commune, found.get(commune) ?? NO_CLASHES, entries);
  }

  /** At or below an area. */
  async list(actor: Actor, { areaId, state }: ClashQuery): Promise<ClashView[]> {
    return this.database.read(async (reader) => {
      const area = await this.areas.seen(reader, actor, areaId);
      actor.demand('schedule.read', area.path);
      return (await listedClashes(reader, area.path, state, this.clock.nowMs())).map(viewOf);
    });
  }

  /** By a person of the commune, until the earlier of the two begins; until then they may change their mind. */
  async decide(actor: Actor, id: string, { goesFirst, other }: NewDecision): Promise<ClashView> {
    return this.database.write(async (tx) => {
      const clash = await tx.manager.findOneBy(ClashRow, { id });
      if (!clash || !actor.may('schedule.read', clash.areaPath)) throw scheduleProblem('schedule.clashUnknown');
      actor.demand('schedule.write', clash.areaPath);
      if (clash.goneAtMs !== null) throw scheduleProblem('schedule.clashGone');
      if (clash.fromMs <= this.clock.nowMs()) throw scheduleProblem('schedule.clashBegun');
      if (goesFirst !== clash.first && goesFirst !== clash.second)
        throw scheduleProblem('schedule.clashOccurrenceWrong');
      const order = { goesFirst, other };
      const said = clash.decidedAtMs !== null && !clash.automatic && sameOrder(orderOf(clash), order);
      return viewOf(said ? clash : await this.rulings.record(tx, actor, clash, order));
    });
  }

  async #noteIn(commune: string, found: ClashesByKey, entries: Seen['entries']): Promise<void> {
    const look = async (reader: EntityManager): Promise<Noted> => {
      const nowMs = this.clock.nowMs();
      return noted(await clashesOf(reader, commune, [...found.keys()], nowMs), found, nowMs);
    };
    if (isNothing(await this.database.read(look))) return;
    await this.database.write(async (tx) => {
      // Looked at again: another process, or a person, may have been faster.
      const { fresh, changed, gone } = await look(tx.manager);
      const partyOf = await partiesOf(tx.manager, fresh, entries);
      for (const clash of fresh) await this.#open(tx, commune, clash, [partyOf(clash.first), partyOf(clash.second)]);
      for (const { row, clash } of changed) await this.#change(tx, row, clash);
      for (const row of gone) {
        await tx.manager.update(ClashRow, { id: row.id }, { goneAtMs: this.clock.nowMs() });
        await this.notices.settle(tx, row);
      }
    });
  }

  async #open(tx: WriteTransaction, areaPath: string, clash: Clash, parties: readonly [Party, Party]): Promise<void> {
    const nowMs = this.clock.nowMs();
    const { key, first, second, fromMs, byDefault } = clash;
    const row: ClashRow = {
      ...{ id: newId(nowMs), areaId: idsUpwards(areaPath)[0] ?? '', areaPath },
      ...{ key, first, second, parties, fromMs, byDefault },
      ...UNDECIDED,
      ...{ deadlineMs: deadlineOf(fromMs, nowMs), goneAtMs: null, notedAtMs: nowMs },
    };
    await tx.manager.insert(ClashRow, row);
    await this.notices.waits(tx, row);
  }

  /** What people decided stands, also for a clash that comes back or moves. What nobody decided they have time for once more. */
  async #change(tx: WriteTransaction, row: ClashRow, { fromMs, byDefault }: Clash): Promise<void> {
    const standing = row.decidedAtMs !== null && !row.automatic;
    const deadlineMs = deadlineOf(fromMs, this.clock.nowMs());
    const now: ClashRow = { ...row, ...(standing ? {} : UNDECIDED), fromMs, byDefault, deadlineMs, goneAtMs: null };
    await tx.manager.save(ClashRow, now);
    await this.notices.settle(tx, row);
    if (!standing) await this.notices.waits(tx, now);
    // Decisions are looked for by time, so plans may have been made without this one.
    else if (row.fromMs !== fromMs) await this.rulings.announce(tx, now);
  }
}

async function partiesOf(
  reader: EntityManager,
  clashes: readonly Clash[],
  entries: Seen['entries'],
): Promise<(occurrence: string) => Party> {
  const ids = new Set(clashes.flatMap(({ first, second }) => [entryIdOf(first), entryIdOf(second)]));
  const known = new Map(entries.filter(({ id }) => ids.has(id)).map((entry) => [entry.id, entry]));
  const areas = await reader.findBy(Area, { id: In([...new Set([...known.values()].map(({ areaId }) => areaId))]) });
  const nameOf = new Map(areas.map(({ id, name }) => [id, name]));
  return (occurrence) => {
    const entry = known.get(entryIdOf(occurrence));
    return { title: entry?.title ?? '', areaName: nameOf.get(entry?.areaId ?? '') ?? '' };
  };
}

function viewOf(row: ClashRow): ClashView {
  const { id, areaId, parties, fromMs, deadlineMs, byDefault, goneAtMs } = row;
  const decided = decisionOf(row);
  return {
    id,
    areaId,
    first: { occurrence: row.first, ...parties[0] },
    second: { occurrence: row.second, ...parties[1] },
    fromMs,
    deadlineMs,
    byDefault,
    state: goneAtMs !== null ? 'gone' : decided ? 'decided' : 'waiting',
    decision: decided && {
      goesFirst: decided.goesFirst,
      other: decided.other,
      automatic: decided.automatic,
      byName: decided.byName,
      atMs: decided.atMs,
    },
  };
}
