import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  decodeClaim,
  type EnrolmentAnswer,
  keyChangeProofBytes,
  openKeySet,
  proofBytes,
  toBase64Url,
  tokenProofBytes,
} from '../../protocol/index.js';
import { newKey, nodeCrypto, sha256Of } from './keys.js';
import { Station } from './station.js';

/** The doors of the station as any controller meets them, over a socket. */
describe('the service of one controller', () => {
  let station: Station;
  const key = newKey();
  const proofOf = (bytes: Uint8Array, by = key) => toBase64Url(by.sign(bytes));

  beforeEach(async () => {
    station = new Station({ host: '127.0.0.1', httpPort: 0, mqttPort: 0 });
    await station.start();
  });
  afterEach(() => station.stop());

  const claimed = () => {
    const claim = decodeClaim(station.claim(station.device));
    if (!claim) throw new Error('no claim');
    return claim;
  };
  const post = async (url: string, name: string, body: unknown) => {
    const response = await fetch(`${url}/api/device/v1/${name}`, { method: 'POST', body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  };
  const request = (code: string, by = key) => ({
    v: 1,
    code,
    publicKey: by.publicKey,
    model: 'spec',
    serial: '1',
    simulated: false,
    proof: proofOf(proofBytes(code, by.publicKey), by),
  });

  it('answers an enrolment with the root of the claim, again to the same key, and to no other', async () => {
    const { url, code, root } = claimed();
    const { status, body } = await post(url, 'enrolments', request(code));
    expect([status, sha256Of(Buffer.from(body.rootPublicKey ?? '', 'base64url'))]).toEqual([201, root]);
    const keys = openKeySet(body.keySet ?? '', Buffer.from(body.rootPublicKey ?? '', 'base64url'), nodeCrypto);
    expect(keys.ok).toBe(true);
    expect((await post(url, 'enrolments', request(code))).body.token).toBe(body.token);
    expect((await post(url, 'enrolments', request(code, newKey()))).body.code).toBe('claim.used');
    expect((await post(url, 'enrolments', request('no-such-code-at-all'))).body.code).toBe('claim.unknown');
  });

  it('refuses a proof by another key, and what is no enrolment', async () => {
    const { url, code } = claimed();
    const proof = proofOf(proofBytes(code, key.publicKey), newKey());
    expect((await post(url, 'enrolments', { ...request(code), proof })).body.code).toBe('claim.proofWrong');
    expect((await post(url, 'enrolments', { code })).status).toBe(422);
    expect(station.desk.asked.all.map(({ proofHolds }) => proofHolds)).toEqual([false, false]);
  });

  it('gives another token, and takes another key, for a proof over its challenge alone', async () => {
    const { url, code } = claimed();
    const { device } = station;
    const first = (await post(url, 'enrolments', request(code))).body as unknown as EnrolmentAnswer;
    const challenge = async () => (await post(url, 'challenges', { v: 1, device })).body.challenge ?? '';
    const one = await challenge();
    const wrong = { v: 1, device, challenge: one, proof: proofOf(tokenProofBytes(device, one), newKey()) };
    expect((await post(url, 'tokens', wrong)).status).toBe(403);
    const right = { ...wrong, proof: proofOf(tokenProofBytes(device, one)) };
    const renewed = await post(url, 'tokens', right);
    expect([renewed.status, renewed.body.token === first.token]).toEqual([200, false]);
    // A challenge is answered once.
    expect((await post(url, 'tokens', right)).status).toBe(403);
    const other = newKey();
    const two = await challenge();
    const bytes = keyChangeProofBytes(device, two, other.publicKey);
    const change = { v: 1, device, challenge: two, publicKey: other.publicKey, proof: proofOf(bytes) };
    expect((await post(url, 'keys', { ...change, newProof: proofOf(bytes) })).status).toBe(403);
    expect((await post(url, 'keys', { ...change, newProof: proofOf(bytes, other) })).status).toBe(200);
    expect(station.desk.publicKeyOf(device)).toBe(other.publicKey);
  });

  it('gives any range of an asset to who has the token, and to nobody else', async () => {
    const { url, code } = claimed();
    const { token } = (await post(url, 'enrolments', request(code))).body;
    const bytes = Uint8Array.from({ length: 70_000 }, (_, n) => n % 251);
    const { sha256 } = station.shelf.store(bytes);
    const get = (range?: string, bearer = `${station.device}.${token}`) =>
      fetch(`${url}/api/device/v1/assets/${sha256}`, {
        headers: { authorization: `Bearer ${bearer}`, ...(range ? { range } : {}) },
      });
    expect(new Uint8Array(await (await get()).arrayBuffer())).toEqual(bytes);
    const rest = await get('bytes=69990-');
    expect([rest.status, rest.headers.get('content-range')]).toEqual([206, 'bytes 69990-69999/70000']);
    expect(new Uint8Array(await rest.arrayBuffer())).toEqual(bytes.subarray(69_990));
    expect((await get('bytes=70000-')).status).toBe(416);
    expect((await get(undefined, 'someone.else')).status).toBe(401);
  });
});
