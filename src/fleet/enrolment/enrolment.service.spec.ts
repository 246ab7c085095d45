import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { connectAsync } from 'mqtt';
import { verifyAnswer } from '../../../devices/player/adapters/enrolment.js';
import { crypto, testKey } from '../../../devices/player/testing/keys.js';
import { decodeClaim, fromBase64Url, topics } from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { enrolmentOf, everyTable, MONDAY_NINE, person, Station } from '../../../test/support/station.js';
import type { Database } from '../../platform/database/index.js';
import { OutboxEntity } from '../../platform/outbox/outbox.entity.js';
import { DeviceAccess } from '../access/device-access.js';
import { ClusterService } from '../cluster.service.js';
import { Controller } from '../fleet.entity.js';
import { EnrolmentService } from './enrolment.service.js';

const DAY_MS = 86_400_000;

describeOnBothDatabases('enrolment', everyTable, (open) => {
  let database: Database;
  let station: Station;
  beforeAll(async () => {
    database = await open();
    station = await Station.open(database, { withBroker: true });
    await station.settle();
  });
  afterAll(() => station.close());

  const enrol = (request: Parameters<EnrolmentService['enrol']>[0]) => station.get(EnrolmentService).enrol(request);
  const controller = (id: string) => database.read((reader) => reader.findOneByOrFail(Controller, { id }));
  const refused = async (request: Parameters<EnrolmentService['enrol']>[0]) =>
    enrol(request).then(
      () => 'accepted',
      (problem: { code: string }) => problem.code,
    );
  const loggedIn = async (username: string, password: string) => {
    try {
      const client = await connectAsync(
        station.mqtt,
        { protocolVersion: 4, clientId: username, username, password, reconnectPeriod: 0 },
        false,
      );
      await client.endAsync(true);
      return true;
    } catch {
      return false;
    }
  };

  it('a claim makes a controller; the device can check the answer down to the root key of the claim', async () => {
    const { claim: text } = await station
      .get(EnrolmentService)
      .createClaim(station.root, (await station.cluster('k1')).id);
    const claim = decodeClaim(text);
    if (!claim) throw new Error('the claim cannot be read');
    const key = testKey('pole 1');
    const answer = await enrol(enrolmentOf(claim.code, key));
    const [area, cluster] = [await station.area('ak'), await station.cluster('k1')];
    expect(verifyAnswer(answer, claim.root, key.publicKey, crypto)).toEqual({
      v: 1,
      device: answer.device,
      publicKey: key.publicKey,
      path: [area.id, (await station.area('bp')).id],
      area: { id: area.id, name: 'An Khương' },
      cluster: { id: cluster.id, name: 'Cụm loa ấp 1' },
    });
    expect(await loggedIn(answer.device, answer.token)).toBe(true);
    expect((await station.get(DeviceAccess).verify(`${answer.device}.${answer.token}`))?.id).toBe(answer.device);
    expect(await controller(answer.device)).toMatchObject({
      clusterId: cluster.id,
      simulated: false,
      revokedAtMs: null,
      online: false,
    });
  });

  it('a wrong code is claim.unknown, and makes nothing', async () => {
    const before = await database.read((reader) => reader.count(Controller));
    expect(await refused(enrolmentOf('x'.repeat(24), testKey('anybody')))).toBe('claim.unknown');
    expect(await database.read((reader) => reader.count(Controller))).toBe(before);
  });

  it('a code that another key has used is claim.used', async () => {
    const code = await station.claimCode('k1');
    await enrol(enrolmentOf(code, testKey('first')));
    expect(await refused(enrolmentOf(code, testKey('second')))).toBe('claim.used');
  });

  it('two keys with one code at the same moment: one controller', async () => {
    const code = await station.claimCode('k1');
    const answers = await Promise.all(['left', 'right'].map((name) => refused(enrolmentOf(code, testKey(name)))));
    expect(answers.sort()).toEqual(['accepted', 'claim.used']);
  });

  it('the same key may come again with the same code: same device, a new token, and the old token ends', async () => {
    const code = await station.claimCode('k1');
    const first = await enrol(enrolmentOf(code, testKey('lost answer')));
    const again = await enrol(enrolmentOf(code, testKey('lost answer')));
    expect(again.device).toBe(first.device);
    expect(again.token).not.toBe(first.token);
    expect([await loggedIn(first.device, first.token), await loggedIn(again.device, again.token)]).toEqual([
      false,
      true,
    ]);
    expect(await station.get(DeviceAccess).verify(`${first.device}.${first.token}`)).toBeNull();
  });

  it('an expired claim is refused, also for the key that used it in time', async () => {
    const [unused, used] = [await station.claimCode('k1'), await station.claimCode('k2')];
    await enrol(enrolmentOf(used, testKey('in time')));
    station.clock.advance(7 * DAY_MS + 1);
    expect(await refused(enrolmentOf(unused, testKey('too late')))).toBe('claim.expired');
    expect(await refused(enrolmentOf(used, testKey('in time')))).toBe('claim.expired');
    station.clock.set(MONDAY_NINE);
  });

  it.each([
    ['of another code', (code: string) => enrolmentOf('another-code-0123456', testKey('prover')).proof ?? code],
    ['of another key', (code: string) => enrolmentOf(code, testKey('thief')).proof],
    ['that is no canonical base64url', () => `${'A'.repeat(85)}B`],
  ])('a proof %s is claim.proofWrong, and the claim stays usable', async (_what, proofOf) => {
    const code = await station.claimCode('k1');
    const key = testKey('prover');
    expect(await refused(enrolmentOf(code, key, { proof: proofOf(code) }))).toBe('claim.proofWrong');
    expect(await refused(enrolmentOf(code, key))).toBe('accepted');
  });

  it('a public key that is no canonical base64url is claim.proofWrong', async () => {
    const code = await station.claimCode('k1');
    expect(await refused(enrolmentOf(code, testKey('odd'), { publicKey: `${'A'.repeat(42)}B` }))).toBe(
      'claim.proofWrong',
    );
  });

  it('case 26: a simulated device is refused in a real database', async () => {
    const code = await station.claimCode('k1');
    expect(await refused(enrolmentOf(code, testKey('simulator'), { simulated: true }))).toBe('claim.simulatedRefused');
    expect(await refused(enrolmentOf(code, testKey('simulator')))).toBe('accepted');
  });

  it('case 25: a replaced controller is cut off at once and stays out; the cluster has the new one', async () => {
    const key = testKey('old box');
    const code = await station.claimCode('k2');
    const old = await enrol(enrolmentOf(code, key));
    const client = await connectAsync(station.mqtt, {
      protocolVersion: 4,
      clientId: old.device,
      username: old.device,
      password: old.token,
      reconnectPeriod: 0,
    });
    client.on('error', () => undefined);
    const cut = new Promise<void>((resolve) => client.once('close', () => resolve()));
    const successor = await station.enrol('k2');
    await cut;
    await client.endAsync(true);
    expect(await loggedIn(old.device, old.token)).toBe(false);
    expect(await station.get(DeviceAccess).verify(`${old.device}.${old.token}`)).toBeNull();
    expect((await controller(old.device)).revokedAtMs).toBe(MONDAY_NINE);
    const seen = (await station.get(ClusterService).list(station.root)).find((cluster) => cluster.code === 'k2');
    expect(seen?.controller?.id).toBe(successor.id);
    const messages = await database.read((reader) => reader.find(OutboxEntity, { order: { id: 'ASC' } }));
    expect(messages.map(({ topic, payload }) => [topic, payload])).toEqual(
      expect.arrayContaining([
        ['fleet.revoked', { controllerId: old.device }],
        ['fleet.enrolled', { controllerId: successor.id }],
      ]),
    );
    // Its claim is still valid by date, and its key is the one that used it.
    expect(await refused(enrolmentOf(code, key))).toBe('claim.used');
    expect(await loggedIn(old.device, old.token)).toBe(false);
  });

  it('two boxes at one cluster at the same moment, each with a claim: one of them holds it', async () => {
    const codes = [await station.claimCode('k9'), await station.claimCode('k9')];
    await Promise.all(codes.map((code, index) => enrol(enrolmentOf(code, testKey(`rival ${index}`)))));
    const { id: clusterId } = await station.cluster('k9');
    const rivals = await database.read((reader) => reader.findBy(Controller, { clusterId }));
    expect(rivals.map(({ revokedAtMs }) => revokedAtMs === null).sort()).toEqual([false, true]);
  });

  it('case 16: a device can neither publish nor read on the topics of another', async () => {
    const [a, b] = [await station.enrol('k1'), await station.enrol('k2')];
    const violation = new Promise<{ username: string; topic: string }>((resolve) =>
      station.broker.once('violation', resolve),
    );
    await expect(a.client.subscribeAsync(topics.down(b.id, 'plan'), { qos: 1 })).rejects.toThrow();
    expect(await violation).toMatchObject({ username: a.id, topic: topics.down(b.id, 'plan') });
  });

  it('after a restart the broker knows every enrolled device again, and no replaced one', async () => {
    const old = await station.enrol('k1', { offline: true });
    const current = await station.enrol('k1', { offline: true });
    await station.broker.setPrincipals([]);
    expect(await loggedIn(current.id, current.token)).toBe(false);
    await station.get(DeviceAccess).start();
    expect([await loggedIn(current.id, current.token), await loggedIn(old.id, old.token)]).toEqual([true, false]);
  });

  it('invariant 9: a technician makes claims in the own commune only', async () => {
    const technician = person('Chị Lan', 'technician', (await station.area('ak')).path);
    const claims = station.get(EnrolmentService);
    await expect(claims.createClaim(technician, (await station.cluster('k9')).id)).rejects.toMatchObject({
      code: 'cluster.unknown',
    });
    const { claim, expiresAtMs } = await claims.createClaim(technician, (await station.cluster('k1')).id);
    expect(expiresAtMs).toBe(MONDAY_NINE + 7 * DAY_MS);
    expect(decodeClaim(claim)?.root).toBe(station.platform.keys.rootFingerprint);
    expect(fromBase64Url(station.platform.keys.rootPublicKey)).toHaveLength(32);
  });

  it.each(['', '.', 'nobody.', `nobody.${'A'.repeat(43)}`])('no device is "%s"', async (credential) => {
    expect(await station.get(DeviceAccess).verify(credential)).toBeNull();
  });
});
