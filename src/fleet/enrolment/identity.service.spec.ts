import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Identity, identity, topics } from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { openSigned, type PoleDevice } from '../../../test/support/pole-device.js';
import { everyTable, MONDAY_NINE, Station } from '../../../test/support/station.js';
import { OutboxRelay } from '../../platform/outbox/index.js';
import { ControllerService } from '../controllers/controller.service.js';
import { IdentityService } from './identity.service.js';

describeOnBothDatabases('identities of devices', everyTable, (open) => {
  let station: Station;
  let relay: OutboxRelay;
  beforeAll(async () => {
    station = await Station.open(await open(), { withBroker: true });
    await station.settle();
    relay = new OutboxRelay({ ...station.platform, pollMs: null });
    station.get(IdentityService).register(relay);
    await station.start(IdentityService);
    await relay.start();
  });
  afterAll(async () => {
    await relay.stop();
    await station.close();
  });

  const heard = (device: PoleDevice): Identity[] =>
    device
      .on('identity')
      .filter((payload) => payload.length > 0)
      .map((payload) => identity.parse(openSigned(payload.toString(), 'vang-identity', station.platform.keys)));
  const connected = async (code: string) => {
    const device = await station.enrol(code, { offline: true });
    await device.connect(station.mqtt, [topics.down(device.id, 'identity')]);
    return device;
  };
  const settled = async () => {
    relay.wake();
    await relay.idle();
  };

  it('a cluster that an import moves to another commune: its device learns so, and may hear that commune from then on', async () => {
    await station.importClusters('k3,ak,Cụm loa chợ,,,2,ak1\n');
    const device = await connected('k3');
    await settled();
    expect(heard(device)).toEqual([]);
    station.clock.advance(60_000);
    await station.importClusters('k3,ap,Cụm loa chợ,,,2,ap1\n');
    await settled();
    const moved = await device.until(() => heard(device)[0]);
    const [ap, bp] = [await station.area('ap'), await station.area('bp')];
    expect(moved).toMatchObject({
      device: device.id,
      publicKey: device.key.publicKey,
      path: [ap.id, bp.id],
      area: { id: ap.id, name: 'An Phú' },
      issuedAt: MONDAY_NINE + 60_000,
    });
    await expect(device.client.subscribeAsync(topics.area(ap.id, 'commands'), { qos: 1 })).resolves.toHaveLength(1);
    // The same file again changes nothing, and says nothing.
    await station.importClusters('k3,ap,Cụm loa chợ,,,2,ap1\n');
    await settled();
    expect(heard(device)).toHaveLength(1);
    station.clock.set(MONDAY_NINE);
  });

  it('it is retained: who was away finds it, and a broker that lost it has it again', async () => {
    const device = await connected('k9');
    await station.importClusters('k9,ap,Cụm loa mới của An Phú,,,2,ap1\n');
    await settled();
    await device.until(() => heard(device)[0]);
    const topic = topics.down(device.id, 'identity');
    await station.platform.bus.publish(topic, '', { qos: 1, retain: true });
    await device.disconnect();
    await device.connect(station.mqtt, [topic]);
    await station.get(IdentityService).stop();
    await station.get(IdentityService).start();
    await device.until(() => heard(device)[1]);
    expect(heard(device)[1]).toEqual(heard(device)[0]);
    expect(heard(device)[0]?.cluster.name).toBe('Cụm loa mới của An Phú');
  });

  it('a cluster that stays where it is disturbs nobody', async () => {
    const [still, other] = [await connected('k1'), await connected('k2')];
    await station.importClusters('k2,ak,Tên mới,11.6,106.6,4,ak2\n');
    await settled();
    await other.until(() => heard(other)[0]);
    expect(heard(still)).toEqual([]);
  });

  it('of a revoked device nothing stays retained', async () => {
    const device = await connected('k2');
    await station.importClusters('k2,ak,Tên mới nữa,11.6,106.6,4,ak2\n');
    await settled();
    await device.until(() => heard(device)[0]);
    await station.get(ControllerService).revoke(station.root, device.id, 'hỏng');
    await settled();
    const found: string[] = [];
    const unsubscribe = await station.platform.bus.subscribe(
      topics.down(device.id, 'identity'),
      { qos: 1 },
      (topic) => {
        found.push(topic);
      },
    );
    // Whatever is retained comes before an answer to what is said after it.
    const answered = new Promise<void>((resolve) => {
      void station.platform.bus.subscribe('vang/v1/spec', { qos: 1 }, () => resolve());
    });
    await station.platform.bus.publish('vang/v1/spec', 'x', { qos: 1 });
    await answered;
    await unsubscribe();
    expect(found).toEqual([]);
  });
});
