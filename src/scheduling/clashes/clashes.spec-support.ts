import { Audit, actorFrom } from '../../accounts/index.js';
import { AreaService } from '../../areas/index.js';
import { Notices, noticeEntities, noticeMigrations } from '../../notices/index.js';
import type { Database } from '../../platform/database/index.js';
import { silentLog } from '../../platform/logging/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Board, DEFAULT_ZONE, localDayOf, spanOfDays } from '../engine/index.js';
import { aProvince, tables } from '../scheduling.spec-support.js';
import { ClashClock } from './clash.clock.js';
import { ClashNotices } from './clash.notices.js';
import { ClashService } from './clash.service.js';
import { Rulings } from './rulings.js';

export const clashSuite = {
  entities: [...tables.entities, ...noticeEntities],
  migrations: [...tables.migrations, ...noticeMigrations],
};

type Row = Record<string, unknown>;

/** A province and its commune An Khương with a priority bulletin each, at five on Tuesday; it is Monday, nine. */
export async function aClash(database: Database) {
  const place = await aProvince(database);
  const { clock, areas } = place;
  const [audit, outbox] = [new Audit(clock), new Outbox(clock)];
  const notices = new ClashNotices(new Notices(clock, outbox), clock);
  const clashes = new ClashService(
    database,
    new AreaService(database),
    new Rulings(audit, outbox, notices, clock),
    notices,
    clock,
  );
  const priority = (area: 'bp' | 'ak' | 'ap', date = '2026-01-06', time = '05:00') =>
    place.entries.create(
      place.root,
      place.request({
        areaId: areas[area].id,
        itemId: `item-${area}`,
        class: 'priority',
        recurrence: { kind: 'once', date, time },
      }),
    );
  for (const [id, area] of [
    ['k1', areas.ak],
    ['k2', areas.ak1],
    ['k9', areas.ap],
  ] as const)
    await place.cluster(id, area);
  const [ofProvince, ofCommune] = [await priority('bp'), await priority('ak')];
  const query = (sql: string): Promise<Row[]> => database.read((reader) => reader.query(sql));
  const boardOf = async (areaPath = areas.bp.path) => {
    const span = spanOfDays(localDayOf(clock.nowMs(), DEFAULT_ZONE), 7, DEFAULT_ZONE);
    const gathered = await database.read((reader) => place.boards.gather(reader, areaPath, span, DEFAULT_ZONE));
    return { gathered, board: new Board(gathered) };
  };
  const person = (id: string, name: string, role: 'operator' | 'monitor', areaPath: string) =>
    actorFrom({ id, name }, [{ role, areaPath }]);
  return {
    ...place,
    clashes,
    clashClock: new ClashClock(database, new Rulings(audit, outbox, notices, clock), clock, silentLog),
    ofProvince: `${ofProvince.id}-20260106T0500`,
    ofCommune: `${ofCommune.id}-20260106T0500`,
    entryOfCommune: ofCommune.id,
    priority,
    hung: person('hu', 'Anh Hùng', 'operator', areas.ap.path),
    officer: person('of', 'Chị Mai', 'operator', areas.bp.path),
    watcher: person('wa', 'Anh Tư', 'monitor', areas.bp.path),
    /** As whoever refreshes plans does. */
    note: async (areaPath = areas.bp.path) => {
      const { gathered, board } = await boardOf(areaPath);
      await clashes.note(areaPath, gathered, board);
    },
    /** What a loudspeaker plays, and from when: `bp 05:00`. */
    heard: async (clusterId: string) => {
      const { board } = await boardOf();
      return board.planOf(clusterId).plays.map(({ item, startMs }) => {
        const time = new Date(startMs + 7 * 3_600_000).toISOString().slice(11, 16);
        return `${item.id.replace('item-', '')} ${time}`;
      });
    },
    deeds: async () =>
      (await query("SELECT * FROM audit_entry WHERE action = 'schedule.clashDecided' ORDER BY id")).map((row) => ({
        by: row.actor_name,
        accountId: row.account_id,
        detail: JSON.parse(String(row.detail)) as Row,
      })),
    notices: async () =>
      (await query('SELECT * FROM notice ORDER BY id')).map((row) => ({
        kind: row.kind,
        to: JSON.parse(String(row.audience)) as Row,
        params: JSON.parse(String(row.params)) as Row,
        dueAtMs: Number(row.due_at_ms),
        open: row.settled_at_ms === null,
      })),
    /** Areas whose plans are to be looked at, since the last time this was asked. */
    announced: async () => {
      const rows = await query("SELECT payload FROM outbox WHERE topic = 'schedule.changed' ORDER BY id");
      await database.write(({ manager }) => manager.query('DELETE FROM outbox'));
      return rows.map(({ payload }) => (JSON.parse(String(payload)) as { areaPath: string }).areaPath);
    },
  };
}
