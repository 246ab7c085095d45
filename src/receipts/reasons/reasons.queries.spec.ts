import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { learnOf } from '../../../test/support/evidence.js';
import type { PoleDevice } from '../../../test/support/pole-device.js';
import { planWithLine, shelve } from '../../../test/support/shelf.js';
import { everyTable, MONDAY_NINE, person, Station } from '../../../test/support/station.js';
import { came, told } from '../../../test/support/told.js';
import type { Actor } from '../../platform/http/index.js';
import type { PlayOutcome } from '../receipt.entity.js';
import { reasonsQuery, reasonsView } from './reasons.api.js';
import { ReasonsController } from './reasons.controller.js';
import { type ReasonsQuestion, rankedReasons } from './reasons.queries.js';

const HOUR_MS = 3_600_000;

describeOnBothDatabases('why plays are not complete', everyTable, (open) => {
  let station: Station;
  let devices: Record<'k1' | 'k2' | 'k9', PoleDevice>;
  let k1 = '';
  let k2 = '';
  let k9 = '';

  beforeAll(async () => {
    station = await Station.open(await open());
    await station.settle();
    devices = { k1: await station.enrol('k1'), k2: await station.enrol('k2'), k9: await station.enrol('k9') };
    [k1, k2, k9] = (await Promise.all(['k1', 'k2', 'k9'].map((code) => station.cluster(code)))).map(({ id }) => id) as [
      string,
      string,
      string,
    ];
  });
  afterAll(() => station.close());

  const outcome = (device: PoleDevice, play: string, changes: Partial<PlayOutcome>) =>
    came(station, device.id, play, changes);
  const reasons = async (itemId: string, question: Partial<ReasonsQuestion> = {}) =>
    (
      await station.database.read((reader) =>
        rankedReasons(reader, { itemIds: [itemId], fromMs: MONDAY_NINE, toMs: MONDAY_NINE + HOUR_MS, ...question }),
      )
    ).map(({ code, plays, clusters }) => [code, plays, clusters.map(({ clusterId }) => clusterId)]);
  it('ranked by plays, then clusters, with the words of the contract; what was whole or taken out is no reason', async () => {
    const item = { itemId: 'causes' };
    await told(station, devices.k1, ['a1', 'a2', 'a3', 'a4'], item);
    await told(station, devices.k2, ['a1', 'a2'], { ...item, cluster: 'k2' });
    await told(station, devices.k9, ['a1'], { ...item, cluster: 'k9', withdrawnAtMs: MONDAY_NINE - 1 });
    const power = { outcome: 'partial', cause: 'powerLost', grade: 'started' } as const;
    await outcome(devices.k1, 'a1', power);
    await outcome(devices.k1, 'a2', { outcome: 'notPlayed', cause: 'assetMissing', grade: 'received' });
    await outcome(devices.k1, 'a3', { outcome: 'notPlayed', cause: 'late', grade: 'verified' });
    await outcome(devices.k1, 'a4', {});
    await outcome(devices.k2, 'a1', power);
    await outcome(devices.k2, 'a2', { outcome: 'notPlayed', cause: 'late', grade: 'verified' });
    expect(await reasons('causes')).toEqual([
      ['cause.late', 2, [k1, k2].sort()],
      ['cause.powerLost', 2, [k1, k2].sort()],
      ['cause.assetMissing', 1, [k1]],
    ]);
    expect(await reasons('causes', { clusterIds: [k2] })).toEqual([
      ['cause.late', 1, [k2]],
      ['cause.powerLost', 1, [k2]],
    ]);
    const inPhu = (await station.area('ap')).path;
    expect(await reasons('causes', { areaPath: inPhu })).toEqual([]);
    expect(await reasons('causes', { fromMs: MONDAY_NINE + 120_000 })).toEqual([['cause.late', 1, [k1]]]);
    expect(await reasons('causes', { toMs: MONDAY_NINE })).toEqual([]);
    expect(await reasons('nothing')).toEqual([]);
    const [first] = await station.database.read((reader) =>
      rankedReasons(reader, { itemIds: ['causes'], fromMs: MONDAY_NINE, toMs: MONDAY_NINE + HOUR_MS }),
    );
    expect(first?.words.vi).toBe('bỏ qua vì trễ');
  });

  it('case 19: a silent device is unknown with the time it was last heard; power lost and network lost are different', async () => {
    const heardAtMs = MONDAY_NINE - 4 * HOUR_MS;
    await learnOf(station, devices.k1, { heardAtMs, connected: false });
    await learnOf(station, devices.k2, { heardAtMs, connected: false, powerLostAtMs: heardAtMs });
    await told(station, devices.k1, ['b1', 'b2'], { itemId: 'silent' });
    await told(station, devices.k2, ['b1'], { itemId: 'silent', cluster: 'k2' });
    await told(station, devices.k9, ['b1'], { itemId: 'silent', cluster: 'k9' });
    const found = await station.database.read((reader) =>
      rankedReasons(reader, { itemIds: ['silent'], fromMs: MONDAY_NINE, toMs: MONDAY_NINE + HOUR_MS }),
    );
    expect(found).toMatchObject([
      { code: 'unknown.offline', plays: 2, clusters: [{ clusterId: k1, plays: 2, lastHeardAtMs: heardAtMs }] },
      { code: 'unknown.never', plays: 1, clusters: [{ clusterId: k9, lastHeardAtMs: null }] },
      { code: 'unknown.powerLost', plays: 1, clusters: [{ clusterId: k2, lastHeardAtMs: heardAtMs }] },
    ]);
    expect(found[0]?.words.vi).toContain('mất kết nối');
  });

  it('a device that is here: receipts on the way, a fault, no trusted time', async () => {
    const item = { itemId: 'here', cluster: 'k9' };
    await told(station, devices.k9, ['c1'], item);
    const here = { heardAtMs: MONDAY_NINE, connected: true };
    for (const [evidence, code] of [
      [here, 'unknown.receiptsOnTheWay'],
      [{ ...here, trust: 'untrusted' }, 'unknown.noTrustedTime'],
      [{ ...here, faults: { amplifier: MONDAY_NINE } }, 'unknown.fault'],
    ] as const) {
      await learnOf(station, devices.k9, evidence);
      expect(await reasons('here')).toEqual([[code, 1, [k9]]]);
    }
  });

  it('case 25: a replaced controller, and a cluster without one', async () => {
    await told(station, devices.k9, ['d1'], { itemId: 'changed', cluster: 'k9' });
    const next = await station.enrol('k9');
    expect(await reasons('changed')).toEqual([['unknown.replaced', 1, [k9]]]);
    await station.database.write(({ manager }) =>
      manager.query(`UPDATE controller SET revoked_at_ms = ${MONDAY_NINE} WHERE id = '${next.id}'`),
    );
    expect(await reasons('changed')).toEqual([['unknown.noController', 1, [k9]]]);
  });

  it('a relay, a silent line, a transmitter and what followed a former plan prove a part at most', async () => {
    await told(station, devices.k1, ['e1', 'e2', 'e3', 'e4'], { itemId: 'weak' });
    await told(station, devices.k2, ['e1'], { itemId: 'weak', cluster: 'k2' });
    await outcome(devices.k1, 'e1', { relayHeardMs: 50_000 });
    await outcome(devices.k1, 'e2', { itemId: 'former' });
    await outcome(devices.k1, 'e3', { outcome: 'partial' });
    await outcome(devices.k1, 'e4', { sensed: false });
    await outcome(devices.k2, 'e1', {});
    await station.database.write(({ manager }) => manager.update('cluster', { id: k2 }, { reach: 'transmitter' }));
    expect(await reasons('weak')).toEqual([
      ['other.lineSilent', 1, [k1]],
      ['other.noCause', 1, [k1]],
      ['other.otherContent', 1, [k1]],
      ['other.relayUnverified', 1, [k1]],
      ['other.toTransmitter', 1, [k2]],
    ]);
  });

  it('of a plan line, for whoever sees its plan, within days and an area; what has not begun misses nothing', async () => {
    const lineId = await planWithLine(station);
    const { id: itemId } = await shelve(station, { planLineId: lineId });
    await told(station, devices.k1, ['f1'], { itemId });
    await told(station, devices.k9, ['f1'], { itemId, cluster: 'k9', startMs: MONDAY_NINE + 3 * HOUR_MS });
    station.clock.set(MONDAY_NINE + HOUR_MS);
    const ask = async (query: object = {}, actor: Actor = station.root, line = lineId) =>
      reasonsView
        .parse(await station.get(ReasonsController).ofLine(actor, line, reasonsQuery.parse(query)))
        .map(({ code, plays }) => [code, plays]);
    expect(await ask()).toEqual([['unknown.offline', 1]]);
    expect(await ask({ areaId: (await station.area('ap')).id })).toEqual([]);
    expect(await ask({ from: '2026-01-06' })).toEqual([]);
    expect(await ask({ until: '2026-01-04' })).toEqual([]);
    station.clock.set(MONDAY_NINE + 4 * HOUR_MS);
    expect(await ask()).toHaveLength(2);
    const monitor = person('Anh Nam', 'monitor', (await station.area('ap')).path);
    await expect(ask({}, monitor)).rejects.toMatchObject({ code: 'plan.unknown' });
    await expect(ask({ areaId: 'nothing' })).rejects.toMatchObject({ code: 'area.unknown' });
    for (const wrong of [{ from: 'mai' }, { until: '9999-12-31' }]) await expect(ask(wrong)).rejects.toThrow();
  });
});
