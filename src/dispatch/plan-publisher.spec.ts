import { rm } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  dayPart,
  MAX_PART_PLAYS,
  PLAN_DAYS,
  type PlanHead,
  type PlannedPlay,
  planHead,
} from '../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { openSigned, type PoleDevice } from '../../test/support/pole-device.js';
import { cancel, type Shelved, schedule, shelve, withdraw } from '../../test/support/shelf.js';
import { everyTable, MONDAY_NINE, Station } from '../../test/support/station.js';
import { ClusterService, Controller } from '../fleet/index.js';
import type { Database } from '../platform/database/index.js';
import { OutboxEntity } from '../platform/outbox/outbox.entity.js';
import { Asset, PlannedPlayRow, PublishedHead } from './dispatch.entity.js';
import { PartService } from './part.service.js';
import { PlanPublisher } from './plan-publisher.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describeOnBothDatabases('publishing plans', everyTable, (open) => {
  let database: Database;
  let station: Station;
  let k1: PoleDevice;
  let k2: PoleDevice;
  let k9: PoleDevice;
  let bulletin: Shelved;
  beforeEach(async () => {
    database = await open();
    station = await Station.open(database);
    await station.settle();
    [k1, k2, k9] = [await station.enrol('k1'), await station.enrol('k2'), await station.enrol('k9')];
    bulletin = await shelve(station, { title: 'Vay vốn nuôi dê' });
  });
  afterEach(() => station.close());

  const refresh = () => station.get(PlanPublisher).refresh();
  const daily = (time: string, options: Parameters<typeof schedule>[3] & { readonly itemId?: string } = {}) =>
    schedule(station, options.itemId ?? bulletin.id, time, options);
  const stored = (device: PoleDevice) =>
    database.read((reader) => reader.findOneByOrFail(PublishedHead, { controllerId: device.id }));
  const headOf = async (device: PoleDevice): Promise<PlanHead> =>
    planHead.parse(openSigned((await stored(device)).signed, 'vang-plan', station.platform.keys));
  const playsOf = async (device: PoleDevice): Promise<PlannedPlay[]> => {
    const plays: PlannedPlay[] = [];
    for (const { day, sha256 } of (await headOf(device)).parts) {
      const bytes: Buffer[] = [];
      for await (const piece of await station.platform.store.open(sha256)) bytes.push(piece);
      const part = dayPart.parse(JSON.parse(gunzipSync(Buffer.concat(bytes)).toString('utf8')));
      expect(part.day).toBe(day);
      plays.push(...part.plays);
    }
    return plays;
  };
  const rowsOf = (device: PoleDevice) =>
    database.read((reader) =>
      reader.find(PlannedPlayRow, { where: { controllerId: device.id }, order: { startMs: 'ASC', id: 'ASC' } }),
    );
  const announced = async () => {
    const messages = await database.read((reader) =>
      reader.find(OutboxEntity, { where: { topic: 'dispatch.head' }, order: { id: 'ASC' } }),
    );
    return messages.map(({ payload }) => payload as { controllerId: string; version: number });
  };

  it('a head that the device can verify, parts that say what is played, a row for each play, and a message', async () => {
    await daily('17:00');
    expect(await refresh()).toBe(3);
    const head = await headOf(k1);
    expect(head).toMatchObject({
      device: k1.id,
      version: MONDAY_NINE,
      publishedAt: MONDAY_NINE,
      sinceMs: MONDAY_NINE,
      area: { id: (await station.area('ak')).id, name: 'An Khương' },
      cluster: { id: (await station.cluster('k1')).id, name: 'Cụm loa ấp 1' },
      from: '2026-01-05',
      until: '2026-01-11',
      fromMs: Date.parse('2026-01-05T00:00:00+07:00'),
      untilMs: Date.parse('2026-01-12T00:00:00+07:00'),
    });
    const plays = await playsOf(k1);
    expect(plays.map(({ startMs }) => startMs)).toEqual(
      Array.from({ length: PLAN_DAYS }, (_, day) => Date.parse('2026-01-05T17:00:00+07:00') + day * DAY_MS),
    );
    expect(plays[0]).toMatchObject({
      item: { id: bulletin.id, title: 'Vay vốn nuôi dê' },
      audio: { sha256: bulletin.audioSha256, bytes: 2_000, durationMs: 60_000 },
    });
    expect(
      (await rowsOf(k1)).map(({ play, startMs, day, withdrawnAtMs, planVersion }) => [
        play,
        startMs,
        day,
        withdrawnAtMs,
        planVersion,
      ]),
    ).toEqual(
      plays.map((play, day) => [
        play.play,
        play.startMs,
        `2026-01-${String(5 + day).padStart(2, '0')}`,
        null,
        MONDAY_NINE,
      ]),
    );
    expect(await announced()).toContainEqual({ controllerId: k1.id, version: MONDAY_NINE });
    expect(await playsOf(k9)).toEqual([]);
  });

  it('a controller at a board is told no sound, whatever is aimed there', async () => {
    await station
      .get(ClusterService)
      .importCsv(station.root, 'code,areaCode,name,kind\nb1,ak,Bảng tin nhà văn hóa,board\n');
    const b1 = await station.enrol('b1');
    await daily('17:00', { devices: 'all' });
    await refresh();
    expect((await playsOf(k1)).length).toBe(PLAN_DAYS);
    expect([await playsOf(b1), await rowsOf(b1)]).toEqual([[], []]);
  });

  it('a day with more plays than any device takes becomes no part', async () => {
    await daily('05:00');
    await refresh();
    const [play] = await playsOf(k1);
    const plays = Array.from({ length: MAX_PART_PLAYS + 1 }, () => play as PlannedPlay);
    const parts = station.get(PartService);
    await expect(parts.keep({ v: 1, day: '2026-01-05', plays })).rejects.toThrow(`devices take ${MAX_PART_PLAYS}`);
    expect((await parts.keep({ v: 1, day: '2026-01-05', plays: plays.slice(1) })).asset.bytes).toBeGreaterThan(0);
  });

  it('devices with the same plan share their parts', async () => {
    await daily('17:00');
    await refresh();
    expect((await headOf(k1)).parts).toEqual((await headOf(k2)).parts);
    expect(await database.read((reader) => reader.countBy(Asset, { kind: 'part' }))).toBe(PLAN_DAYS);
  });

  it('unchanged content publishes nothing, also when time passes', async () => {
    await daily('17:00');
    await refresh();
    const before = [await stored(k1), await announced()];
    expect(await refresh()).toBe(0);
    station.clock.advance(10 * HOUR_MS);
    expect(await refresh()).toBe(0);
    expect([await stored(k1), await announced()]).toEqual(before);
  });

  it('an edit changes only the heads it touches', async () => {
    await daily('17:00');
    await daily('17:00', { area: 'ap' });
    await refresh();
    const before = await stored(k9);
    await daily('05:00', { clusterIds: [(await station.cluster('k2')).id] });
    station.clock.advance(1_000);
    expect(await refresh()).toBe(1);
    expect((await headOf(k2)).version).toBe(MONDAY_NINE + 1_000);
    expect((await headOf(k1)).version).toBe(MONDAY_NINE);
    expect(await stored(k9)).toEqual(before);
  });

  it('case 18: withdrawn content leaves the heads at the next refresh, and its plays are marked, not deleted', async () => {
    await daily('17:00');
    await refresh();
    station.clock.advance(HOUR_MS);
    await withdraw(station, bulletin.id);
    expect(await refresh()).toBe(2);
    expect((await headOf(k1)).parts).toEqual([]);
    expect((await rowsOf(k1)).map(({ withdrawnAtMs }) => withdrawnAtMs)).toEqual(
      Array(PLAN_DAYS).fill(MONDAY_NINE + HOUR_MS),
    );
  });

  it('invariant 2: what has begun stays in the plan and is not withdrawn when its entry is cancelled', async () => {
    const entry = await daily('17:00');
    await refresh();
    station.clock.advance(9 * HOUR_MS);
    await cancel(station, entry);
    await refresh();
    expect((await playsOf(k1)).map(({ startMs }) => startMs)).toEqual([Date.parse('2026-01-05T17:00:00+07:00')]);
    expect((await rowsOf(k1)).map(({ withdrawnAtMs }) => withdrawnAtMs !== null)).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
      true,
    ]);
  });

  it('a play that nobody was told is not put into the past', async () => {
    await daily('08:00');
    await refresh();
    expect((await rowsOf(k1))[0]?.startMs).toBe(Date.parse('2026-01-06T08:00:00+07:00'));
    expect((await playsOf(k1))[0]?.startMs).toBe(Date.parse('2026-01-06T08:00:00+07:00'));
  });

  it('a new day is a new head; what was told of yesterday stays written', async () => {
    await daily('17:00');
    await refresh();
    station.clock.advance(15 * HOUR_MS);
    expect(await refresh()).toBe(3);
    expect(await headOf(k1)).toMatchObject({ from: '2026-01-06', until: '2026-01-12', sinceMs: MONDAY_NINE });
    const rows = await rowsOf(k1);
    expect(rows.map(({ day }) => day)).toEqual(
      Array.from({ length: 8 }, (_, day) => `2026-01-${String(5 + day).padStart(2, '0')}`),
    );
    expect(rows.every(({ withdrawnAtMs }) => withdrawnAtMs === null)).toBe(true);
  });

  it('the version always grows, also when the clock goes back', async () => {
    await daily('17:00');
    await refresh();
    station.clock.set(MONDAY_NINE - 2 * HOUR_MS);
    await daily('18:00');
    await refresh();
    expect(await headOf(k1)).toMatchObject({ version: MONDAY_NINE + 1, publishedAt: MONDAY_NINE - 2 * HOUR_MS });
    await daily('19:00');
    await refresh();
    expect((await headOf(k1)).version).toBe(MONDAY_NINE + 2);
  });

  it('a device that holds a newer plan than the service knows (a restored backup) gets one with a higher version', async () => {
    await daily('17:00');
    await refresh();
    const held = MONDAY_NINE + 5_000;
    await database.write((tx) => tx.manager.update(Controller, { id: k1.id }, { syncedVersion: held }));
    expect(await refresh()).toBe(1);
    expect((await headOf(k1)).version).toBe(held + 1);
    await database.write((tx) => tx.manager.update(Controller, { id: k1.id }, { syncedVersion: held + 1 }));
    expect(await refresh()).toBe(0);
  });

  it('after a restart nothing is published again, whatever is told of a play', async () => {
    const long = await shelve(station, { title: 'Bài dài', audioBytes: 100_000, textSha256: 'a'.repeat(64) });
    await daily('10:00');
    await daily('10:30', { itemId: long.id });
    const { id: provinceWide } = await shelve(station, { title: 'Thời sự tỉnh' });
    await daily('10:45', { area: 'bp', itemId: provinceWide });
    await refresh();
    station.clock.advance(2 * HOUR_MS);
    const { store, clock, log, keys, broker, bus, outbox, jobs } = station.platform;
    const again = await Station.over({ store, clock, log, keys, broker, bus, outbox, jobs, database });
    expect(await again.get(PlanPublisher).refresh()).toBe(0);
    await again.close();
  });

  it('case 25: a replaced controller is told nothing more; what lies ahead is its successor’s', async () => {
    await daily('17:00');
    await refresh();
    const successor = await station.enrol('k1');
    station.clock.advance(1_000);
    expect(await refresh()).toBe(1);
    expect(await database.read((reader) => reader.existsBy(PublishedHead, { controllerId: k1.id }))).toBe(false);
    expect((await rowsOf(k1)).every(({ withdrawnAtMs }) => withdrawnAtMs === MONDAY_NINE + 1_000)).toBe(true);
    expect((await rowsOf(successor)).map(({ clusterId, withdrawnAtMs }) => [clusterId, withdrawnAtMs])).toEqual(
      (await rowsOf(k1)).map(({ clusterId }) => [clusterId, null]),
    );
    expect(await announced()).toContainEqual({ controllerId: k1.id, version: 0 });
  });

  it('an item whose file is gone keeps no other item from the air', async () => {
    const lost = await shelve(station);
    await rm(station.platform.store.path(lost.audioSha256));
    await daily('17:00');
    await daily('18:00', { itemId: lost.id });
    expect(await refresh()).toBe(3);
    expect(new Set((await playsOf(k1)).map(({ item }) => item.id))).toEqual(new Set([bulletin.id]));
  });

  it('an asset of several chunks is named with its descriptor', async () => {
    const long = await shelve(station, { audioBytes: 100_000 });
    await daily('17:00', { itemId: long.id });
    await refresh();
    const asset = await database.read((reader) => reader.findOneByOrFail(Asset, { sha256: long.audioSha256 }));
    expect((await playsOf(k1))[0]?.audio).toMatchObject({ bytes: 100_000, descriptor: asset.descriptorSha256 });
  });

  it('seven parts and names of forty Vietnamese letters fit into a head of 2 KB', async () => {
    const name = 'Cụm loa thôn Đắk Rung Thượng Nghĩa Hữu Ấ';
    await station.importClusters(`k1,ak,${name},,,2,ak1`);
    await daily('17:00');
    await refresh();
    const { signed } = await stored(k1);
    expect((await headOf(k1)).cluster.name).toHaveLength(40);
    expect((await headOf(k1)).parts).toHaveLength(7);
    expect(Buffer.byteLength(signed)).toBeLessThanOrEqual(2_048);
  });
});
