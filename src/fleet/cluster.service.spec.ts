import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { everyTable, MONDAY_NINE, person, Station } from '../../test/support/station.js';
import type { Database } from '../platform/database/index.js';
import { ClusterService } from './cluster.service.js';
import { Cluster, ClusterHamlet } from './fleet.entity.js';

const HEADER = 'code,areaCode,name,latitude,longitude,horns,hamletCodes\n';
const DAY_MS = 86_400_000;

describeOnBothDatabases('clusters', everyTable, (open) => {
  let database: Database;
  let station: Station;
  beforeEach(async () => {
    database = await open();
    station = await Station.open(database);
    await station.settle();
  });
  afterEach(() => station.close());

  const importing = (csv: string, actor = station.root) => station.get(ClusterService).importCsv(actor, HEADER + csv);
  const linksOf = async (code: string) => {
    const { id: clusterId } = await station.cluster(code);
    const links = await database.read((reader) =>
      reader.find(ClusterHamlet, { where: { clusterId }, order: { validFrom: 'ASC' } }),
    );
    const codes = new Map(
      await Promise.all(
        ['ak1', 'ak2', 'ap1'].map(async (hamlet) => [(await station.area(hamlet)).id, hamlet] as const),
      ),
    );
    return links.map(({ hamletId, validFrom, validTo }) => [codes.get(hamletId), validFrom, validTo]);
  };

  it('are imported whole or not at all', async () => {
    const failed = importing('k3,ak,Cụm loa mới,,,2,ak1\nk4,nowhere,Cụm loa,,,2,\n');
    await expect(failed).rejects.toMatchObject({
      code: 'cluster.importInvalid',
      errors: [{ at: 'line 3', code: 'cluster.areaMissing' }],
    });
    expect(await database.read((reader) => reader.existsBy(Cluster, { code: 'k3' }))).toBe(false);
  });

  it('a file that is no CSV', async () => {
    await expect(station.get(ClusterService).importCsv(station.root, 'code,"areaCode\n')).rejects.toMatchObject({
      errors: [{ at: 'file', code: 'cluster.csvUnreadable' }],
    });
  });

  it('imported twice they are the same clusters with the same links', async () => {
    const before = [await station.cluster('k1'), await linksOf('k1')];
    await importing('k1,ak,Cụm loa ấp 1,11.5,106.5,2,ak1\n');
    expect([await station.cluster('k1'), await linksOf('k1')]).toEqual(before);
  });

  it('a board is a place like any other, and stays one whatever later files leave out', async () => {
    const kinds = async () =>
      (await station.get(ClusterService).list(station.root)).map(({ code, kind }) => [code, kind]);
    const withKind = (lines: string) =>
      station.get(ClusterService).importCsv(station.root, `code,areaCode,name,kind\n${lines}`);
    await withKind('b1,ak,Bảng tin nhà văn hóa,board\nk1,ak,Cụm loa ấp 1,\n');
    const all = (own: string) => [['b1', own], ...['k1', 'k2', 'k9'].map((code) => [code, 'loudspeakers'])];
    expect(await kinds()).toEqual(all('board'));
    await importing('b1,ak,Bảng tin mới sơn,,,0,ak1\n');
    expect(await kinds()).toEqual(all('board'));
    await withKind('b1,ak,Cụm loa,loudspeakers\n');
    expect(await kinds()).toEqual(all('loudspeakers'));
    await expect(withKind('b1,ak,Bảng tin,màn hình\n')).rejects.toMatchObject({
      errors: [{ at: 'line 2', code: 'cluster.kindWrong' }],
    });
  });

  it('renaming keeps the place', async () => {
    const { id } = await station.cluster('k1');
    await importing('k1,ak,Cụm loa nhà văn hóa,,,3,ak1\n');
    expect(await station.cluster('k1')).toMatchObject({ id, name: 'Cụm loa nhà văn hóa', latitude: null, horns: 3 });
  });

  it('case 23: a change of hamlets ends old links and begins new ones; the past stays as it was', async () => {
    expect(await linksOf('k1')).toEqual([['ak1', '2020-01-01', null]]);
    await importing('k1,ak,Cụm loa ấp 1,,,2,ak2\n');
    expect(await linksOf('k1')).toEqual([
      ['ak1', '2020-01-01', '2026-01-05'],
      ['ak2', '2026-01-05', null],
    ]);
    station.clock.advance(10 * DAY_MS);
    await importing('k1,ak,Cụm loa ấp 1,,,2,ak1;ak2\n');
    expect((await linksOf('k1')).sort()).toEqual([
      ['ak1', '2020-01-01', '2026-01-05'],
      ['ak1', '2026-01-15', null],
      ['ak2', '2026-01-05', null],
    ]);
    station.clock.set(MONDAY_NINE);
  });

  it('a link that was ended by mistake is taken up again on the same day', async () => {
    await importing('k1,ak,Cụm loa ấp 1,,,2,\n');
    await importing('k1,ak,Cụm loa ấp 1,,,2,ak1\n');
    expect(await linksOf('k1')).toEqual([['ak1', '2020-01-01', null]]);
  });

  it('invariant 9: a technician lists and imports clusters of the own commune only', async () => {
    const technician = person('Chị Lan', 'technician', (await station.area('ak')).path);
    expect((await station.get(ClusterService).list(technician)).map(({ code }) => code)).toEqual(['k1', 'k2']);
    expect(await importing('k3,ak,Cụm loa mới,,,2,ak2\n', technician)).toEqual({ imported: 1 });
    const refusals = {
      'k4,ap,Cụm loa,,,2,': 'cluster.areaMissing',
      'k4,ak,Cụm loa,,,2,ap1': 'cluster.hamletMissing',
      'k9,ak,Cụm loa của tôi,,,2,': 'cluster.codeTaken',
    };
    for (const [line, code] of Object.entries(refusals))
      await expect(importing(line, technician)).rejects.toMatchObject({
        code: 'cluster.importInvalid',
        errors: [{ code }],
      });
    expect(await station.cluster('k9')).toMatchObject({
      name: 'Cụm loa An Phú',
      areaId: (await station.area('ap')).id,
    });
  });

  it('who has no right to the fleet sees no cluster', async () => {
    const outsider = { ...person('Ai đó', 'monitor', '/elsewhere/'), scopes: () => [] };
    expect(await station.get(ClusterService).list(outsider)).toEqual([]);
  });
});
