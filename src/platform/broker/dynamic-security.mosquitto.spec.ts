import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { MqttClient } from 'mqtt';
import { silentLog } from '../logging/log.js';
import {
  connectPacket,
  login,
  next,
  Opened,
  packet,
  rawLine,
  type Someone,
  someone,
  text,
  type Way,
} from './broker.spec-support.js';
import { MqttBus } from './bus.js';
import { ADMIN, dynamicSecurityInstalled, installation, programOf } from './mosquitto.spec-support.js';

const opened = new Opened();
afterEach(() => opened.close());

const may = (client: MqttClient, filter: string) =>
  client.subscribeAsync(filter, { qos: 1 }).then(
    () => true,
    () => false,
  );
const entry = async (way: Way, who: Someone, options = {}) =>
  login(opened, way, who, options).then(
    (client) => client,
    (error: Error) => error.message,
  );
const accountOf = ({ username, password, publish, subscribe }: Someone) => ({
  username,
  password,
  publish,
  subscribe,
});

/** The service listening to everything, and what has come by when a last word has. */
async function listening(serviceUrl: string) {
  const bus = opened.add(new MqttBus({ url: serviceUrl, log: silentLog, reconnectMs: 50 }), (it) => it.stop());
  const heard: string[] = [];
  let wake: () => void = () => undefined;
  await bus.subscribe('#', { qos: 1 }, (topic, payload) => {
    heard.push(`${topic}=${Buffer.from(payload)}`);
    wake();
  });
  await bus.start();
  await bus.whenConnected();
  const until = async (last: string) => {
    while (!heard.includes(last))
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return heard;
  };
  return { bus, until };
}

