import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { testKey } from '../../../devices/player/testing/keys.js';
import { identity, keyChangeProofBytes, toBase64Url, tokenProofBytes } from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { FleetHouse } from '../../../test/support/fleet-house.js';
import { openSigned, type PoleDevice } from '../../../test/support/pole-device.js';
import { enrolmentOf, everyTable } from '../../../test/support/station.js';
import { DeviceAccess } from '../access/device-access.js';
import { Controller, ControllerKey } from '../fleet.entity.js';
import { CHALLENGE_MS } from './challenge.js';
import { EnrolmentService } from './enrolment.service.js';
import { receiptKeysOf } from './receipt-keys.js';

const HOUR = 3_600_000;

describeOnBothDatabases('keys and tokens of devices', everyTable, (open) => {
  let house: FleetHouse;
  beforeAll(async () => {
    house = await FleetHouse.open(await open(), { withBroker: true });
  });
  afterAll(() => house.close());
  afterEach(() => {
    // A minute of its own for each scenario: who asks too often is refused.
    house.station.clock.advance(60_000);
  });

  const post = async (path: string, sent: object) => {
    const answer = await fetch(`${house.station.http}/api/device/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(sent),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, string> };
  };
  const challenge = async (device: string) => (await post('challenges', { v: 1, device })).body.challenge ?? '';
  const proof = (key: ReturnType<typeof testKey>, bytes: Uint8Array) => toBase64Url(key.sign(bytes));
  const tokenRequest = async (device: { id: string }, key: ReturnType<typeof testKey>, letters?: string) => {
    const asked = letters ?? (await challenge(device.id));
    return { v: 1, device: device.id, challenge: asked, proof: proof(key, tokenProofBytes(device.id, asked)) };
  };
  const keyChange = async (device: PoleDevice, next: ReturnType<typeof testKey>, changes: object = {}) => {
    const asked = await challenge(device.id);
    const bytes = keyChangeProofBytes(device.id, asked, next.publicKey);
    return {
      v: 1,
      device: device.id,
      challenge: asked,
      proof: proof(device.key, bytes),
      publicKey: next.publicKey,
      newProof: proof(next, bytes),
      ...changes,
    };
  };
  const isToken = async (device: { id: string }, token = '') =>
    (await house.station.get(DeviceAccess).verify(`${device.id}.${token}`)) !== null;
  const row = (device: { id: string }) =>
    house.station.database.read((reader) => reader.findOneByOrFail(Controller, { id: device.id }));

  it('a device that lost its token proves its key and gets another; what was connected by the old one is cut off', async () => {
    const device = await house.station.enrol('k1');
    const { status, body } = await post('tokens', await tokenRequest(device, device.key));
    expect([status, body.device, body.mqttUrl]).toEqual([200, device.id, house.station.mqtt]);
    await device.until(() => !device.connected);
    expect([await isToken(device, device.token), await isToken(device, body.token)]).toEqual([false, true]);
    expect((await house.audited('controller.tokenRenewed')).some(({ subject }) => subject === device.id)).toBe(true);
  });

  it('a challenge holds for the token of its time: used once it is worth nothing', async () => {
    const device = await house.station.enrol('k1', { offline: true });
    const request = await tokenRequest(device, device.key);
    expect((await post('tokens', request)).status).toBe(200);
    expect((await post('tokens', request)).body.code).toBe('device.challengeWrong');
  });

  it('a challenge ends after some minutes', async () => {
    const device = await house.station.enrol('k1', { offline: true });
    const request = await tokenRequest(device, device.key);
    house.station.clock.advance(CHALLENGE_MS);
    expect((await post('tokens', request)).body.code).toBe('device.challengeWrong');
  });

  it.each<[string, (device: PoleDevice, other: PoleDevice) => Promise<object>, string]>([
    ['another key', (device) => tokenRequest(device, testKey('thief')), 'device.proofWrong'],
    [
      'the challenge of another device',
      async (device, other) => tokenRequest(device, device.key, await challenge(other.id)),
      'device.challengeWrong',
    ],
    [
      'a challenge made up',
      (device) => tokenRequest(device, device.key, 'kzzzzzzz.aaaaaaaaaaaaaaaa'),
      'device.challengeWrong',
    ],
    [
      'a proof for something else',
      async (device) => ({ ...(await tokenRequest(device, device.key)), proof: proof(device.key, Buffer.from('x')) }),
      'device.proofWrong',
    ],
    [
      'letters that are no canonical base64url',
      async (device) => ({ ...(await tokenRequest(device, device.key)), proof: `${'A'.repeat(85)}B` }),
      'device.proofWrong',
    ],
    ['no proof', async (device) => ({ ...(await tokenRequest(device, device.key)), proof: '' }), 'request.invalid'],
  ])('%s gives no token, and the device keeps its own', async (_what, requestOf, code) => {
    const [device, other] = [
      await house.station.enrol('k1', { offline: true }),
      await house.station.enrol('k2', { offline: true }),
    ];
    const { status, body } = await post('tokens', await requestOf(device, other));
    expect([body.code, status < 500]).toEqual([code, true]);
    expect(await isToken(device, device.token)).toBe(true);
  });

  it('nobody learns which devices there are: an unknown one gets a challenge, and is refused like a wrong key', async () => {
    const request = await tokenRequest({ id: 'nobody' }, testKey('nobody'));
    expect((await post('tokens', request)).body.code).toBe('device.proofWrong');
  });

  it('who asks more often than a device would is refused, and no other', async () => {
    const [device, other] = [
      await house.station.enrol('k1', { offline: true }),
      await house.station.enrol('k2', { offline: true }),
    ];
    const answers = [];
    for (let n = 0; n < 11; n++) answers.push((await post('challenges', { v: 1, device: device.id })).status);
    expect(answers).toEqual([...Array(10).fill(200), 429]);
    expect((await post('challenges', { v: 1, device: other.id })).status).toBe(200);
  });

  it('another key for the same device: both sign, a new identity and token, and receipts of the former key hold for an hour', async () => {
    const device = await house.station.enrol('k1');
    const next = testKey(`next of ${device.id}`);
    const { status, body } = await post('keys', await keyChange(device, next));
    expect(status).toBe(200);
    const told = identity.parse(openSigned(body.identity ?? '', 'vang-identity', house.station.platform.keys));
    expect(told).toMatchObject({
      device: device.id,
      publicKey: next.publicKey,
      issuedAt: house.station.clock.nowMs() + 1,
    });
    expect([await isToken(device, device.token), await isToken(device, body.token)]).toEqual([false, true]);
    const changed = await row(device);
    const now = house.station.clock.nowMs();
    expect(receiptKeysOf(changed, now + HOUR - 1)).toEqual([next.publicKey, device.key.publicKey]);
    expect(receiptKeysOf(changed, now + HOUR)).toEqual([next.publicKey]);
    const history = await house.station.database.read((reader) =>
      reader.find(ControllerKey, { where: { controllerId: device.id }, order: { untilMs: 'ASC' } }),
    );
    expect(history.map(({ publicKey, untilMs }) => [publicKey, untilMs])).toEqual(
      expect.arrayContaining([
        [device.key.publicKey, now],
        [next.publicKey, null],
      ]),
    );
    // The new key renews its token; the former one nothing any more.
    expect((await post('tokens', await tokenRequest(device, device.key))).body.code).toBe('device.proofWrong');
    expect((await post('tokens', await tokenRequest(device, next))).status).toBe(200);
  });

  it('the answer to a change was lost: the same two keys get it again, and the former key holds no longer for that', async () => {
    const device = await house.station.enrol('k1', { offline: true });
    const next = testKey(`again of ${device.id}`);
    expect((await post('keys', await keyChange(device, next))).status).toBe(200);
    const { keyChangedAtMs } = await row(device);
    house.station.clock.advance(60_000);
    const { status, body } = await post('keys', await keyChange(device, next));
    expect([status, await isToken(device, body.token)]).toEqual([200, true]);
    expect(
      identity.parse(openSigned(body.identity ?? '', 'vang-identity', house.station.platform.keys)).publicKey,
    ).toBe(next.publicKey);
    expect(await row(device)).toMatchObject({
      publicKey: next.publicKey,
      formerPublicKey: device.key.publicKey,
      keyChangedAtMs,
    });
    // Who stole the former key has not the new one, and who guesses another pair has neither.
    const thief = { id: device.id, key: testKey('thief') } as PoleDevice;
    expect((await post('keys', await keyChange(thief, next))).body.code).toBe('device.proofWrong');
    const stolen = await keyChange(device, next, { newProof: proof(device.key, Buffer.from('x')) });
    expect((await post('keys', stolen)).body.code).toBe('device.proofWrong');
  });

  it('the claim that let a device in gives no token to its former key', async () => {
    const code = await house.station.claimCode('k1');
    const key = testKey('enrolled by hand');
    const answer = await house.station.get(EnrolmentService).enrol(enrolmentOf(code, key));
    const device = { id: answer.device, key } as PoleDevice;
    await post('keys', await keyChange(device, testKey('its successor')));
    await expect(house.station.get(EnrolmentService).enrol(enrolmentOf(code, key))).rejects.toMatchObject({
      code: 'claim.used',
    });
  });

  it.each<[string, (device: PoleDevice) => Promise<object>]>([
    [
      'only the new key signs',
      async (device) => keyChange(device, testKey('n1'), { proof: proof(testKey('n1'), Buffer.from('x')) }),
    ],
    [
      'only the present key signs',
      async (device) => keyChange(device, testKey('n2'), { newProof: proof(device.key, Buffer.from('x')) }),
    ],
    ['the same key again', (device) => keyChange(device, device.key)],
  ])('no change of keys: %s', async (_what, requestOf) => {
    const device = await house.station.enrol('k1', { offline: true });
    expect((await post('keys', await requestOf(device))).body.code).toBe('device.proofWrong');
    expect(await row(device)).toMatchObject({ publicKey: device.key.publicKey, formerPublicKey: null });
  });

  it('a revoked device gets nothing any more', async () => {
    const device = await house.station.enrol('k1');
    const request = await tokenRequest(device, device.key);
    const { status } = await house.as('tho', 'POST', `/api/controllers/${device.id}/revocations`, {
      reason: 'Mất trộm',
    });
    expect(status).toBe(204);
    await device.until(() => !device.connected);
    expect((await post('tokens', request)).status).toBe(403);
    expect((await post('keys', await keyChange(device, testKey('n3')))).status).toBe(403);
  });
});
