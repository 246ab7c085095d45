import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { aStation, at, MINUTE_MS } from '../../../test/support/planning-office.js';
import { everyTable, person } from '../../../test/support/station.js';
import { ClusterService } from '../../fleet/index.js';
import { newForeignLoudspeaker } from './foreign-loudspeaker.api.js';
import { ForeignLoudspeakerService } from './foreign-loudspeaker.service.js';
import { neighboursView } from './neighbours.api.js';
import { NeighboursService } from './neighbours.service.js';

/** k1 and k2 stand 400 m apart, k9 of the other commune 601 m from k1 and 1,000 m from k2. */
const CLOSE = `k1,ak,Cụm loa ấp 1,11.5,106.5,2,ak1
k2,ak,Cụm loa ấp 2,11.5036,106.5,2,ak2
k9,ap,Cụm loa An Phú,11.4946,106.5,2,ap1
`;

describeOnBothDatabases('neighbours', everyTable, (open) => {
  let place: Awaited<ReturnType<typeof aStation>>;
  beforeEach(async () => {
    place = await aStation(await open());
    await place.station.importClusters(CLOSE);
  });
  afterEach(() => place.station.close());

  const neighbours = (changes: Record<string, unknown> = {}, actor = place.operator) =>
    place.station
      .get(NeighboursService)
      .neighbours(actor, { areaId: place.areas.ak.id, from: '2026-01-06', days: 1, ...changes });
  const warned = async () => (await neighbours()).warnings.map(({ code, clusters }) => [code, clusters.length]);

  it('one bulletin on two clusters 400 m apart is an echo; the later one is to start a turn later', async () => {
    await place.daily(await place.item(), '05:00');
    const told = await neighbours();
    expect(neighboursView.parse(told)).toEqual(told);
    expect(told.warnings).toMatchObject([
      { code: 'sameTimeSameItem', foreign: null, commune: null, times: 1, solution: 'stagger' },
    ]);
    expect(told.warnings[0]?.words.vi).toContain('cách nhau 400 m');
    const [stagger] = told.staggers;
    expect(told.staggers).toHaveLength(1);
    expect(stagger?.fromMs).toBe(at('2026-01-06T05:00'));
    expect(stagger?.toMs).toBeGreaterThan(at('2026-01-06T05:05'));
    expect(stagger?.words.vi).toMatch(/^Cụm loa ấp \d: lùi từ 05:00:00 sang 05:05:05 /);
  });

  it('invariant 9: of a cluster over the border only commune and distance are told, and never moved', async () => {
    const [own, theirs] = [await place.item('Vay vốn'), await place.item('Chuyện riêng của An Phú')];
    const k1 = await place.clusterId('k1');
    await place.daily(own, '05:00', 'ak', [k1]);
    await place.daily(own, '05:02', 'ap');
    await place.daily(theirs, '05:04:30', 'ap');
    const told = await neighbours();
    expect(told.warnings).toMatchObject([
      {
        code: 'elsewhere',
        clusters: [{ id: k1, name: 'Cụm loa ấp 1' }],
        commune: 'An Phú',
        times: 2,
        fromMs: at('2026-01-06T05:02'),
      },
    ]);
    expect(told.warnings[0]?.words.vi).toContain('một cụm loa của An Phú, cách 601 m');
    const text = JSON.stringify(told);
    for (const secret of [await place.clusterId('k9'), 'Cụm loa An Phú', 'riêng', theirs])
      expect(text).not.toContain(secret);
    for (const { clusters } of told.staggers) expect(clusters.map(({ clusterId }) => clusterId)).toEqual([k1]);
    // Whoever asks for both communes sees both by name.
    const province = await place.station.area('bp');
    const whole = await neighbours({ areaId: province.id }, person('Quản trị', 'administrator', '/'));
    expect(whole.warnings.map(({ code }) => code).sort()).toEqual(['sameTimeOtherItem', 'sameTimeSameItem']);
  });

  it('boards make no noise: neither here nor over the border are they neighbours', async () => {
    const { station } = place;
    await station
      .get(ClusterService)
      .importCsv(station.root, 'code,areaCode,name,kind\nk2,ak,Bảng tin,board\nk9,ap,Bảng tin,board\n');
    await place.daily(await place.item(), '05:00', 'bp');
    const told = await neighbours();
    expect([told.warnings, told.staggers]).toEqual([[], []]);
    expect(JSON.stringify(told)).not.toContain('Bảng tin');
  });

  it('what an office above scheduled is not moved by the commune', async () => {
    await place.daily(await place.item(), '05:00', 'bp');
    const told = await neighbours();
    expect(told.warnings.map(({ code, solution }) => [code, solution]).sort()).toEqual([
      ['elsewhere', 'warn'],
      ['elsewhere', 'warn'],
      ['sameTimeSameItem', 'warn'],
    ]);
    expect(told.staggers).toEqual([]);
  });

  it('a foreign loudspeaker: in its hours, the night before included; made, listed, deleted', async () => {
    const service = place.station.get(ForeignLoudspeakerService);
    const { ak, ap } = place.areas;
    const school = (changes: Record<string, unknown> = {}) =>
      newForeignLoudspeaker.parse({
        ...{ areaId: ak.id, name: 'Trường tiểu học', latitude: 11.5, longitude: 106.501 },
        // From Monday evening into Tuesday morning.
        hours: [{ weekdays: [1], from: '22:00', until: '05:03', untilDay: 'next' }],
        ...changes,
      });
    await place.daily(await place.item(), '05:00', 'ak', [await place.clusterId('k1')]);
    const made = await service.create(place.operator, school());
    expect(await service.list(place.monitor, ak.id)).toEqual([made]);
    const told = await neighbours();
    expect(told.warnings).toMatchObject([
      { code: 'foreign', foreign: 'Trường tiểu học', untilMs: at('2026-01-06T05:03') },
    ]);
    expect((await neighbours({ from: '2026-01-07' })).warnings).toEqual([]);
    const code = (answer: Promise<unknown>) =>
      answer.then(
        () => null,
        (problem: { code: string }) => problem.code,
      );
    expect(await code(service.create(place.monitor, school()))).toBe('right.missing');
    expect(await code(service.create(place.operator, school({ areaId: ap.id })))).toBe('area.unknown');
    expect(await code(service.delete(place.monitor, made.id))).toBe('right.missing');
    expect(await code(service.delete(person('Anh Phú', 'operator', ap.path), made.id))).toBe(
      'foreignLoudspeaker.unknown',
    );
    await service.delete(place.operator, made.id);
    expect(await warned()).toEqual([]);
    expect(await code(service.delete(place.operator, made.id))).toBe('foreignLoudspeaker.unknown');
  });

  it('a cluster that was never surveyed is named, and nothing is said about it', async () => {
    await place.station.importClusters('k2,ak,Cụm loa ấp 2,,,2,ak2\n');
    await place.daily(await place.item(), '05:00');
    expect(await neighbours()).toMatchObject({ warnings: [], withoutPlace: [await place.clusterId('k2')] });
  });

  it('past plays and those that have begun stay where they are', async () => {
    await place.daily(await place.item(), '09:00', 'ak');
    place.station.clock.set(at('2026-01-06T09:00') + MINUTE_MS);
    expect(await neighbours()).toMatchObject({ warnings: [{ solution: 'warn' }], staggers: [] });
  });
});
