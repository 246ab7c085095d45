import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AREA_LINKS, DOWNLINKS, parseTopic, rightsOf, SHARDS, shardOf, TOPIC_RULES, topics, UPLINKS } from './index.js';

const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const sha256 = fc.stringMatching(/^[0-9a-f]{64}$/);

/** Does an MQTT 3.1.1 filter match a topic? (§4.7) */
function matches(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (const [at, level] of wanted.entries()) {
    if (level === '#') return true;
    if (levels[at] === undefined || (level !== '+' && level !== levels[at])) return false;
  }
  return wanted.length === levels.length;
}

describe('topics', () => {
  test('the shard of an id is fixed for ever', () => {
    // FNV-1a computed with another program.
    expect(['device-1', 'a', 'ZZZZ', 'c3PO_r2-d2'].map(shardOf)).toEqual([17, 44, 37, 20]);
    fc.assert(fc.property(id, (device) => shardOf(device) >= 0 && shardOf(device) < SHARDS));
  });

  test('every topic of the contract is read back as it was written', () => {
    fc.assert(
      fc.property(id, sha256, fc.nat({ max: 8_191 }), (device, hash, index) => {
        expect(parseTopic(topics.keys)).toEqual({ kind: 'keys' });
        for (const uplink of UPLINKS)
          expect(parseTopic(topics.up(device, uplink))).toEqual({ kind: 'up', device, uplink });
        for (const downlink of DOWNLINKS)
          expect(parseTopic(topics.down(device, downlink))).toEqual({ kind: 'down', device, downlink });
        for (const link of AREA_LINKS)
          expect(parseTopic(topics.area(device, link))).toEqual({ kind: 'area', area: device, link });
        expect(parseTopic(topics.chunk(hash, index))).toEqual({ kind: 'chunk', sha256: hash, index });
        expect(parseTopic(topics.descriptor(hash))).toEqual({ kind: 'descriptor', sha256: hash });
      }),
    );
  });

  test('the table speaks of the same topics', () => {
    const filled = (pattern: string) =>
      pattern
        .replace('{device}', 'd')
        .replace('{area}', 'd')
        .replace('{shard}', String(shardOf('d')))
        .replace('{sha256}', 'a'.repeat(64))
        .replace('{index}', '0');
    for (const { topic } of Object.values(TOPIC_RULES)) expect(parseTopic(filled(topic))).toBeDefined();
  });

  test.each([
    '',
    'vang/v1',
    'vang/v2/keys',
    'vang/v1/keys/x',
    'vang/v1/devices/d/receipts',
    'vang/v1/devices/a b/plan',
    'vang/v1/devices/+/plan',
    'vang/v1/areas/+/commands',
    'vang/v1/areas/a/plan',
    'vang/v1/areas/a/commands/x',
    `vang/v1/shards/${(shardOf('d') + 1) % SHARDS}/devices/d/receipts`,
    `vang/v1/shards/0${shardOf('d')}/devices/d/receipts`,
    'vang/v1/assets/abc/chunks/0',
    `vang/v1/assets/${'a'.repeat(64)}/chunks/01`,
    `vang/v1/assets/${'a'.repeat(64)}/chunks/-1`,
    `vang/v1/assets/${'A'.repeat(64)}/chunks/1`,
    '$SYS/broker/uptime',
  ])('%j is no topic of the contract', (topic) => {
    expect(parseTopic(topic)).toBeUndefined();
  });
});

describe('case 16: the rights of a device', () => {
  const mine = rightsOf('device-a', ['hamlet', 'commune']);
  const may = (filters: readonly string[], topic: string) => filters.some((filter) => matches(filter, topic));

  test('it publishes its own uplinks and nothing else', () => {
    for (const uplink of UPLINKS) {
      expect(may(mine.publish, topics.up('device-a', uplink))).toBe(true);
      expect(may(mine.publish, topics.up('device-b', uplink))).toBe(false);
    }
    for (const downlink of DOWNLINKS) expect(may(mine.publish, topics.down('device-a', downlink))).toBe(false);
    expect(may(mine.publish, topics.keys)).toBe(false);
    expect(may(mine.publish, topics.chunk('a'.repeat(64), 0))).toBe(false);
  });

  test('it reads its own downlinks and what all share, nothing of another device and no uplink', () => {
    for (const downlink of DOWNLINKS) {
      expect(may(mine.subscribe, topics.down('device-a', downlink))).toBe(true);
      expect(may(mine.subscribe, topics.down('device-b', downlink))).toBe(false);
    }
    for (const uplink of UPLINKS) expect(may(mine.subscribe, topics.up('device-a', uplink))).toBe(false);
    expect(may(mine.subscribe, topics.keys)).toBe(true);
    expect(may(mine.subscribe, topics.chunk('a'.repeat(64), 3))).toBe(true);
  });

  test('it reads what is said to its own area and those above it, and says nothing there', () => {
    for (const link of AREA_LINKS) {
      expect(may(mine.subscribe, topics.area('hamlet', link))).toBe(true);
      expect(may(mine.subscribe, topics.area('commune', link))).toBe(true);
      expect(may(mine.subscribe, topics.area('other', link))).toBe(false);
      expect(may(mine.publish, topics.area('hamlet', link))).toBe(false);
    }
  });

  test('it retains its state alone', () => {
    expect(mine.retain).toEqual([topics.up('device-a', 'state')]);
  });
});
