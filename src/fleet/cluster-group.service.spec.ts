import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { everyTable, MONDAY_NINE, person, Station } from '../../test/support/station.js';
import type { Database } from '../platform/database/index.js';
import { OutboxEntity } from '../platform/outbox/outbox.entity.js';
import { ClusterGroupService } from './cluster-group.service.js';

describeOnBothDatabases('groups of clusters', everyTable, (open) => {
  let database: Database;
  let station: Station;
  let groups: ClusterGroupService;
  beforeEach(async () => {
    database = await open();
    station = await Station.open(database);
    await station.settle();
    groups = station.get(ClusterGroupService);
  });
  afterEach(() => station.close());

  const idsOf = (codes: readonly string[]) => Promise.all(codes.map(async (code) => (await station.cluster(code)).id));
  const wanted = async (area: string, name: string, codes: readonly string[]) => ({
    areaId: (await station.area(area)).id,
    name,
    clusterIds: await idsOf(codes),
  });
  const making = async (area: string, name: string, codes: readonly string[], actor = station.root) =>
    groups.create(actor, await wanted(area, name, codes));
  const names = async (actor = station.root) => (await groups.list(actor)).map(({ name }) => name);
  /** Messages since the clusters of the station were imported. */
  const told = () =>
    database.read(async (reader) =>
      (await reader.find(OutboxEntity, { where: { topic: 'fleet.listeners' }, order: { id: 'ASC' } }))
        .slice(1)
        .map(({ payload }) => payload),
    );

  it('one is made, changed and deleted; each is in the audit log and told to other rooms', async () => {
    const { id: areaId, path: areaPath } = await station.area('ak');
    const [k1, k2] = await idsOf(['k1', 'k2']);
    const made = await groups.create(station.root, {
      areaId,
      name: 'Chợ',
      clusterIds: [String(k2), String(k1), String(k2)],
    });
    expect(made).toMatchObject({ areaId, name: 'Chợ', clusterIds: [k1, k2].sort(), createdAtMs: MONDAY_NINE });
    const changed = await groups.change(station.root, made.id, { name: 'Khu chợ', clusterIds: [String(k1)] });
    expect(changed).toEqual({ ...made, name: 'Khu chợ', clusterIds: [k1] });
    expect(await groups.list(station.root)).toEqual([changed]);
    await groups.delete(station.root, made.id);
    expect(await groups.list(station.root)).toEqual([]);
    expect(await told()).toEqual([{ areaPath }, { areaPath }, { areaPath }]);
    const deeds = await database.read((reader) =>
      reader.query(`SELECT action, area_path FROM audit_entry WHERE subject = '${made.id}' ORDER BY id`),
    );
    expect(deeds).toEqual(
      ['group.created', 'group.changed', 'group.deleted'].map((action) => ({ action, area_path: areaPath })),
    );
  });

  it('a name is unique within its area, and free in another', async () => {
    const { id } = await making('ak', 'Chợ', ['k1']);
    const other = await making('ak', 'Trường học', ['k2']);
    await making('ap', 'Chợ', ['k9']);
    await expect(making('ak', 'Chợ', ['k2'])).rejects.toMatchObject({ code: 'group.nameTaken' });
    const { name, clusterIds } = await wanted('ak', 'Chợ', ['k2']);
    await expect(groups.change(station.root, other.id, { name, clusterIds })).rejects.toMatchObject({
      code: 'group.nameTaken',
    });
    expect(await groups.change(station.root, id, { name, clusterIds })).toMatchObject({ name, clusterIds });
  });

  it('two people at the same moment with the same name: one group', async () => {
    const outcomes = await Promise.all(
      ['k1', 'k2'].map((code) =>
        making('ak', 'Chợ', [code]).then(
          () => 'made',
          (problem: { code: string }) => problem.code,
        ),
      ),
    );
    expect(outcomes.sort()).toEqual(['group.nameTaken', 'made']);
    expect(await names()).toEqual(['Chợ']);
  });

  it('clusters lie at or below the area of the group: each that does not is named', async () => {
    expect((await making('bp', 'Toàn tỉnh', ['k1', 'k9'])).clusterIds).toHaveLength(2);
    await expect(making('ak', 'Chợ', ['k1', 'k9'])).rejects.toMatchObject({
      code: 'group.clustersRefused',
      errors: [{ at: 'clusterIds.1', code: 'group.clusterElsewhere' }],
    });
    await expect(
      groups.create(station.root, { ...(await wanted('ak', 'Chợ', ['k1'])), clusterIds: ['nothing'] }),
    ).rejects.toMatchObject({ errors: [{ at: 'clusterIds.0', code: 'cluster.unknown' }] });
    expect(await names()).toEqual(['Toàn tỉnh']);
  });

  it('invariant 9: a technician of a commune learns nothing of groups and clusters elsewhere', async () => {
    const technician = person('Chị Lan', 'technician', (await station.area('ak')).path);
    const elsewhere = [await making('ap', 'Xã bạn', ['k9']), await making('bp', 'Toàn tỉnh', ['k1', 'k9'])];
    const own = await making('ak', 'Chợ', ['k1'], technician);
    expect(await groups.list(technician)).toEqual([own]);
    await expect(making('ak', 'Khác', ['k9'], technician)).rejects.toMatchObject({
      errors: [{ at: 'clusterIds.0', code: 'cluster.unknown' }],
    });
    for (const area of ['ap', 'bp'])
      await expect(making(area, 'Khác', ['k1'], technician)).rejects.toMatchObject({ code: 'group.areaUnknown' });
    for (const { id, name, clusterIds } of elsewhere) {
      await expect(groups.change(technician, id, { name, clusterIds })).rejects.toMatchObject({
        code: 'group.unknown',
      });
      await expect(groups.delete(technician, id)).rejects.toMatchObject({ code: 'group.unknown' });
    }
  });

  it('who may only look makes, changes and deletes nothing', async () => {
    const operator = person('Chị Hoa', 'operator', (await station.area('ak')).path);
    const { id, name, clusterIds } = await making('ak', 'Chợ', ['k1']);
    expect(await names(operator)).toEqual(['Chợ']);
    for (const refused of [
      () => making('ak', 'Khác', ['k1'], operator),
      () => groups.change(operator, id, { name, clusterIds }),
      () => groups.delete(operator, id),
    ])
      await expect(refused()).rejects.toMatchObject({ code: 'right.missing' });
  });

  it('an import of clusters is told for the smallest area around what it touched, where they came from included', async () => {
    const [ak, ap, bp] = await Promise.all(['ak', 'ap', 'bp'].map(async (code) => (await station.area(code)).path));
    await station.importClusters('k1,ak,Cụm loa ấp 1,,,2,ak1\nk2,ak,Cụm loa ấp 2,,,2,ak2\n');
    await station.importClusters('k9,ap,Cụm loa An Phú,,,2,\n');
    await station.importClusters('k1,ap,Cụm loa chuyển sang xã bạn,,,2,\n');
    await station.importClusters('');
    expect(await told()).toEqual([{ areaPath: ak }, { areaPath: ap }, { areaPath: bp }]);
  });
});
