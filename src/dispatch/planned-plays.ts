import { Injectable } from '@nestjs/common';
import { In, IsNull, MoreThanOrEqual } from 'typeorm';
import type { PlannedPlay } from '../../devices/protocol/index.js';
import type { Cluster, Controller } from '../fleet/index.js';
import { insertMany, type WriteTransaction } from '../platform/database/index.js';
import { FormerTelling, PlannedPlayRow, plannedPlayId } from './dispatch.entity.js';
import { entryOf } from './engine/identity.js';
import { changesAhead, saysTheSame, type Telling } from './engine/tellings.js';

const ROWS_AT_ONCE = 200;

interface Planned {
  readonly play: PlannedPlay;
  readonly day: string;
}

/** What a planned play said, and says from this transaction on. */
export interface PlannedChange {
  /** Null: it was never told. */
  readonly before: PlannedPlayRow | null;
  readonly after: PlannedPlayRow;
}

/**
 * The rows of what controllers were told. What is counted from them changes in the same commit (docs/decisions/0020): later rooms watch the
 * changes inside the transaction.
 */
@Injectable()
export class PlannedPlays {
  readonly #watchers: ((tx: WriteTransaction, changes: readonly PlannedChange[]) => Promise<void>)[] = [];

  watch(watcher: (tx: WriteTransaction, changes: readonly PlannedChange[]) => Promise<void>): void {
    this.#watchers.push(watcher);
  }

  async #tell(tx: WriteTransaction, changes: readonly PlannedChange[]): Promise<void> {
    if (changes.length === 0) return;
    for (const watcher of this.#watchers) await watcher(tx, changes);
  }

  /** Plays that nobody was told of before. */
  async add(tx: WriteTransaction, rows: readonly PlannedPlayRow[]): Promise<void> {
    await insertMany(tx.manager, PlannedPlayRow, rows);
    await this.#tell(
      tx,
      rows.map((after) => ({ before: null, after })),
    );
  }

  /** A controller that is told nothing any more owes nothing that lies ahead. */
  async retire(tx: WriteTransaction, controllerId: string, nowMs: number): Promise<void> {
    const ahead = { controllerId, startMs: MoreThanOrEqual(nowMs), withdrawnAtMs: IsNull() };
    const rows = await tx.manager.findBy(PlannedPlayRow, ahead);
    await tx.manager.update(PlannedPlayRow, ahead, { withdrawnAtMs: nowMs });
    await this.#tell(
      tx,
      rows.map((before) => ({ before, after: { ...before, withdrawnAtMs: nowMs } })),
    );
  }

  /**
   * Writes down what a controller is told from `fromMs` (the start of today) on: new plays, those taken out, those back again, those that
   * are told otherwise (they keep their name, and what was told before is kept).
   * A play that has begun is never added: it was told before, or not at all.
   */
  async write(
    tx: WriteTransaction,
    controller: Controller,
    cluster: Cluster,
    plays: readonly Planned[],
    fromMs: number,
    version: number,
    nowMs: number,
  ): Promise<void> {
    const told = await toldRows(tx, controller.id, plays, fromMs);
    const planned = new Map(plays.map((each) => [each.play.play, each]));
    const changes = changesAhead(
      told.map((row) => ({ ...row, withdrawn: row.withdrawnAtMs !== null })),
      new Map(plays.map(({ play }) => [play.play, toldOf(play)])),
      fromMs,
      nowMs,
    );
    const fresh = changes.added.flatMap((name): PlannedPlayRow[] => {
      const each = planned.get(name);
      if (!each) return [];
      const { play, day } = each;
      return [
        {
          id: plannedPlayId(controller.id, play.play),
          controllerId: controller.id,
          play: play.play,
          clusterId: cluster.id,
          areaPath: cluster.areaPath,
          entryId: entryOf(play.occurrence),
          ...toldOf(play),
          durationMs: play.audio.durationMs,
          day,
          planVersion: version,
          withdrawnAtMs: null,
        },
      ];
    });
    await this.add(tx, fresh);
    const changed = new Map<string, PlannedPlayRow>();
    const update = async (names: readonly string[], said: Partial<PlannedPlayRow>) => {
      for (const some of inSlices(names.map((play) => plannedPlayId(controller.id, play))))
        await tx.manager.update(PlannedPlayRow, { id: In(some) }, said);
      const of = new Set(names);
      for (const row of told) if (of.has(row.play)) changed.set(row.id, { ...(changed.get(row.id) ?? row), ...said });
    };
    await update(changes.withdrawn, { withdrawnAtMs: nowMs });
    await update(changes.revived, { withdrawnAtMs: null });
    const retold = new Set(changes.retold);
    const rows = told.filter(({ play }) => retold.has(play));
    for (const { id, now } of await tellOtherwise(tx, rows, planned, version)) {
      const row = changed.get(id) ?? rows.find((each) => each.id === id);
      if (row) changed.set(id, { ...row, ...now });
    }
    // Case 17: what lies ahead belongs to the area in which the cluster lies by now; what began, to that of its time.
    const elsewhere = told.filter(
      ({ play, startMs, areaPath }) => planned.has(play) && startMs >= nowMs && areaPath !== cluster.areaPath,
    );
    await update(
      elsewhere.map(({ play }) => play),
      { areaPath: cluster.areaPath },
    );
    await this.#tell(
      tx,
      told.flatMap((before) => {
        const after = changed.get(before.id);
        return after ? [{ before, after }] : [];
      }),
    );
  }
}

