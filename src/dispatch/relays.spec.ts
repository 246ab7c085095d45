import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import {
  dayPart,
  type deviceState,
  PLAN_DAYS,
  type PlanHead,
  type PlannedPlay,
  planHead,
} from '../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { openSigned, type PoleDevice } from '../../test/support/pole-device.js';
import { schedule, shelve, withdraw } from '../../test/support/shelf.js';
import { everyTable, person, Station } from '../../test/support/station.js';
import { Controller } from '../fleet/index.js';
import { ApprovalService, ItemService, MediaTools, newItem } from '../library/index.js';
import { ScheduleService } from '../scheduling/index.js';
import { Asset, PlannedPlayRow, PublishedHead } from './dispatch.entity.js';
import { PlanPublisher } from './plan-publisher.js';

const MINUTE_MS = 60_000;
const VOV = 'https://stream.vov.vn/vov1';
type Capabilities = Extract<(typeof deviceState)['_output'], { online: true }>['capabilities'];

describeOnBothDatabases('relays in plans', everyTable, (open) => {
  let station: Station;
  let streams: PoleDevice;
  let plain: PoleDevice;
  /** What ffmpeg made once is not made again by each of the stations. */
  let cacheDir: string;
  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'vang-relays-'));
  });
  afterAll(() => rm(cacheDir, { recursive: true }));
  beforeEach(async () => {
    station = await Station.open(await open());
    await station.settle();
    await station.get(MediaTools).start({ ffmpegPath: null, cacheDir });
    [streams, plain] = [await station.enrol('k1'), await station.enrol('k2')];
    await states(streams, ['stream', 'amplifier']);
    await states(plain, ['amplifier']);
  });
  afterEach(async () => {
    await station.get(MediaTools).stop();
    await station.close();
  });

  const author = person('Chị Hoa', 'operator', '/');
  const approver = person('Anh Nam', 'approver', '/');
  const states = (device: PoleDevice, capabilities: NonNullable<Capabilities>) =>
    station.database.write(async ({ manager }) => {
      const controller = await manager.findOneByOrFail(Controller, { id: device.id });
      await manager.save(Controller, { ...controller, capabilities });
    });
  const refresh = () => station.get(PlanPublisher).refresh();
  const draft = async () =>
    station.get(ItemService).create(
      author,
      newItem.parse({
        ...{ kind: 'relay', areaId: (await station.area('bp')).id, title: 'Thời sự VOV', streamUrl: VOV },
        text: 'Tiếp sóng chương trình thời sự của Đài Tiếng nói Việt Nam.',
      }),
    );
  const approved = async (): Promise<string> => {
    const { id } = await draft();
    const { versions } = await station.get(ApprovalService).submit(author, id);
    const { textSha256 = null, contentSha256 = null } = versions.at(-1) ?? {};
    const seen = { textSha256, contentSha256, audioSha256: null, checklist: null };
    await station.get(ApprovalService).approve(approver, id, seen);
    return id;
  };
  /** Daily at 17:00 for half an hour. */
  const relayed = (itemId: string) => schedule(station, itemId, '17:00', { relayMs: 30 * MINUTE_MS });
  const headOf = async (device: PoleDevice): Promise<PlanHead> => {
    const { signed } = await station.database.read((reader) =>
      reader.findOneByOrFail(PublishedHead, { controllerId: device.id }),
    );
    return planHead.parse(openSigned(signed, 'vang-plan', station.platform.keys));
  };
  const bytesOf = async (sha256: string): Promise<Buffer> => {
    const pieces: Buffer[] = [];
    for await (const piece of await station.platform.store.open(sha256)) pieces.push(piece);
    return Buffer.concat(pieces);
  };
  const playsOf = async (device: PoleDevice): Promise<PlannedPlay[]> => {
    const plays: PlannedPlay[] = [];
    for (const { sha256 } of (await headOf(device)).parts)
      plays.push(...dayPart.parse(JSON.parse(gunzipSync(await bytesOf(sha256)).toString('utf8'))).plays);
    return plays;
  };

  it('told under the signature to a device that streams, not to one that does not', async () => {
    const itemId = await approved();
    await relayed(itemId);
    await refresh();
    const plays = await playsOf(streams);
    expect(plays).toHaveLength(PLAN_DAYS);
    expect(plays[0]).toMatchObject({
      startMs: Date.parse('2026-01-05T17:00:00+07:00'),
      late: 'seek',
      item: { id: itemId, version: 1, title: 'Thời sự VOV' },
      audio: { durationMs: 30 * MINUTE_MS },
      relay: { kind: 'stream', url: VOV },
    });
    expect(await playsOf(plain)).toEqual([]);
    const rows = await station.database.read((reader) => reader.findBy(PlannedPlayRow, { controllerId: streams.id }));
    expect(new Set(rows.map(({ durationMs }) => durationMs))).toEqual(new Set([30 * MINUTE_MS]));
  });

  it('what takes its place is sound that the device can fetch: one asset for the whole installation, made once', async () => {
    await relayed(await approved());
    await relayed(await approved());
    await refresh();
    const sounds = new Map((await playsOf(streams)).map(({ audio }) => [audio.sha256, audio]));
    expect(sounds.size).toBe(1);
    const [{ sha256, bytes, type } = { sha256: '', bytes: 0, type: '' }] = [...sounds.values()];
    const file = await bytesOf(sha256);
    expect([file.length, file.toString('latin1', 0, 4), type]).toEqual([bytes, 'OggS', 'audio/ogg; codecs=opus']);
    expect(bytes).toBeLessThan(100_000);
    const asset = await station.database.read((reader) => reader.findOneByOrFail(Asset, { sha256 }));
    expect(asset).toMatchObject({ kind: 'audio', bytes });
    expect(await refresh()).toBe(0);
  });

  it('what the preview shows by then is what the device is told', async () => {
    await relayed(await approved());
    await refresh();
    const areaId = (await station.area('ak')).id;
    const cluster = await station.cluster('k1');
    const { plays } = await station
      .get(ScheduleService)
      .preview(station.root, { areaId, clusterId: cluster.id, from: '2026-01-05', days: PLAN_DAYS });
    const shown = plays.map(({ play }) => ({ ...play, audio: play?.audio.sha256 }));
    const told = (await playsOf(streams)).map((play) => ({ ...play, audio: play.audio.sha256 }));
    expect(JSON.parse(JSON.stringify(shown))).toEqual(told);
  });

  it('a device that streams from now on is told; one that no longer does is told no more', async () => {
    await relayed(await approved());
    await refresh();
    await states(plain, ['stream']);
    await states(streams, []);
    station.clock.advance(1_000);
    expect(await refresh()).toBe(2);
    expect([(await playsOf(plain)).length, await playsOf(streams)]).toEqual([PLAN_DAYS, []]);
  });

  it('nobody approved it: nobody can schedule it; withdrawn, it leaves the plans, also while it sounds', async () => {
    await expect(relayed((await draft()).id)).rejects.toMatchObject({ code: 'schedule.itemNotApproved' });
    const itemId = await approved();
    await relayed(itemId);
    await refresh();
    station.clock.set(Date.parse('2026-01-05T17:10:00+07:00'));
    // Another entry of that evening makes a new plan: what sounds is not taken for withdrawn.
    await schedule(station, (await shelve(station)).id, '20:00');
    await refresh();
    const today = async () => (await playsOf(streams)).filter(({ item }) => item.id === itemId);
    expect((await today())[0]?.startMs).toBe(Date.parse('2026-01-05T17:00:00+07:00'));
    await withdraw(station, itemId);
    await refresh();
    expect(await today()).toEqual([]);
  });

  it('without ffmpeg nothing can take its place: no device is told, and all else is', async () => {
    await station.get(MediaTools).stop();
    await relayed(await approved());
    await schedule(station, (await shelve(station)).id, '20:00');
    await refresh();
    expect((await playsOf(streams)).filter(({ relay }) => relay)).toEqual([]);
    expect(await playsOf(streams)).toHaveLength(PLAN_DAYS);
    await station.get(MediaTools).start({ ffmpegPath: null, cacheDir });
    await refresh();
    expect((await playsOf(streams)).filter(({ relay }) => relay)).toHaveLength(PLAN_DAYS);
  });
});
