import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { command as commandSchema, topics } from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { FleetHouse, PHOTO } from '../../../test/support/fleet-house.js';
import { openSigned, type PoleDevice } from '../../../test/support/pole-device.js';
import { everyTable, MONDAY_NINE } from '../../../test/support/station.js';
import { OutboxRelay } from '../../platform/outbox/index.js';
import { CommandSender } from './command-sender.js';
import { CommandStatusIntake } from './status-intake.js';

describeOnBothDatabases('the tone that a handover names', everyTable, (open) => {
  let house: FleetHouse;
  let relay: OutboxRelay;
  let intake: CommandStatusIntake;
  let boxes = 0;
  beforeAll(async () => {
    house = await FleetHouse.open(await open(), { withBroker: true });
    relay = new OutboxRelay({ ...house.station.platform, pollMs: null });
    (await house.station.start(CommandSender)).register(relay);
    intake = await house.station.start(CommandStatusIntake);
    await relay.start();
  });
  afterAll(async () => {
    await relay.stop();
    await house.close();
  });

  const site = async (cluster: string) => ({
    place: { clusterId: (await house.station.cluster(cluster)).id },
    position: { latitude: 11.5, longitude: 106.5, accuracyM: 9 },
  });
  /** A box out of the stock, scanned by the technician at a cluster; it enrols and listens. */
  async function onTrial(cluster: string): Promise<{ code: string; device: PoleDevice }> {
    const { station } = house;
    const [serial, code] = [`SN-${++boxes}`, `printed-code-${String(boxes).padStart(6, '0')}`];
    const batch = { areaId: (await station.area('ak')).id, maker: 'M', name: 'L' };
    const csv = `serial,model,claimCode\n${serial},TTS,${code}\n`;
    await house.as('tho', 'POST', '/api/stock/batches', { ...batch, csv });
    const begun = await house.as('tho', 'POST', '/api/handovers/trials', { claim: code, ...(await site(cluster)) });
    expect(begun.body).toMatchObject({ state: 'trial' });
    const device = await station.enrolBox(code, serial, (id) => [topics.down(id, 'commands')]);
    return { code, device };
  }
  const order = async (cluster: string, body: object = { kind: 'testTone', volume: 10, durationMs: 500 }) => {
    const target = { clusterIds: [(await house.station.cluster(cluster)).id] };
    return (await house.as('tho', 'POST', '/api/commands', { target, body, requestKey: randomUUID() })).body
      .id as string;
  };
  /** The device gets the command, and says what became of it; the service has that. */
  async function obeyed(device: PoleDevice, id: string, state: 'received' | 'done'): Promise<void> {
    const { keys } = house.station.platform;
    await device.until(() =>
      device.heard
        .filter(({ topic }) => topic.endsWith('/commands'))
        .find(({ payload }) => commandSchema.parse(openSigned(payload.toString(), 'vang-command', keys)).id === id),
    );
    await device.send('commands', { v: 1, device: device.id, command: id, state, atMs: MONDAY_NINE });
    const seen = async () =>
      (await house.as('tho', 'GET', `/api/commands/${id}`)).body.counts as Record<string, number>;
    while ((await seen())[state] !== 1) await intake.flush();
  }
  async function sign(code: string, cluster: string, testToneCommand: string | null, testTone = 'heard') {
    const key = randomUUID();
    await house.as('tho', 'PUT', `/api/handovers/${key}/files/photo-1`, PHOTO, { 'content-type': 'image/png' });
    const signed = { signedName: 'Nguyễn Văn Thợ', signedAtMs: MONDAY_NINE };
    const form = { claim: code, ...(await site(cluster)), testTone, testToneCommand, ...signed };
    return (await house.as('tho', 'PUT', `/api/handovers/${key}`, form)).body;
  }

  it('scanned, placed, tested, signed, in that order: the box plays the tone before anybody signs', async () => {
    const { code, device } = await onTrial('k1');
    const id = await order('k1');
    await obeyed(device, id, 'received');
    expect((await sign(code, 'k1', id)).code).toBe('handover.toneNotPlayed');
    await obeyed(device, id, 'done');
    expect(await sign(code, 'k1', id)).toMatchObject({ testTone: 'heard', testToneCommand: id });
    const controller = (await house.as('tho', 'GET', `/api/controllers/${device.id}`)).body;
    expect(controller).toMatchObject({ provisional: false });
  });

  it('the tone of another box, another command of this box, and one that nobody gave prove nothing', async () => {
    const [here, there] = [await onTrial('k1'), await onTrial('k2')];
    const elsewhere = await order('k2');
    await obeyed(there.device, elsewhere, 'done');
    const louder = await order('k1', { kind: 'volume', percent: 60 });
    await obeyed(here.device, louder, 'done');
    for (const command of [elsewhere, louder, 'command-1'])
      expect((await sign(here.code, 'k1', command)).code).toBe('handover.toneNotPlayed');
    // What nobody can check is said as what it is.
    expect(await sign(here.code, 'k1', louder, 'heardUnproven')).toMatchObject({
      testTone: 'heardUnproven',
      testToneCommand: null,
    });
  });
});
