import { describe, expect, test } from '@jest/globals';
import { crypto, ROOT, rawOf, SERVICE } from '../../devices/player/testing/keys.js';
import {
  CATALOGUE,
  coveringKey,
  fromBase64Url,
  MINIMUM_PROFILE,
  openJws,
  openKeySet,
  parseTopic,
  receipt,
  TOPIC_RULES,
  type TopicName,
} from '../../devices/protocol/index.js';
import { contentOf, VECTORS } from './vectors.js';

const names = Object.keys(VECTORS.messages) as Exclude<TopicName, 'chunk'>[];

describe('the canonical examples', () => {
  test('there is one of every message that is no raw bytes', () => {
    expect([...names, 'chunk'].sort()).toEqual(Object.keys(TOPIC_RULES).sort());
  });

  test.each(names)('%s is what its schema says, signed by who may, and fits its topic', (name) => {
    const message = CATALOGUE[name];
    const example = VECTORS.messages[name] as { topic: string; payload: string };
    expect(message.schema?.safeParse(contentOf(name)).error).toBeUndefined();
    expect(parseTopic(example.topic)).toBeDefined();
    expect(Buffer.byteLength(example.payload)).toBeLessThanOrEqual(TOPIC_RULES[name].maxBytes);
    if (!message.jws) return;
    const keyOf =
      name === 'keys' ? () => rawOf(ROOT) : (kid: string) => (kid === SERVICE.kid ? rawOf(SERVICE) : undefined);
    expect(openJws(example.payload, message.jws, crypto, keyOf)).toMatchObject({ ok: true });
  });

  test('the key set covers the device that the other examples speak to', () => {
    const opened = openKeySet(VECTORS.messages.keys?.payload ?? '', rawOf(ROOT), crypto);
    expect(opened.ok && coveringKey(opened.keys, SERVICE.kid, ['commune-1'], 0)).toEqual(
      new Uint8Array(rawOf(SERVICE)),
    );
  });

  test('the proofs are signatures of the device', () => {
    const key = fromBase64Url(VECTORS.keys.device.publicKey);
    for (const { bytes, signature } of Object.values(VECTORS.proofs))
      expect(crypto.verifyEd25519(key, Buffer.from(bytes, 'hex'), fromBase64Url(signature))).toBe(true);
  });

  test('they keep to the budget of the minimum profile', () => {
    expect(VECTORS.messages['down.plan']?.payload.length).toBeLessThanOrEqual(MINIMUM_PROFILE.headBytes);
    expect(VECTORS.dayPart.json.length).toBeLessThanOrEqual(MINIMUM_PROFILE.partUnpackedBytes);
    for (const text of VECTORS.receipts.texts) {
      expect(receipt.safeParse(JSON.parse(text)).success).toBe(true);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MINIMUM_PROFILE.receiptBytes);
    }
  });

  test('unknown fields of a later version are taken and left alone, by every message', () => {
    for (const name of names) {
      const content = contentOf(name);
      const later = { ...(content as object), somethingNew: { deep: [1] } };
      expect(CATALOGUE[name].schema?.safeParse(later).success).toBe(true);
    }
  });
});
