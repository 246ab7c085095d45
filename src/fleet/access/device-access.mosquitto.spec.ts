import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectAsync } from 'mqtt';
import { testKey } from '../../../devices/player/testing/keys.js';
import { topics } from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { enrolmentOf, everyTable, Station } from '../../../test/support/station.js';
import { next, Opened } from '../../platform/broker/broker.spec-support.js';
import {
  dynamicSecurityInstalled,
  type Installation,
  installation,
} from '../../platform/broker/mosquitto.spec-support.js';
import { AlarmService } from '../alarms/alarm.service.js';
import { EnrolmentService } from '../enrolment/enrolment.service.js';
import { DeviceAccess } from './device-access.js';

const suite = (name: string, body: Parameters<typeof describeOnBothDatabases>[2]) =>
  dynamicSecurityInstalled ? describeOnBothDatabases(name, everyTable, body) : describe.skip(name, () => undefined);

suite('enrolment with accounts on a real Mosquitto', (open) => {
  const opened = new Opened();
  let broker: Installation;
  let station: Station;

  beforeAll(async () => {
    broker = await installation(opened);
    const { accounts } = broker;
    station = await Station.open(await open(), { externalAccess: { accounts, httpSecret: null } });
    await station.settle();
    await station.get(DeviceAccess).start();
  });
  afterAll(async () => {
    station.get(DeviceAccess).stop();
    await station.close();
    await opened.close();
  });

  const enrol = async (code: string, name: string) =>
    station.get(EnrolmentService).enrol(enrolmentOf(code, testKey(name)));
  const enter = async ({ device, token }: { device: string; token: string }) => {
    const { url, ca = '' } = broker.devices;
    const client = await connectAsync(
      url,
      { ca, protocolVersion: 4, clientId: device, username: device, password: token, reconnectPeriod: 0 },
      false,
    );
    client.on('error', () => undefined);
    return opened.add(client, () => client.endAsync(true));
  };
  const missing = async () =>
    (await station.get(AlarmService).list(station.root, 'en')).filter(({ code }) => code === 'broker.accountMissing');

  it('a device is let in with its token, on its own topics and those of its areas (case 16)', async () => {
    const [a, b] = [await enrol(await station.claimCode('k1'), 'a'), await enrol(await station.claimCode('k2'), 'b')];
    const client = await enter(a);
    await client.subscribeAsync([topics.keys, topics.down(a.device, 'plan')], { qos: 1 });
    await expect(client.subscribeAsync(topics.down(b.device, 'plan'), { qos: 1 })).rejects.toThrow();
    const rights = await station.get(DeviceAccess).rightsOfDevice(a.device);
    for (const filter of rights?.subscribe ?? []) await client.subscribeAsync(filter, { qos: 1 });
    await expect(enter({ device: a.device, token: b.token })).rejects.toThrow('Not authorized');
  });

  it('the same key with the same code gets a new token, and the old one ends', async () => {
    const code = await station.claimCode('k1');
    const first = await enrol(code, 'again');
    const closed = next(await enter(first), 'close');
    const second = await enrol(code, 'again');
    await closed;
    await expect(enter(first)).rejects.toThrow('Not authorized');
    await enter(second);
  });

  it('case 25: a replaced controller is cut off at once and stays out', async () => {
    const old = await enrol(await station.claimCode('k2'), 'old');
    const closed = next(await enter(old), 'close');
    await enrol(await station.claimCode('k2'), 'new');
    await closed;
    await expect(enter(old)).rejects.toThrow('Not authorized');
  });

  it('while the broker is away enrolment is 503; what was missed is made up for when it is back', async () => {
    const before = await enrol(await station.claimCode('k9'), 'before');
    const code = await station.claimCode('k9');
    await broker.stopBroker();
    await expect(enrol(code, 'after')).rejects.toMatchObject({ code: 'broker.unreachable', status: 503 });
    const compared = new Promise<void>((resolve) => broker.accounts.onConnect(resolve));
    await broker.startBroker();
    await compared;
    // The box that was revoked meanwhile is out; the one that came has no account, since nobody here knows its token.
    await expect(enter(before)).rejects.toThrow('Not authorized');
    const [alarm, ...others] = await missing();
    expect(others).toEqual([]);
    expect(alarm).toMatchObject({ title: expect.stringContaining('Enrol the device again') });
    const after = await enrol(code, 'after');
    expect(alarm?.controllerId).toBe(after.device);
    await enter(after);
  });
});
