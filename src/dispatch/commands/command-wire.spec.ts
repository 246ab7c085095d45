import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { activeList, command as commandSchema, topics } from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { openSigned, type PoleDevice } from '../../../test/support/pole-device.js';
import { everyTable, MONDAY_NINE, Station } from '../../../test/support/station.js';
import { AlarmService } from '../../fleet/index.js';
import { OutboxRelay } from '../../platform/outbox/index.js';
import { ActiveLists } from './active-lists.js';
import { newCommand } from './command.api.js';
import { CommandDevice, CommandRow } from './command.entity.js';
import { CommandService } from './command.service.js';
import { CommandViews } from './command.views.js';
import { CommandIssuer } from './command-issuer.js';
import { CommandSender } from './command-sender.js';
import { CommandStatusIntake } from './status-intake.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

describeOnBothDatabases('commands on the broker', everyTable, (open) => {
  let station: Station;
  let relay: OutboxRelay;
  let intake: CommandStatusIntake;
  beforeEach(async () => {
    station = await Station.open(await open(), { withBroker: true, brokerPort: await freePort() });
    await station.settle();
    relay = new OutboxRelay({ ...station.platform, pollMs: null });
    for (const room of [CommandSender, ActiveLists] as const) {
      const started = await station.start(room as typeof CommandSender);
      started.register(relay);
    }
    intake = await station.start(CommandStatusIntake);
    await relay.start();
  });
  afterEach(async () => {
    await relay.stop();
    await station.close();
  });

  /** Hears what a device at this cluster may hear. */
  async function pole(cluster: string): Promise<PoleDevice> {
    const device = await station.enrol(cluster, { offline: true });
    await connect(device, cluster);
    return device;
  }
  async function connect(device: PoleDevice, cluster: string): Promise<void> {
    const path = (await station.cluster(cluster)).areaPath.split('/').filter(Boolean);
    await device.connect(station.mqtt, [
      topics.down(device.id, 'commands'),
      ...path.flatMap((area) => [topics.area(area, 'commands'), topics.area(area, 'active')]),
    ]);
  }
  const order = async (body: object, target: object) =>
    station.get(CommandService).order(station.root, newCommand.parse({ target, body, requestKey: randomUUID() }));
  const toArea = async (body: object, area = 'ak') => order(body, { areaId: (await station.area(area)).id });
  const commandsAt = (device: PoleDevice, topic: string) =>
    device.heard
      .filter((heard) => heard.topic === topic)
      .map(({ payload }) => commandSchema.parse(openSigned(payload.toString(), 'vang-command', station.platform.keys)));
  const statesOf = async (id: string) => {
    const { items } = await station.get(CommandViews).one(station.root, id, { limit: 100 });
    return { counts: items.counts, states: new Map(items.devices.map((each) => [each.controllerId, each])) };
  };
  const answer = async (device: PoleDevice, command: string, state: string, more: object = {}) =>
    device.send('commands', { v: 1, device: device.id, command, state, atMs: MONDAY_NINE, ...more });
  /** The answers that were sent before are written: another one of the same device that comes behind them is. */
  async function written(device: PoleDevice): Promise<void> {
    const mark = await order(
      { kind: 'testTone', volume: 10, durationMs: 200 },
      { clusterIds: [await clusterOf(device)] },
    );
    await relay.idle();
    await answer(device, mark.id, 'done');
    await until(async () => {
      await intake.flush();
      return (await statesOf(mark.id)).counts.done === 1;
    });
  }
  const clusterOf = async (device: PoleDevice): Promise<string> =>
    (
      (await station.database.read((reader) =>
        reader.query(`SELECT cluster_id FROM controller WHERE id = '${device.id}'`),
      )) as { cluster_id: string }[]
    )[0]?.cluster_id ?? '';
  async function until(look: () => Promise<boolean>): Promise<void> {
    while (!(await look())) await new Promise(setImmediate);
  }

  it('to an area it is one message, signed once, for all below and nobody else', async () => {
    const [k1, k2, k9] = [await pole('k1'), await pole('k2'), await pole('k9')];
    const given = await toArea({ kind: 'volume', percent: 40 });
    const topic = topics.area((await station.area('ak')).id, 'commands');
    const [at1, at2] = await Promise.all([k1, k2].map((device) => device.until(() => commandsAt(device, topic)[0])));
    expect(at1).toEqual({
      v: 1,
      id: given.id,
      to: { area: (await station.area('ak')).id },
      issuedAt: MONDAY_NINE,
      expiresAt: MONDAY_NINE + 600_000,
      body: { kind: 'volume', percent: 40 },
    });
    expect(at2).toEqual(at1);
    await relay.idle();
    expect(k1.heard.filter((heard) => heard.topic === topic)).toHaveLength(1);
    expect(k9.heard.filter((heard) => heard.topic.endsWith('/commands'))).toEqual([]);
    expect((await statesOf(given.id)).counts).toMatchObject({ sent: 2 });
  });

  it('to clusters it is one for each device, in its own name', async () => {
    const [k1, k2] = [await pole('k1'), await pole('k2')];
    const given = await order({ kind: 'stop' }, { clusterIds: [(await station.cluster('k2')).id] });
    const topic = topics.down(k2.id, 'commands');
    expect(await k2.until(() => commandsAt(k2, topic)[0])).toMatchObject({ id: given.id, to: { device: k2.id } });
    await relay.idle();
    expect([...(await statesOf(given.id)).states.keys()]).toEqual([k2.id]);
    expect(k1.heard.filter((heard) => heard.topic.endsWith('/commands'))).toEqual([]);
  });

  describe('answers', () => {
    it('each device has its own state; one that says nothing is expired by the clock, not done', async () => {
      const [k1, k2] = [await pole('k1'), await pole('k2')];
      const given = await toArea({ kind: 'stop' });
      await relay.idle();
      await answer(k1, given.id, 'received');
      await answer(k1, given.id, 'done');
      await written(k1);
      expect((await statesOf(given.id)).counts).toMatchObject({ sent: 1, done: 1 });
      station.clock.advance(60_001);
      const { counts, states } = await statesOf(given.id);
      expect(counts).toMatchObject({ sent: 0, done: 1, expired: 1 });
      expect(states.get(k1.id)).toMatchObject({ state: 'done', atMs: MONDAY_NINE, heardAtMs: MONDAY_NINE });
      expect(states.get(k2.id)).toMatchObject({ state: 'expired', heardAtMs: null });
    });

    it('a last word stands: what comes after it, or again, changes nothing', async () => {
      const k1 = await pole('k1');
      const given = await toArea({ kind: 'stop' });
      await answer(k1, given.id, 'refused', { reason: 'notSounding' });
      await written(k1);
      for (const state of ['done', 'received', 'expired']) await answer(k1, given.id, state);
      await written(k1);
      expect((await statesOf(given.id)).states.get(k1.id)).toMatchObject({ state: 'refused', reason: 'notSounding' });
    });

    it('of a command that was for others raises an alarm and counts nowhere', async () => {
      const [k1, k9] = [await pole('k1'), await pole('k9')];
      const given = await toArea({ kind: 'stop' });
      await relay.idle();
      await answer(k9, given.id, 'done');
      await answer(k9, 'no-such-command', 'done');
      await written(k9);
      expect([...(await statesOf(given.id)).states.keys()]).toEqual([k1.id]);
      const alarms = await station.get(AlarmService).list(station.root, 'vi');
      expect(alarms).toContainEqual(
        expect.objectContaining({ code: 'device.commandForeign', controllerId: k9.id, count: 2 }),
      );
    });

    it('in the name of another device, too long, or no answer at all is not listened to', async () => {
      const [k1, k2] = [await pole('k1'), await pole('k2')];
      const given = await toArea({ kind: 'stop' });
      await relay.idle();
      const done = { v: 1, command: given.id, state: 'done', atMs: MONDAY_NINE };
      await k1.send('commands', { ...done, device: k2.id });
      await k1.send('commands', { ...done, device: k1.id, state: 'obeyed' });
      await k1.send('commands', { ...done, device: k1.id, detail: 'a'.repeat(600) });
      await k1.send('commands', '{"v":1');
      await k1.send('commands', 'null');
      await written(k1);
      expect((await statesOf(given.id)).counts).toMatchObject({ sent: 2, done: 0 });
    });

    it('a flood is not listened to for the rest of the minute', async () => {
      const k1 = await pole('k1');
      const given = await toArea({ kind: 'stop' });
      await relay.idle();
      for (let i = 0; i < 120; i++) await answer(k1, `invented-${i}`, 'done');
      await answer(k1, given.id, 'done');
      const k2 = await pole('k2');
      await written(k2);
      expect((await statesOf(given.id)).states.get(k1.id)).toMatchObject({ state: 'sent' });
      station.clock.advance(60_000);
      await answer(k1, given.id, 'done');
      await written(k1);
      expect((await statesOf(given.id)).states.get(k1.id)).toMatchObject({ state: 'done' });
    });
  });

  describe('a broker that is away', () => {
    it('what waited goes out when it is back, in order, and what expired meanwhile never does', async () => {
      const k1 = await pole('k1');
      const { broker, bus } = station.platform;
      const topic = topics.area((await station.area('ak')).id, 'commands');
      await broker?.stop();
      await until(async () => !bus.connected);
      const stale = await toArea({ kind: 'stop' });
      const fresh = await toArea({ kind: 'volume', percent: 30 });
      await relay.idle();
      expect((await statesOf(fresh.id)).counts).toMatchObject({ waiting: 1, sent: 0 });
      station.clock.advance(60_001);
      const other = await toArea({ kind: 'volume', percent: 31 });
      // The device is back before the service: a clean session misses what went out before.
      bus.onConnect(() => undefined);
      await bus.stop();
      await broker?.start();
      await k1.disconnect();
      await connect(k1, 'k1');
      await bus.start();
      await k1.until(() => commandsAt(k1, topic).length === 2);
      expect(commandsAt(k1, topic).map(({ id }) => id)).toEqual([fresh.id, other.id]);
      await station.get(CommandSender).idle();
      const published = await station.database.read((reader) => reader.find(CommandRow, { order: { id: 'ASC' } }));
      expect(published.map(({ id, publishedAtMs }) => [id, publishedAtMs !== null])).toEqual([
        [stale.id, false],
        [fresh.id, true],
        [other.id, true],
      ]);
      expect((await statesOf(stale.id)).counts).toMatchObject({ expired: 1, sent: 0 });
    });
  });

  describe('the list of what is in force', () => {
    const listsAt = (device: PoleDevice, areaId: string) =>
      device.heard
        .filter(({ topic }) => topic === topics.area(areaId, 'active'))
        .map(({ payload }) => activeList.parse(openSigned(payload.toString(), 'vang-active', station.platform.keys)));
    const silence = async (untilMs: number, area = 'ak') => {
      const { id: areaId, path: areaPath } = await station.area(area);
      return station.database.write((tx) =>
        station.get(CommandIssuer).issue(tx, {
          requestKey: randomUUID(),
          body: { kind: 'silence', untilMs, emergencies: true },
          ...{ areaId, areaPath, clusterIds: null, by: null, reason: '', activeUntilMs: untilMs },
        }),
      );
    };

    it('who connects inside a silence finds it, as it was signed; who connects after it finds an empty list', async () => {
      const { id: areaId } = await station.area('ak');
      const row = await silence(MONDAY_NINE + HOUR_MS);
      await relay.idle();
      const k1 = await pole('k1');
      const [list] = await k1.until(() => listsAt(k1, areaId).length > 0 && listsAt(k1, areaId));
      expect(list).toEqual({ v: 1, area: areaId, version: MONDAY_NINE, commands: [row.signed] });

      station.clock.advance(HOUR_MS);
      await station.get(ActiveLists).refreshDue();
      const k2 = await pole('k2');
      const [empty] = await k2.until(() => listsAt(k2, areaId).length > 0 && listsAt(k2, areaId));
      expect(empty).toMatchObject({ version: MONDAY_NINE + HOUR_MS, commands: [] });
    });

    it('is there again after the broker lost everything, and its version only grows', async () => {
      const { id: areaId } = await station.area('ak');
      await silence(MONDAY_NINE + HOUR_MS);
      await relay.idle();
      const { broker, bus } = station.platform;
      await broker?.stop();
      await until(async () => !bus.connected);
      await broker?.start();
      await bus.whenConnected();
      const k1 = await pole('k1');
      const [again] = await k1.until(() => listsAt(k1, areaId).length > 0 && listsAt(k1, areaId));
      expect(again?.version).toBe(MONDAY_NINE);
      await silence(MONDAY_NINE + 2 * HOUR_MS);
      await relay.idle();
      const grown = await k1.until(() => listsAt(k1, areaId)[1]);
      expect(grown).toMatchObject({ version: MONDAY_NINE + 1 });
      expect(grown.commands).toHaveLength(2);
    });

    it('a silence of three days is said anew before its command expires', async () => {
      const { id: areaId } = await station.area('ak');
      const first = await silence(MONDAY_NINE + 3 * DAY_MS);
      await relay.idle();
      station.clock.advance(DAY_MS - HOUR_MS);
      await station.get(ActiveLists).renew();
      await station.get(ActiveLists).renew();
      await relay.idle();
      const k1 = await pole('k1');
      const [list] = await k1.until(() => listsAt(k1, areaId).length > 0 && listsAt(k1, areaId));
      const [signed = '', ...more] = list?.commands ?? [];
      expect(more).toEqual([]);
      const said = commandSchema.parse(openSigned(signed, 'vang-command', station.platform.keys));
      expect(said.id).not.toBe(first.id);
      expect(said).toMatchObject({ body: first.body, expiresAt: MONDAY_NINE + 2 * DAY_MS - HOUR_MS });
      station.clock.advance(2 * DAY_MS + HOUR_MS);
      await station.get(ActiveLists).renew();
      await station.get(ActiveLists).refreshDue();
      expect((await k1.until(() => listsAt(k1, areaId).find(({ commands }) => commands.length === 0)))?.area).toBe(
        areaId,
      );
    });
  });

  it('rows of devices are written after the message, and once however often the message is delivered', async () => {
    const k1 = await pole('k1');
    const given = await toArea({ kind: 'stop' });
    await k1.until(() => k1.heard.some(({ topic }) => topic.endsWith('/commands')));
    await relay.idle();
    await station.database.write(({ manager }) =>
      manager.update('outbox', { topic: 'dispatch.command' }, { state: 'waiting', dueAtMs: 0 }),
    );
    relay.wake();
    await relay.idle();
    expect(await station.database.read((reader) => reader.countBy(CommandDevice, { commandId: given.id }))).toBe(1);
    expect(k1.heard.filter(({ topic }) => topic.endsWith('/commands'))).toHaveLength(1);
  });
});
