import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SERVICE } from '../../../devices/player/testing/keys.js';
import { assetOf } from '../../../devices/player/testing/plans.js';
import { World } from '../../../devices/player/testing/world.js';
import {
  type Command,
  type CommandBody,
  command as commandSchema,
  dayPart,
  type PlannedPlay,
  planHead,
  signJws,
  topics,
} from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { openSigned, type PoleDevice } from '../../../test/support/pole-device.js';
import { cancel, rule, type Shelved, schedule, shelve, withdraw } from '../../../test/support/shelf.js';
import { everyTable, MONDAY_NINE, person, Station } from '../../../test/support/station.js';
import { LanguageProfileService } from '../../areas/index.js';
import type { Actor } from '../../platform/http/index.js';
import { OutboxRelay } from '../../platform/outbox/index.js';
import { PlanPublisher } from '../plan-publisher.js';
import { CommandViews } from './command.views.js';
import { CommandSender } from './command-sender.js';
import { newPlayNow, playNowView } from './play-now.api.js';
import { PlayNowService } from './play-now.service.js';
import { CommandStatusIntake } from './status-intake.js';
import { wasSummoned } from './summons.js';

type PlayNow = Extract<CommandBody, { kind: 'playNow' }>;

describeOnBothDatabases('phát ngay', everyTable, (open) => {
  let station: Station;
  let relay: OutboxRelay;
  let operator: Actor;
  let bulletin: Shelved;
  let k1: PoleDevice;
  let k2: PoleDevice;
  beforeEach(async () => {
    station = await Station.open(await open(), { withBroker: true });
    await station.settle();
    relay = new OutboxRelay({ ...station.platform, pollMs: null });
    (await station.start(CommandSender)).register(relay);
    station.get(PlayNowService).register(relay);
    operator = person('truc', 'operator', (await station.area('ak')).path);
    bulletin = await shelve(station, { area: 'ak', title: 'Họp thôn tối nay', durationMs: 20_000, audioBytes: 70_000 });
    [k1, k2] = [await pole('k1'), await pole('k2')];
    await station.get(PlanPublisher).refresh();
    await relay.start();
  });
  afterEach(async () => {
    await relay.stop();
    await station.close();
  });

  async function pole(cluster: string): Promise<PoleDevice> {
    const device = await station.enrol(cluster, { offline: true });
    await device.connect(station.mqtt, [topics.down(device.id, 'commands')]);
    return device;
  }
  async function play(more: object = {}, actor = operator) {
    const areaId = (await station.area('ak')).id;
    const request = newPlayNow.parse({ areaId, itemId: bulletin.id, requestKey: randomUUID(), ...more });
    return playNowView.parse(await station.get(PlayNowService).play(actor, request));
  }
  const commandsAt = (device: PoleDevice): Command[] =>
    device.heard
      .filter(({ topic }) => topic.endsWith('/commands'))
      .map(({ payload }) => commandSchema.parse(openSigned(payload.toString(), 'vang-command', station.platform.keys)));
  const heard = (device: PoleDevice, kind: CommandBody['kind']) =>
    device.until(() => commandsAt(device).find(({ body }) => body.kind === kind));
  const orderedAt = async (device: PoleDevice) => ((await heard(device, 'playNow')).body as PlayNow).choices;
  const entries = (): Promise<{ cancelled_at_ms: number | null }[]> =>
    station.database.read((reader) => reader.query('SELECT cancelled_at_ms FROM entry'));
  const planOf = async (device: PoleDevice): Promise<PlannedPlay[]> => {
    await station.get(PlanPublisher).refresh();
    const [row]: { signed: string }[] = await station.database.read((reader) =>
      reader.query(`SELECT signed FROM plan_head WHERE controller_id = '${device.id}'`),
    );
    const plays: PlannedPlay[] = [];
    for (const { sha256 } of planHead.parse(openSigned(row?.signed ?? '', 'vang-plan', station.platform.keys)).parts) {
      const bytes: Buffer[] = [];
      for await (const piece of await station.platform.store.open(sha256)) bytes.push(piece);
      plays.push(...dayPart.parse(JSON.parse(gunzipSync(Buffer.concat(bytes)).toString('utf8'))).plays);
    }
    return plays;
  };
  /** The rules of the commune: until eight in the morning; now it is nine. */
  const untilEight = (area = 'ak') => rule(station, area, '05:00', '08:00');
  const REASON = 'Chủ tịch xã yêu cầu thông báo ngay';

  it('an area: each device is told the very play that its plan tells, ahead of it', async () => {
    const given = await play();
    expect(given).toMatchObject({ title: 'Họp thôn tối nay', startMs: MONDAY_NINE + 20_000, missing: [] });
    const [command] = given.commands;
    expect(given.commands).toMatchObject([{ kind: 'playNow', issuedByName: 'truc' }]);
    for (const device of [k1, k2]) {
      expect(await heard(device, 'playNow')).toMatchObject({ id: command?.id, to: { device: device.id } });
      const planned = await planOf(device);
      expect(planned).toMatchObject([{ class: 'normal', item: { id: bulletin.id }, startMs: MONDAY_NINE + 20_000 }]);
      expect(planned[0]?.audio.descriptor).toMatch(/^[0-9a-f]{64}$/);
      expect(await orderedAt(device)).toEqual([{ languages: null, plays: planned }]);
    }
  });

  it('a priority to one device is nobody else’s', async () => {
    await play({ class: 'priority', clusterIds: [(await station.cluster('k2')).id] });
    expect(await orderedAt(k2)).toMatchObject([{ plays: [{ class: 'priority' }] }]);
    await relay.idle();
    expect([commandsAt(k1), await planOf(k1)]).toEqual([[], []]);
  });

  it('each hamlet in its own languages', async () => {
    const stieng = await shelve(station, { area: 'ak', title: 'Họp thôn tối nay', durationMs: 15_000 });
    await station.database.write(({ manager }) =>
      manager.update('item', { id: stieng.id }, { groupId: bulletin.id, language: 'sti' }),
    );
    await station.get(LanguageProfileService).set(station.root, (await station.area('ak1')).id, ['sti', 'vi']);
    await play();
    const spoken = async (device: PoleDevice) =>
      (await orderedAt(device)).flatMap(({ plays }) => plays.map(({ item }) => item.language));
    expect([await spoken(k1), await spoken(k2)]).toEqual([['sti', 'vi'], ['vi']]);
    expect(await orderedAt(k1)).toEqual([{ languages: null, plays: await planOf(k1) }]);
  });

  it('sent → received → done at a real player, which sounds it once, and whose receipt is accepted', async () => {
    const intake = await station.start(CommandStatusIntake);
    const given = await play({ clusterIds: [(await station.cluster('k1')).id] });
    const order = await heard(k1, 'playNow');
    const [ordered] = (await orderedAt(k1))[0]?.plays ?? [];
    if (!ordered) throw new Error('nothing was ordered');
    await relay.idle();
    const counts = async () => {
      const { items } = await station.get(CommandViews).one(station.root, given.commands[0]?.id ?? '', { limit: 10 });
      return items.counts;
    };
    expect(await counts()).toMatchObject({ sent: 1 });
    // The player's core takes the command as it came, and later the plan that tells the same.
    const sound = assetOf(bulletin.audio);
    const world = World.ready(MONDAY_NINE, []);
    world.service.hold(sound);
    world.lengths.set(sound.ref.sha256, 20_000);
    const payload = signJws('vang-command', { ...order, to: { area: 'commune-1' } }, SERVICE);
    world.deliver({ topic: topics.area('commune-1', 'commands'), payload });
    world.run(MONDAY_NINE + 5_000);
    world.plan(
      { version: 2, plays: await planOf(k1), change: { sinceMs: 0, from: '2026-01-05', until: '2026-01-11' } },
      sound,
    );
    world.run(MONDAY_NINE + 120_000);
    expect(world.sounded.map(({ play: name }) => name)).toEqual([ordered.play]);
    expect(world.receiptOf(ordered.play)).toMatchObject({ outcome: 'complete' });
    for (const state of ['received', 'done'] as const) {
      await k1.send('commands', { v: 1, device: k1.id, command: order.id, state, atMs: MONDAY_NINE });
      while ((await counts())[state] !== 1) {
        await new Promise(setImmediate);
        await intake.flush();
      }
    }
    const { play: name, startMs, item } = ordered;
    const stated = { play: name, startMs, itemId: item.id, itemVersion: item.version };
    const known = (device: string) => station.database.read((reader) => wasSummoned(reader, device, stated, order.id));
    expect([await known(k1.id), await known(k2.id)]).toEqual([true, false]);
  });

  it('what is on the loudspeaker is not cut: it waits its turn', async () => {
    const news = await shelve(station, { area: 'ak', durationMs: 60_000 });
    await schedule(station, news.id, '09:00:10');
    await play({ class: 'priority' });
    const [ordered] = (await orderedAt(k1))[0]?.plays ?? [];
    const [first, second] = await planOf(k1);
    expect([first?.item.id, second?.item.id, second]).toEqual([news.id, bulletin.id, ordered]);
  });

  it('a second tap, also at the same moment, is one play', async () => {
    const requestKey = randomUUID();
    const [one, two] = await Promise.all([play({ requestKey }), play({ requestKey })]);
    const third = await play({ requestKey });
    const namesOf = ({ entryId, commands, missing }: typeof one) => [entryId, commands.map(({ id }) => id), missing];
    expect([namesOf(two), namesOf(third)]).toEqual([namesOf(one), namesOf(one)]);
    await heard(k1, 'playNow');
    await relay.idle();
    expect(commandsAt(k1).filter(({ body }) => body.kind === 'playNow')).toHaveLength(1);
    expect((await entries()).filter(({ cancelled_at_ms: over }) => over === null)).toHaveLength(1);
  });

  describe('the rules of the area', () => {
    it('forbid it, and say which; nothing is scheduled', async () => {
      await untilEight();
      const refusal = await play().catch((error: unknown) => error);
      expect(refusal).toMatchObject({
        code: 'schedule.forbiddenNow',
        status: 409,
        errors: [{ code: 'ruleWindow', detail: expect.stringContaining('12/QC-UBND') }, { code: 'ruleWindow' }],
      });
      await relay.idle();
      expect([await entries(), commandsAt(k1)]).toEqual([[], []]);
    });

    it('let it pass with a reason, of whoever may make the rules', async () => {
      await untilEight();
      await expect(play({ overrideReason: REASON })).rejects.toMatchObject({ code: 'right.missing' });
      expect(await entries()).toEqual([]);
      const given = await play({ overrideReason: REASON }, station.root);
      expect(given.missing).toEqual([]);
      expect(await orderedAt(k1)).toEqual([{ languages: null, plays: await planOf(k1) }]);
      const kept = await station.database.read((reader) => reader.query('SELECT entry_id, reason FROM rule_override'));
      expect(kept).toEqual([{ entry_id: given.entryId, reason: REASON }]);
    });

    it('of an office above are not passed by the commune: nothing of it stays', async () => {
      await untilEight('bp');
      const { path } = await station.area('ak');
      const chief = person('chủ tịch', 'administrator', path);
      await expect(play({ overrideReason: REASON }, chief)).rejects.toMatchObject({ code: 'right.missing' });
      await relay.idle();
      expect((await entries()).every(({ cancelled_at_ms: over }) => over !== null)).toBe(true);
      expect(commandsAt(k1)).toEqual([]);
    });
  });

  describe('refused', () => {
    it('content that is not approved, or of another commune', async () => {
      const draft = await shelve(station, { area: 'ak', status: 'draft' });
      const foreign = await shelve(station, { area: 'ap' });
      for (const { id: itemId } of [draft, foreign])
        await expect(play({ itemId })).rejects.toMatchObject({ code: 'schedule.itemNotApproved' });
    });

    it('content whose time is over, everywhere, with the reason', async () => {
      await station.database.write(({ manager }) =>
        manager.update('item', { id: bulletin.id }, { validTo: '2026-01-04' }),
      );
      await expect(play()).rejects.toMatchObject({
        code: 'schedule.nothingNow',
        errors: [{ code: 'notValid' }, { code: 'notValid' }],
      });
      expect(await entries()).toEqual([]);
    });

    it('whoever may not schedule or not command there, and clusters elsewhere', async () => {
      await expect(play({}, person('mai', 'monitor', '/'))).rejects.toMatchObject({ code: 'right.missing' });
      await expect(play({}, person('thợ', 'technician', '/'))).rejects.toMatchObject({ code: 'right.missing' });
      const stranger = person('phú', 'operator', (await station.area('ap')).path);
      await expect(play({}, stranger)).rejects.toMatchObject({ code: 'area.unknown' });
      const clusterIds = [(await station.cluster('k9')).id];
      await expect(play({ clusterIds })).rejects.toMatchObject({ code: 'schedule.clusterUnknown' });
    });

    it('an emergency: it has its own policy', () => {
      const request = { areaId: 'a', itemId: 'i', requestKey: randomUUID() };
      expect(newPlayNow.safeParse(request).success).toBe(true);
      expect(newPlayNow.safeParse({ ...request, class: 'emergency' }).success).toBe(false);
    });
  });

  it('taken off the schedule it is stopped where it was ordered', async () => {
    const { entryId } = await play();
    const [ordered] = (await orderedAt(k1))[0]?.plays ?? [];
    await cancel(station, entryId);
    expect(await heard(k1, 'stop')).toMatchObject({ body: { kind: 'stop', play: ordered?.play } });
  });

  it('case 18: content that is withdrawn is stopped where it was ordered', async () => {
    await play();
    const [ordered] = (await orderedAt(k2))[0]?.plays ?? [];
    await withdraw(station, bulletin.id);
    expect(await heard(k2, 'stop')).toMatchObject({ body: { kind: 'stop', play: ordered?.play } });
  });
});
