import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { schedule, shelve } from '../../test/support/shelf.js';
import { everyTable, Station } from '../../test/support/station.js';
import { Cluster, Controller } from '../fleet/index.js';
import type { Database } from '../platform/database/index.js';
import { PlannedPlayRow, PublishedHead } from './dispatch.entity.js';
import { PlanPublisher } from './plan-publisher.js';

const FOREIGN = 12;

describeOnBothDatabases('a refresh of one commune among many', everyTable, (open) => {
  let database: Database;
  let station: Station;
  beforeEach(async () => {
    database = await open();
    station = await Station.open(database);
    await station.settle();
    const lines = Array.from({ length: FOREIGN }, (_, index) => `f${index},ap,Cụm loa ${index},,,2,ap1\n`);
    await station.importClusters(lines.join(''));
    for (const code of ['k1', 'k2', ...lines.map((_, index) => `f${index}`)]) await station.enrol(code);
    const { id } = await shelve(station);
    await schedule(station, id, '17:00');
    await schedule(station, id, '17:00', { area: 'ap' });
    await station.get(PlanPublisher).refresh();
  });
  afterEach(() => station.close());

  const refresh = async (code: string) => station.get(PlanPublisher).refresh((await station.area(code)).path);
  const headOf = (controllerId: string) => database.read((reader) => reader.existsBy(PublishedHead, { controllerId }));
  /** Rows that the database hands out while something is done, by table. */
  const readDuring = async (work: () => Promise<unknown>) => {
    const rows = new Map<unknown, Set<string>>();
    const sources = [await database.read(async ({ dataSource }) => dataSource)];
    await database.write(async ({ manager }) => void sources.push(manager.dataSource));
    const counter = {
      afterLoad(row: Cluster | Controller | PublishedHead) {
        const id = 'controllerId' in row ? row.controllerId : row.id;
        rows.set(row.constructor, (rows.get(row.constructor) ?? new Set()).add(id));
      },
    };
    for (const { subscribers } of sources) subscribers.push(counter);
    await work();
    for (const { subscribers } of sources) subscribers.splice(subscribers.indexOf(counter), 1);
    return (table: unknown) => rows.get(table)?.size ?? 0;
  };

  it('reads the clusters, controllers and heads there, and no others', async () => {
    const { id } = await shelve(station);
    await schedule(station, id, '18:00');
    const rows = await readDuring(async () => expect(await refresh('ak')).toBe(2));
    expect([Cluster, Controller, PublishedHead].map(rows)).toEqual([2, 2, 2]);
    const all = await readDuring(() => station.get(PlanPublisher).refresh());
    expect([Cluster, Controller, PublishedHead].map(all)).toEqual([3 + FOREIGN, 2 + FOREIGN, 2 + FOREIGN]);
  });

  it('a controller that was replaced there is told nothing more; one that was replaced elsewhere has to wait', async () => {
    const heads = await database.read((reader) => reader.find(PublishedHead, { select: { controllerId: true } }));
    const formerAt = async (code: string) => {
      const { id: clusterId } = await station.cluster(code);
      const { id } = await database.read((reader) => reader.findOneByOrFail(Controller, { clusterId }));
      expect(heads.map(({ controllerId }) => controllerId)).toContain(id);
      await station.enrol(code);
      return id;
    };
    const [here, elsewhere] = [await formerAt('k1'), await formerAt('f0')];
    await refresh('ak');
    expect([await headOf(here), await headOf(elsewhere)]).toEqual([false, true]);
    const rows = await database.read((reader) => reader.findBy(PlannedPlayRow, { controllerId: here }));
    expect(rows.every(({ withdrawnAtMs }) => withdrawnAtMs !== null)).toBe(true);
    await station.get(PlanPublisher).refresh();
    expect(await headOf(elsewhere)).toBe(false);
  });
});