(dynamicSecurityInstalled ? describe : describe.skip)('rights on a real Mosquitto', () => {
  it('case 16: a device speaks and hears on its own topics only, whatever it tries', async () => {
    const { accounts, devices, serviceUrl } = await installation(opened);
    const a = someone('a', { publish: ['up/a/state'], subscribe: ['down/a/#', 'assets/+/#', 'keys'] });
    const b = someone('b', { publish: ['up/b/state'], subscribe: ['down/b/#', 'assets/+/#', 'keys'] });
    await accounts.put([a, b].map(accountOf));
    const { bus, until } = await listening(serviceUrl);
    const [clientA, clientB] = [await login(opened, devices, a), await login(opened, devices, b)];

    for (const filter of ['down/a/#', 'down/a/plan', 'keys', 'assets/+/#', 'assets/x/chunks/1'])
      expect([filter, await may(clientA, filter)]).toEqual([filter, true]);
    for (const filter of [
      '#',
      '+/#',
      '+/+/+',
      'down/#',
      'down/+/#',
      'down/+/plan',
      'down/b/#',
      'down/b/plan',
      'assets/#',
      'up/a/state',
      'up/#',
      '$SYS/#',
      '$CONTROL/#',
      '$CONTROL/dynamic-security/v1/response',
      '$share/g/#',
      '$share/g/down/b/#',
    ])
      expect([filter, await may(clientA, filter)]).toEqual([filter, false]);

    const heardByA: string[] = [];
    clientA.on('message', (topic) => heardByA.push(topic));
    for (const topic of ['up/b/state', 'down/b/plan', 'down/a/plan', 'keys', 'up/a/other', 'up/a', 'up/a/state/x'])
      clientA.publish(topic, 'forged', { qos: 1, retain: true });
    clientA.publish('$CONTROL/dynamic-security/v1', '{"commands":[{"command":"deleteClient","username":"b"}]}', {
      qos: 1,
    });
    await clientA.publishAsync('up/a/state', 'true', { qos: 1 });
    expect(await until('up/a/state=true')).toEqual(['up/a/state=true']);
    await bus.publish('down/b/plan', 'for b', { qos: 1 });
    await bus.publish('down/a/plan', 'for a', { qos: 1 });
    while (heardByA.length === 0) await next(clientA, 'message');
    expect(heardByA).toEqual(['down/a/plan']);
    expect(clientB.connected).toBe(true);
  });

  it("is refused with a wrong password, an unknown name, no name, another's client id, a foreign last will", async () => {
    const { accounts, devices, serviceUrl } = await installation(opened);
    const [a, b] = [someone('a'), someone('b')];
    await accounts.put([a, b].map(accountOf));
    expect(await entry(devices, { ...a, password: 'wrong' })).toMatch(/Not authorized/);
    expect(await entry(devices, someone('nobody'))).toMatch(/Not authorized/);
    expect(await entry(devices, someone(''), { clientId: 'x' })).toMatch(/Not authorized/);
    const clientB = await login(opened, devices, b);
    expect(await entry(devices, a, { clientId: 'b' })).toMatch(/Not authorized/);
    expect(clientB.connected).toBe(true);

    const { until } = await listening(serviceUrl);
    const willing = await entry(devices, a, { will: { topic: 'b/gone', payload: Buffer.from('forged'), qos: 1 } });
    if (typeof willing !== 'string') willing.stream.destroy();
    await clientB.publishAsync('b/after', 'x', { qos: 1 });
    // Whether at the login or when it would be spoken: nobody hears it.
    expect(await until('b/after=x')).toEqual(['b/after=x']);
  });

  it('a packet over the limit ends the connection, and a flood on topics of others reaches nobody', async () => {
    const { accounts, devices, serviceUrl } = await installation(opened);
    const a = someone('a');
    await accounts.put([accountOf(a)]);
    const { until } = await listening(serviceUrl);
    const line = await rawLine(opened, devices);
    const admitted = once(line, 'data');
    line.write(connectPacket(a));
    await admitted;
    const closed = once(line.resume(), 'close');
    line.write(packet(0x30, Buffer.concat([text('a/x'), Buffer.alloc(310_000)])));
    await closed;
    const client = await login(opened, devices, a);
    for (let i = 0; i < 5_000; i++) client.publish(`b/${i}`, 'x');
    await client.publishAsync('a/after', 'x', { qos: 1 });
    expect(await until('a/after=x')).toEqual(['a/after=x']);
  });

  it('a removed account: its session ends at once, and it does not come back', async () => {
    const { accounts, devices } = await installation(opened);
    const a = someone('a');
    await accounts.put([accountOf(a)]);
    const client = await login(opened, devices, a);
    const closed = next(client, 'close');
    await accounts.remove(['a', 'never-there']);
    await closed;
    expect(await entry(devices, a)).toMatch(/Not authorized/);
  });

  it('a new password ends the session of the old one', async () => {
    const { accounts, devices } = await installation(opened);
    const [before, after] = [someone('a'), someone('a')];
    await accounts.put([accountOf(before)]);
    const closed = next(await login(opened, devices, before), 'close');
    await accounts.put([accountOf(after)]);
    await closed;
    expect(await entry(devices, before)).toMatch(/Not authorized/);
    await login(opened, devices, after);
  });

  it('200 devices: made in messages of bounded size, compared, and removed', async () => {
    const { accounts, devices } = await installation(opened);
    const people = Array.from({ length: 200 }, (_, i) => someone(`device-${i}`));
    await accounts.put(people.map(accountOf));
    const half = people.slice(0, 100);
    const first = await login(opened, devices, people[0] as Someone);
    const last = await login(opened, devices, people[199] as Someone);
    const closed = next(last, 'close');
    const [kept, wider] = [half.slice(1), { ...(half[0] as Someone), subscribe: ['device-0/#', 'more'] }];
    expect(await may(first, 'more')).toBe(false);
    const found = await accounts.reconcile(async () => [...kept, wider, someone('never-made')].map(accountOf));
    expect([...found.removed].sort()).toEqual(
      people
        .slice(100)
        .map(({ username }) => username)
        .sort(),
    );
    expect(found.missing).toEqual(['never-made']);
    expect(found.changed).toEqual(['device-0']);
    await closed;
    expect(await may(await login(opened, devices, people[0] as Someone), 'more')).toBe(true);
    const again = await accounts.reconcile(async () => [...kept, wider].map(accountOf));
    expect(again).toEqual({ removed: [], missing: [], changed: [] });
  });

  it('accounts that are not ours stay', async () => {
    const { accounts, serviceUrl } = await installation(opened);
    await accounts.reconcile(async () => []);
    await listening(serviceUrl);
    const { port } = new URL(serviceUrl);
    const list = ['-h', '127.0.0.1', '-p', port, '-u', ADMIN.username, '-P', ADMIN.password, 'dynsec', 'listClients'];
    const names = execFileSync(programOf('mosquitto_ctrl') ?? '', list, { encoding: 'utf8' });
    expect(names.split('\n').filter(Boolean).sort()).toEqual(['vang', 'vang-admin']);
  });

  it('says when the broker is away, and goes on when it is back', async () => {
    const { accounts, devices, stopBroker, startBroker } = await installation(opened);
    await stopBroker();
    await expect(accounts.put([accountOf(someone('a'))])).rejects.toMatchObject({ name: 'BrokerUnreachableError' });
    const back = new Promise<void>((resolve) => accounts.onConnect(resolve));
    await startBroker();
    await back;
    const a = someone('a');
    await accounts.put([accountOf(a)]);
    await login(opened, devices, a);
  });
});
