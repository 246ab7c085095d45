import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import type { PoleDevice } from '../../test/support/pole-device.js';
import { schedule, shelve } from '../../test/support/shelf.js';
import { everyTable, Station } from '../../test/support/station.js';
import { AreaService } from '../areas/index.js';
import { Cluster, ClusterService } from '../fleet/index.js';
import { ManualClock } from '../platform/clock/index.js';
import type { Database } from '../platform/database/index.js';
import { PlannedPlayRow } from './dispatch.entity.js';
import { PlanPublisher } from './plan-publisher.js';

const at = (text: string) => Date.parse(`${text}+07:00`);
const MERGED = `code,parentCode,kind,name,validFrom,validTo,speciallyDisadvantaged,border,ethnicMinority
ak,bp,commune,An Khương,2020-01-01,2026-01-06,x,,x
ap,bp,commune,An Phú,2020-01-01,2026-01-06,,,
am,bp,commune,An Minh,2026-01-07,,,,
`;
const MOVED = `code,areaCode,name,latitude,longitude,horns,hamletCodes
k1,am,Cụm loa ấp 1,11.5,106.5,2,ak1
k9,am,Cụm loa An Phú,,,2,ap1
`;

describeOnBothDatabases('a merger of communes', everyTable, (open) => {
  let database: Database;
  let station: Station;
  let clock: ManualClock;
  let k1: PoleDevice;
  let k9: PoleDevice;
  beforeEach(async () => {
    database = await open();
    clock = new ManualClock(at('2026-01-05T09:00:00'));
    station = await Station.open(database, { clock });
    await station.settle();
    [k1, k9] = [await station.enrol('k1'), await station.enrol('k9')];
  });
  afterEach(() => station.close());

  /** What was planned for a device, day by day, with the commune of that day. */
  const planned = async (device: PoleDevice) => {
    const rows = await database.read((reader) =>
      reader.find(PlannedPlayRow, { where: { controllerId: device.id }, order: { startMs: 'ASC' } }),
    );
    return rows.map(
      ({ day, areaPath, withdrawnAtMs }) => `${day} ${areaPath}${withdrawnAtMs === null ? '' : ' withdrawn'}`,
    );
  };

  it('case 17: plays belong to the commune of their day; old and new borders can both be read', async () => {
    const { id } = await shelve(station, { title: 'Vay vốn' });
    await schedule(station, id, '17:00');
    await schedule(station, id, '17:00', { area: 'ap' });
    await station.get(PlanPublisher).refresh();
    const [ak, ap] = [await station.area('ak'), await station.area('ap')];
    expect((await planned(k1)).every((row) => row.endsWith(ak.path))).toBe(true);

    clock.set(at('2026-01-07T00:30:00'));
    await station.get(AreaService).importCsv(station.root, MERGED);
    const am = await station.area('am');
    await station.get(ClusterService).importCsv(station.root, MOVED);
    await schedule(station, id, '18:00', { area: 'am' });
    await station.get(PlanPublisher).refresh();

    const [monday, tuesday, ...ahead] = await planned(k1);
    expect([monday, tuesday]).toEqual([`2026-01-05 ${ak.path}`, `2026-01-06 ${ak.path}`]);
    expect((await planned(k9)).slice(0, 2)).toEqual([`2026-01-05 ${ap.path}`, `2026-01-06 ${ap.path}`]);
    // What the old communes had scheduled for later was taken back, under their name; the new one's has the new name.
    const still = ahead.filter((row) => !row.endsWith('withdrawn'));
    expect(new Set(ahead.filter((row) => row.endsWith('withdrawn')).map((row) => row.split(' ')[1]))).toEqual(
      new Set([ak.path]),
    );
    expect(still.map((row) => row.split(' ')[0])).toEqual(
      Array.from({ length: 7 }, (_, n) => `2026-01-${String(7 + n).padStart(2, '0')}`),
    );
    expect(new Set(still.map((row) => row.split(' ')[1]))).toEqual(new Set([am.path]));

    const count = async (query: string, path: string) => {
      const [found] = await database.read((reader) =>
        reader.query<{ n: string }[]>(query.replace('PATH', `'${path}%'`)),
      );
      return Number(found?.n);
    };
    const asTheyWere = 'SELECT COUNT(*) AS n FROM planned_play WHERE withdrawn_at_ms IS NULL AND area_path LIKE PATH';
    const asTheyAre =
      'SELECT COUNT(*) AS n FROM planned_play JOIN cluster ON cluster.id = planned_play.cluster_id WHERE withdrawn_at_ms IS NULL AND cluster.area_path LIKE PATH';
    expect([
      await count(asTheyWere, ak.path),
      await count(asTheyWere, ap.path),
      await count(asTheyWere, am.path),
    ]).toEqual([2, 2, 14]);
    expect([await count(asTheyAre, ak.path), await count(asTheyAre, am.path)]).toEqual([0, 18]);
  });

  it('what the province scheduled goes on, and what lies ahead is the new commune’s', async () => {
    const { id } = await shelve(station, { title: 'Thời sự tỉnh' });
    await schedule(station, id, '05:00', { area: 'bp' });
    await station.get(PlanPublisher).refresh();
    const before = (await planned(k1)).length;
    clock.set(at('2026-01-06T20:00:00'));
    await station.get(AreaService).importCsv(station.root, MERGED);
    await station.get(ClusterService).importCsv(station.root, MOVED);
    await station.get(PlanPublisher).refresh();
    const [ak, am] = [await station.area('ak'), await station.area('am')];
    const rows = await planned(k1);
    expect(rows).toHaveLength(before + 1);
    expect(rows.map((row) => row.split(' ')[1])).toEqual([ak.path, ...Array.from({ length: before }, () => am.path)]);
    const cluster = await database.read((reader) => reader.findOneByOrFail(Cluster, { code: 'k1' }));
    expect(cluster.areaPath).toBe(am.path);
  });
});
