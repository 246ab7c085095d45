import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SERVICE } from '../../devices/player/testing/keys.js';
import { assetOf } from '../../devices/player/testing/plans.js';
import { World } from '../../devices/player/testing/world.js';
import {
  type Command,
  type CommandBody,
  choiceFor,
  command as commandSchema,
  dayPart,
  type PlannedPlay,
  planHead,
  signJws,
  topics,
} from '../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { openSigned, type PoleDevice } from '../../test/support/pole-device.js';
import { type Shelved, schedule, shelve, withdraw } from '../../test/support/shelf.js';
import { everyTable, MONDAY_NINE, Station } from '../../test/support/station.js';
import { AccountService, actorFrom } from '../accounts/index.js';
import { LanguageProfileService } from '../areas/index.js';
import { ActiveLists, CommandSender, PlanPublisher, wasSummoned } from '../dispatch/index.js';
import { EmergencyPolicies } from '../library/index.js';
import type { Actor } from '../platform/http/index.js';
import { OutboxRelay } from '../platform/outbox/index.js';
import { newEmergency } from './emergency.api.js';
import { EmergencyService } from './emergency.service.js';

type PlayNow = Extract<CommandBody, { kind: 'playNow' }>;

describeOnBothDatabases('an emergency goes ahead of the plans', everyTable, (open) => {
  let station: Station;
  let relay: OutboxRelay;
  let officer: Actor;
  let siren: Shelved;
  let k1: PoleDevice;
  let k2: PoleDevice;
  beforeEach(async () => {
    station = await Station.open(await open(), { withBroker: true });
    await station.settle();
    relay = new OutboxRelay({ ...station.platform, pollMs: null });
    for (const room of [CommandSender, ActiveLists])
      (await station.start(room as typeof CommandSender)).register(relay);
    station.get(EmergencyService).register(relay);
    const { id: areaId, path } = await station.area('ak');
    const grants = [{ role: 'operator' as const, areaId }];
    const account = { login: 'truc', password: 'mật khẩu đủ dài', name: 'truc', grants };
    const { id } = await station.get(AccountService).create(station.root, account);
    officer = actorFrom({ id, name: 'truc' }, [{ role: 'operator', areaPath: path }]);
    const policy = { dutyAccountIds: [id], preApproved: true, freeText: true, reviewWithinMinutes: 60 };
    await station.get(EmergencyPolicies).set(station.root, areaId, policy);
    siren = await shelve(station, { area: 'ak', title: 'Báo động lũ', durationMs: 20_000, audioBytes: 70_000 });
    [k1, k2] = [await pole('k1'), await pole('k2')];
    const bulletin = await shelve(station, { area: 'ak' });
    await schedule(station, bulletin.id, '17:00');
    await station.get(PlanPublisher).refresh();
    await relay.start();
  });
  afterEach(async () => {
    await relay.stop();
    await station.close();
  });

  async function pole(cluster: string): Promise<PoleDevice> {
    const device = await station.enrol(cluster, { offline: true });
    const path = (await station.cluster(cluster)).areaPath.split('/').filter(Boolean);
    await device.connect(station.mqtt, [
      topics.down(device.id, 'commands'),
      ...path.flatMap((area) => [topics.area(area, 'commands'), topics.area(area, 'active')]),
    ]);
    return device;
  }
  /** Ấp 1 hears Xtiêng first; there is a version of the siren in it. */
  async function inTwoLanguages(): Promise<Shelved> {
    const stieng = await shelve(station, { area: 'ak', title: 'Báo động lũ', durationMs: 15_000 });
    await station.database.write(({ manager }) =>
      manager.update('item', { id: stieng.id }, { groupId: siren.id, language: 'sti' }),
    );
    await station.get(LanguageProfileService).set(station.root, (await station.area('ak1')).id, ['sti', 'vi']);
    await station.get(PlanPublisher).refresh();
    return stieng;
  }
  async function air(more: object = {}) {
    const request = {
      areaId: (await station.area('ak')).id,
      itemId: siren.id,
      version: 1,
      audioSha256: siren.audioSha256,
      reason: 'Vỡ đê lúc 23 giờ',
      requestKey: randomUUID(),
      ...more,
    };
    return station.get(EmergencyService).air(officer, newEmergency.parse(request));
  }
  const commandsAt = (device: PoleDevice): Command[] =>
    device.heard
      .filter(({ topic }) => topic.endsWith('/commands'))
      .map(({ payload }) => commandSchema.parse(openSigned(payload.toString(), 'vang-command', station.platform.keys)));
  const heard = (device: PoleDevice, kind: CommandBody['kind']) =>
    device.until(() => commandsAt(device).find(({ body }) => body.kind === kind));
  const headOf = async (device: PoleDevice) => {
    const [row]: { signed: string }[] = await station.database.read((reader) =>
      reader.query(`SELECT signed FROM plan_head WHERE controller_id = '${device.id}'`),
    );
    return planHead.parse(openSigned(row?.signed ?? '', 'vang-plan', station.platform.keys));
  };
  const emergenciesIn = async (device: PoleDevice): Promise<PlannedPlay[]> => {
    const plays: PlannedPlay[] = [];
    for (const { sha256 } of (await headOf(device)).parts) {
      const bytes: Buffer[] = [];
      for await (const piece of await station.platform.store.open(sha256)) bytes.push(piece);
      plays.push(...dayPart.parse(JSON.parse(gunzipSync(Buffer.concat(bytes)).toString('utf8'))).plays);
    }
    return plays.filter((play) => play.class === 'emergency');
  };
  /** What a device with this plan does with a command. */
  const chosen = async (device: PoleDevice, body: CommandBody) =>
    choiceFor((body as PlayNow).choices, (await headOf(device)).languages ?? [])?.plays;

  it('command and plan tell deep-equal plays, descriptor and all, to each audience', async () => {
    await inTwoLanguages();
    const { commandId } = await air();
    const { id, to, body, expiresAt } = await heard(k1, 'playNow');
    expect([id, to]).toEqual([commandId, { area: (await station.area('ak')).id }]);
    await station.get(PlanPublisher).refresh();
    const [ofK1, ofK2] = [await emergenciesIn(k1), await emergenciesIn(k2)];
    expect(ofK1.map(({ item }) => item.language)).toEqual(['sti', 'vi']);
    expect(ofK2.map(({ item }) => item.language)).toEqual(['vi']);
    expect(ofK2[0]?.audio.descriptor).toMatch(/^[0-9a-f]{64}$/);
    expect(await chosen(k1, body)).toEqual(ofK1);
    expect(await chosen(k2, body)).toEqual(ofK2);
    expect((await headOf(k1)).languages).toEqual(['sti', 'vi']);
    expect(await headOf(k2)).not.toHaveProperty('languages');
    // It can be joined until the last of its plays must be silent.
    expect(expiresAt).toBe(Math.max(...[...ofK1, ...ofK2].map(({ latestEndMs }) => latestEndMs)));
  });

  it('a player that gets both sounds it once, and its receipt is of the plan', async () => {
    await air();
    const order = await heard(k1, 'playNow');
    await station.get(PlanPublisher).refresh();
    const plays = await emergenciesIn(k1);
    const sound = assetOf(siren.audio);
    const world = World.ready(MONDAY_NINE, []);
    world.service.hold(sound);
    world.lengths.set(sound.ref.sha256, 20_000);
    const payload = signJws('vang-command', { ...order, to: { area: 'commune-1' } }, SERVICE);
    world.deliver({ topic: topics.area('commune-1', 'commands'), payload });
    world.run(MONDAY_NINE + 5_000);
    const change = { sinceMs: 0, from: '2026-01-05', until: '2026-01-11' };
    world.plan({ version: 2, plays, change }, sound);
    world.run(MONDAY_NINE + 120_000);
    expect(world.sounded.map(({ play }) => play)).toEqual(plays.map(({ play }) => play));
    expect(world.receiptOf(plays[0]?.play ?? '')).toMatchObject({ outcome: 'complete', planVersion: 2 });
  });

  it('for named clusters each device is told, with what is its own', async () => {
    await inTwoLanguages();
    await air({ clusterIds: [(await station.cluster('k1')).id] });
    const { to, body } = await heard(k1, 'playNow');
    expect(to).toEqual({ device: k1.id });
    await station.get(PlanPublisher).refresh();
    expect((body as PlayNow).choices).toEqual([{ languages: null, plays: await emergenciesIn(k1) }]);
    await relay.idle();
    expect(commandsAt(k2)).toEqual([]);
  });

  it('a second tap is one command', async () => {
    const requestKey = randomUUID();
    const [one, two] = [await air({ requestKey }), await air({ requestKey })];
    expect(two.commandId).toBe(one.commandId);
    await relay.idle();
    await heard(k1, 'playNow');
    expect(commandsAt(k1)).toHaveLength(1);
  });

  it('stopping tells each of its plays to stop, and who connects later finds only that', async () => {
    await inTwoLanguages();
    const { id } = await air();
    const plays = new Set(
      ((await heard(k2, 'playNow')).body as PlayNow).choices.flatMap((choice) => choice.plays.map(({ play }) => play)),
    );
    await station.get(EmergencyService).stop(officer, id);
    await k1.until(() => commandsAt(k1).filter(({ body }) => body.kind === 'stop').length === plays.size);
    const stopped = commandsAt(k1).flatMap(({ body }) => (body.kind === 'stop' ? [body.play] : []));
    expect(new Set(stopped)).toEqual(plays);
    await relay.idle();
    const list = await station.database.read((reader) => reader.query('SELECT command_ids FROM active_list'));
    expect(JSON.parse(list[0].command_ids)).toEqual(
      commandsAt(k1).flatMap((each) => (each.body.kind === 'stop' ? [each.id] : [])),
    );
    // Once more is no second stop.
    await station.get(EmergencyService).stop(officer, id);
    await relay.idle();
    expect(commandsAt(k1)).toHaveLength(1 + plays.size);
  });

  it('case 18: content that is withdrawn is stopped where it was summoned', async () => {
    await air();
    await heard(k1, 'playNow');
    await withdraw(station, siren.id);
    expect((await heard(k1, 'stop')).to).toEqual({ area: (await station.area('ak')).id });
  });

  describe('a receipt of a play that no plan told', () => {
    it('is known by the command that told it, to the devices that it was for, as it told it', async () => {
      const { commandId } = await air();
      const { body } = await heard(k1, 'playNow');
      const [{ play, startMs, item } = { play: '', startMs: 0, item: { id: '', version: 0 } }] =
        (await chosen(k1, body)) ?? [];
      const k9 = await station.enrol('k9', { offline: true });
      const stated = { play, startMs, itemId: item.id, itemVersion: item.version };
      const known = (device: string, changes: object = {}, command = commandId ?? '') =>
        station.database.read((reader) => wasSummoned(reader, device, { ...stated, ...changes }, command));
      expect(await known(k1.id)).toBe(true);
      expect(await known(k9.id)).toBe(false);
      expect(await known('nobody')).toBe(false);
      expect(await known(k1.id, { startMs: startMs + 1 })).toBe(false);
      expect(await known(k1.id, { itemVersion: 2 })).toBe(false);
      expect(await known(k1.id, { play: 'other' })).toBe(false);
      expect(await known(k1.id, {}, 'no-command')).toBe(false);
    });
  });
});
