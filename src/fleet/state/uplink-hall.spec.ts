import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { UPLINKS } from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { everyTable, Station } from '../../../test/support/station.js';
import { alarmsOf } from '../../../test/support/told.js';
import { Metrics } from '../../platform/http/index.js';
import { problemRegistry } from '../../platform/i18n/index.js';
import { UplinkHall } from './uplink-hall.js';

/** Receipts have their own intake, where what cannot be believed is kept (quarantine). */
const DOORS = UPLINKS.filter((uplink) => uplink !== 'receipts');

function signal() {
  let give: (message: object) => void = () => {};
  const given = new Promise<object>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

describeOnBothDatabases('the doors by which devices speak to the service', everyTable, (open) => {
  let station: Station;
  beforeAll(async () => {
    station = await Station.open(await open(), { withBroker: true });
    await station.settle();
  });
  afterAll(() => station.close());

  it.each(DOORS)('%s: what cannot be read is an alarm about its sender, and one that has words', async (uplink) => {
    const [hall, device] = [station.get(UplinkHall), await station.enrol('k1')];
    const taken = signal();
    const end = await hall.listen(uplink, z.object({ device: z.string() }), { qos: 1 }, taken.give);
    for (const message of ['', '{', '[]', { device: 'another' }]) await device.send(uplink, message);
    await device.send(uplink, { device: device.id });
    expect(await taken.given).toEqual({ device: device.id });
    await end();
    await hall.flush();
    const code = `device.${uplink}Malformed`;
    expect(await alarmsOf(station, device)).toEqual({ [code]: 3, 'device.foreignName': 1 });
    expect(problemRegistry.has(code)).toBe(true);
    expect(await station.get(Metrics).text()).toContain(
      `vang_device_messages_refused_total{uplink="${uplink}",reason="shape"} 3`,
    );
  });
});
