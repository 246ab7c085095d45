import { describe, expect, test } from '@jest/globals';
import { crypto, ROOT, rawOf, SERVICE } from '../../devices/player/testing/keys.js';
import {
  CATALOGUE,
  coveringKey,
  fromBase64Url,
  largestSigned,
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

  test('a receipt with the longest names and title that there can be keeps to it too', () => {
    const [text = ''] = VECTORS.receipts.texts;
    const name = 'ậ'.repeat(100);
    const said = JSON.parse(text) as { area: object; cluster: object; item: object };
    const { area, cluster, item } = said;
    const longest = {
      ...said,
      area: { ...area, name },
      cluster: { ...cluster, name },
      item: { ...item, title: 'ậ'.repeat(300) },
    };
    const bytes = Buffer.byteLength(JSON.stringify(longest));
    expect(bytes).toBeGreaterThan(2_048);
    expect(bytes).toBeLessThanOrEqual(MINIMUM_PROFILE.receiptBytes);
  });

  test('nothing that is signed is larger than the largest message of the profile, but lists and chunks that it leaves out', () => {
    for (const typ of ['vang-keys', 'vang-plan', 'vang-ack', 'vang-time', 'vang-command', 'vang-identity'] as const)
      expect(largestSigned(typ)).toBeLessThanOrEqual(MINIMUM_PROFILE.messageBytes);
    expect(largestSigned('vang-plan')).toBe(MINIMUM_PROFILE.headBytes);
  });

  test('unknown fields of a later version are taken and left alone, by every message', () => {
    for (const name of names) {
      const content = contentOf(name);
      const later = { ...(content as object), somethingNew: { deep: [1] } };
      expect(CATALOGUE[name].schema?.safeParse(later).success).toBe(true);
    }
  });
});
