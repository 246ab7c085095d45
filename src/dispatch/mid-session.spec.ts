import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import type { PoleDevice } from '../../test/support/pole-device.js';
import { cancel, schedule, shelve, withdraw } from '../../test/support/shelf.js';
import { everyTable, Station } from '../../test/support/station.js';
import type { Database } from '../platform/database/index.js';
import { EntryService } from '../scheduling/index.js';
import { PlannedPlayRow, PublishedHead } from './dispatch.entity.js';
import { PartService } from './part.service.js';
import { PlanPublisher } from './plan-publisher.js';

const MONDAY = '2026-01-05';
const TUESDAY = '2026-01-06';
const at = (time: string, day = MONDAY) => Date.parse(`${day}T${time}:00+07:00`);

describeOnBothDatabases('a session that is changed while it sounds', everyTable, (open) => {
  let database: Database;
  let station: Station;
  let device: PoleDevice;
  /** Ten minutes each. */
  let names: Map<string, string>;
  let entryId: string;
  beforeEach(async () => {
    database = await open();
    station = await Station.open(database);
    await station.settle();
    device = await station.enrol('k1');
    names = new Map();
    for (const name of ['a', 'b', 'c', 'x'])
      names.set(name, (await shelve(station, { title: name, durationMs: 600_000 })).id);
  });
  afterEach(() => station.close());

  const idOf = (name: string) => names.get(name) ?? '';
  const refresh = () => station.get(PlanPublisher).refresh();
  const ordered = (order: string) => ({
    runningOrder: order.split(' ').map((name) => ({ kind: 'item' as const, itemId: idOf(name) })),
  });
  const edited = async (edit: Parameters<EntryService['edit']>[2]) => {
    await station.get(EntryService).edit(station.root, entryId, edit);
    return refresh();
  };
  const session = async (order: string, time: string) => {
    entryId = await schedule(station, idOf(order.charAt(0)), time);
    await edited(ordered(order));
  };
  /** What the device is told of a day now: minute and title. */
  const told = async (day = MONDAY) => {
    const { parts } = await database.read((reader) =>
      reader.findOneByOrFail(PublishedHead, { controllerId: device.id }),
    );
    const plays = parts[day] ? await station.get(PartService).playsOf(parts[day]) : [];
    return plays.map(
      ({ startMs, item }) => `${new Date(startMs + 25_200_000).toISOString().slice(11, 16)} ${item.title}`,
    );
  };
  const WHOLE = ['17:00 a', '17:10 b', '17:20 c'];

  it('invariant 2: an edited running order is that of the next session', async () => {
    await session('a b c', '17:00');
    station.clock.set(at('17:05'));
    await edited(ordered('x a b'));
    expect(await told()).toEqual(WHOLE);
    expect(await told(TUESDAY)).toEqual(['17:00 x', '17:10 a', '17:20 b']);
    const rows = await database.read((reader) =>
      reader.find(PlannedPlayRow, { where: { controllerId: device.id, day: MONDAY }, order: { startMs: 'ASC' } }),
    );
    expect(rows.map(({ itemId, withdrawnAtMs }) => [itemId, withdrawnAtMs])).toEqual(
      ['a', 'b', 'c'].map((name) => [idOf(name), null]),
    );
    station.clock.set(at('17:15'));
    expect(await refresh()).toBe(0);
  });

  it('a cancelled entry stops the rest of its session, and only what had not begun is withdrawn', async () => {
    await session('a b c', '17:00');
    station.clock.set(at('17:15'));
    await cancel(station, entryId);
    await refresh();
    expect(await told()).toEqual(['17:00 a', '17:10 b']);
    const rows = await database.read((reader) =>
      reader.find(PlannedPlayRow, { where: { controllerId: device.id, day: MONDAY }, order: { startMs: 'ASC' } }),
    );
    expect(rows.map(({ withdrawnAtMs }) => withdrawnAtMs)).toEqual([null, null, at('17:15')]);
    // Taken back: what is still to come is told again.
    await database.write((tx) => tx.manager.query(`UPDATE entry SET cancelled_at_ms = NULL WHERE id = '${entryId}'`));
    await refresh();
    expect(await told()).toEqual(WHOLE);
  });

  it('another hour from now on ends the entry, and stops nothing of the session that sounds', async () => {
    await session('a b c', '17:00');
    station.clock.set(at('17:05'));
    await edited({ recurrence: { kind: 'daily', from: MONDAY, until: null, time: '18:00' } });
    expect((await told()).slice(0, 3)).toEqual(WHOLE);
    expect(await told(TUESDAY)).toEqual(['18:00 a', '18:10 b', '18:20 c']);
  });

  it('case 18: content that is withdrawn in mid-session goes; what stands behind it does not move', async () => {
    await session('a b c', '17:00');
    station.clock.set(at('17:05'));
    await withdraw(station, idOf('b'));
    await refresh();
    expect(await told()).toEqual(['17:00 a', '17:20 c']);
    await edited(ordered('a c'));
    expect(await told()).toEqual(['17:00 a', '17:20 c']);
  });

  it('case 3: a session over midnight is remembered on its other side', async () => {
    await session('a b c', '23:45');
    for (const time of ['00:00', '00:01']) {
      station.clock.set(at(time, TUESDAY));
      await refresh();
    }
    // So that yesterday has to be carried through a plan of today.
    await schedule(station, idOf('x'), '12:00');
    await refresh();
    station.clock.set(at('00:03', TUESDAY));
    await edited(ordered('x a b c'));
    expect((await told(TUESDAY)).slice(0, 2)).toEqual(['00:05 c', '12:00 x']);
    expect((await told(TUESDAY)).slice(2)).toEqual(['23:45 x', '23:55 a']);
  });
});