/**
 * What the rows said becomes a former telling; one that is told again takes its name back, so that each stands once.
 * @returns what they say now
 */
async function tellOtherwise(
  tx: WriteTransaction,
  rows: readonly PlannedPlayRow[],
  planned: ReadonlyMap<string, Planned>,
  version: number,
): Promise<{ readonly id: string; readonly now: Partial<PlannedPlayRow> }[]> {
  const all: { id: string; now: Partial<PlannedPlayRow> }[] = [];
  for (const some of inSlices(rows)) {
    const former = await tx.manager.findBy(FormerTelling, { id: In(some.map(({ id }) => id)) });
    const said = some.flatMap(({ id, play }) => {
      const now = planned.get(play);
      if (!now) return [];
      const again = former.find((before) => before.id === id && saysTheSame(before, toldOf(now.play)));
      const { play: told, day } = now;
      const planVersion = again?.planVersion ?? version;
      return [{ id, again, now: { ...toldOf(told), durationMs: told.audio.durationMs, day, planVersion } }];
    });
    for (const { id, again } of said)
      if (again) await tx.manager.delete(FormerTelling, { id, planVersion: again.planVersion });
    await tx.manager.insert(
      FormerTelling,
      some.map(({ id, planVersion, itemId, itemVersion, day, startMs }) => {
        return { id, planVersion, itemId, itemVersion, day, startMs };
      }),
    );
    for (const { id, now } of said) await tx.manager.update(PlannedPlayRow, { id }, now);
    all.push(...said);
  }
  return all;
}

/** What was told from `fromMs` on, and where else a play of the plan stood before: it may have been moved over that instant. */
async function toldRows(
  tx: WriteTransaction,
  controllerId: string,
  plays: readonly Planned[],
  fromMs: number,
): Promise<PlannedPlayRow[]> {
  const rows = await tx.manager.findBy(PlannedPlayRow, { controllerId, startMs: MoreThanOrEqual(fromMs) });
  const known = new Set(rows.map(({ play }) => play));
  const others = plays.flatMap(({ play }) => (known.has(play.play) ? [] : [plannedPlayId(controllerId, play.play)]));
  for (const some of inSlices(others)) rows.push(...(await tx.manager.findBy(PlannedPlayRow, { id: In(some) })));
  return rows;
}

const toldOf = ({ startMs, item }: PlannedPlay): Telling => ({ startMs, itemId: item.id, itemVersion: item.version });

function inSlices<Row>(rows: readonly Row[]): Row[][] {
  return Array.from({ length: Math.ceil(rows.length / ROWS_AT_ONCE) }, (_, at) =>
    rows.slice(at * ROWS_AT_ONCE, (at + 1) * ROWS_AT_ONCE),
  );
}
