import { describe, expect, test } from '@jest/globals';
import {
  CATALOGUE,
  type JwsType,
  type ReportCode,
  signJws,
  TOPIC_RULES,
  type TopicName,
  topics,
} from '../../protocol/index.js';
import { keySetOf, ROOT, SERVICE, testKey } from '../testing/keys.js';
import { ordered } from '../testing/orders.js';
import { audioNamed, planOf } from '../testing/plans.js';
import { detailsOf, EVENING, KEYS, LOCAL, standing, waiting } from '../testing/waiting.js';
import { DEVICE, type World } from '../testing/world.js';

const STRANGER = testKey('stranger');

/** What the service says on the topics of a device; those that carry raw bytes come further down. */
type Signed = Exclude<TopicName, `up.${string}` | 'descriptor' | 'chunk'>;
interface Row {
  readonly topic: string;
  readonly code: ReportCode;
  readonly good: (world: World) => object;
  readonly lacks: string;
  readonly mistyped: object;
  /** The detail of a message that is not of its schema. */
  readonly malformed?: string;
  /** As it would be for another, and what is said to that. Absent: it is for everyone. */
  readonly other?: readonly [change: object, detail: string];
}

const ROWS: Readonly<Record<Signed, Row>> = {
  keys: {
    topic: topics.keys,
    code: 'keysRejected',
    good: () => keySetOf(3, KEYS),
    lacks: 'keys',
    mistyped: { version: '3' },
  },
  'down.plan': {
    topic: topics.down(DEVICE, 'plan'),
    code: 'planRejected',
    good: () => planOf({ device: DEVICE, version: 3, plays: [EVENING] }).head,
    lacks: 'sinceMs',
    mistyped: { parts: 'none' },
    other: [{ device: 'device-2' }, 'for another device'],
  },
  'down.acks': {
    topic: topics.down(DEVICE, 'acks'),
    code: 'ackRejected',
    good: () => ({ v: 1, device: DEVICE, boot: 1, first: 1, last: 1, quarantined: [] }),
    lacks: 'last',
    mistyped: { first: 'all' },
    malformed: 'not an acknowledgement for this device',
    other: [{ device: 'device-2' }, 'not an acknowledgement for this device'],
  },
  'down.time': {
    topic: topics.down(DEVICE, 'time'),
    code: 'timeRejected',
    good: ({ state, now }) => ({ v: 1, device: DEVICE, nonce: state.timeAsked?.nonce, serverMs: now }),
    lacks: 'serverMs',
    mistyped: { serverMs: 'now' },
    other: [{ device: 'device-2' }, 'for another device'],
  },
  'down.commands': {
    topic: topics.down(DEVICE, 'commands'),
    code: 'commandRejected',
    good: ({ now }) => ordered({ kind: 'volume', percent: 30 }, now),
    lacks: 'expiresAt',
    mistyped: { issuedAt: 'today' },
    other: [{ to: { device: 'device-2' } }, 'for another'],
  },
  'down.identity': {
    topic: topics.down(DEVICE, 'identity'),
    code: 'identityRejected',
    good: ({ now }) => ({
      v: 1,
      device: DEVICE,
      publicKey: testKey('device').publicKey,
      path: ['commune-9', 'province-9'],
      area: { id: 'commune-9', name: 'Xã mới' },
      cluster: { id: 'cluster-1', name: 'Cụm loa ấp 3' },
      issuedAt: now,
    }),
    lacks: 'cluster',
    mistyped: { path: 'commune-9' },
    other: [{ device: 'device-2' }, 'for another'],
  },
  'down.update': {
    topic: topics.down(DEVICE, 'update'),
    code: 'updateRejected',
    good: ({ now }) => ({
      v: 1,
      device: DEVICE,
      release: 2,
      name: '2.0.0',
      bundle: audioNamed('bundle').ref,
      notBeforeMs: now,
    }),
    lacks: 'bundle',
    mistyped: { release: 'two' },
    other: [{ device: 'device-2' }, 'for another device'],
  },
  'area.commands': {
    topic: topics.area('commune-1', 'commands'),
    code: 'commandRejected',
    good: ({ now }) => ordered({ kind: 'volume', percent: 30 }, now, { to: { area: 'commune-1' } }),
    lacks: 'id',
    mistyped: { to: 'everyone' },
    other: [{ to: { area: 'commune-2' } }, 'for another'],
  },
  'area.active': {
    topic: topics.area('province-1', 'active'),
    code: 'activeRejected',
    good: () => ({ v: 1, area: 'province-1', version: 1, commands: [] }),
    lacks: 'commands',
    mistyped: { commands: [1] },
    other: [{ area: 'province-2' }, 'for another area'],
  },
};

interface Fault {
  readonly what: string;
  /** The letters on the topic. */
  readonly forge: (name: Signed, good: object) => string;
  /** Undefined: it cannot be wrong in this way. */
  readonly said: (row: Row, name: Signed) => string | undefined;
}

const signerOf = (name: Signed) => (name === 'keys' ? ROOT : SERVICE);
const typOf = (name: Signed) => CATALOGUE[name].jws as JwsType;
const rightly = (name: Signed, message: object) => signJws(typOf(name), message, signerOf(name));

const FAULTS: readonly Fault[] = [
  {
    what: 'without a field',
    forge: (name, good) => rightly(name, { ...good, [ROWS[name].lacks]: undefined }),
    said: ({ malformed = 'malformed' }) => malformed,
  },
  {
    what: 'with a field of another type',
    forge: (name, good) => rightly(name, { ...good, ...ROWS[name].mistyped }),
    said: ({ malformed = 'malformed' }) => malformed,
  },
  {
    what: 'that is no object',
    forge: (name) => signJws(typOf(name), null, signerOf(name)),
    said: ({ malformed = 'malformed' }) => malformed,
  },
  {
    what: 'larger than its topic allows',
    forge: (name, good) => rightly(name, { ...good, comment: 'x'.repeat(TOPIC_RULES[name].maxBytes) }),
    said: (_, name) => `larger than ${TOPIC_RULES[name].maxBytes} bytes`,
  },
  { what: 'that nobody signed', forge: (_, good) => JSON.stringify(good), said: () => 'malformed' },
  {
    what: 'signed by a stranger',
    forge: (name, good) => signJws(typOf(name), good, STRANGER),
    // A key set needs no name of a key: there is one root.
    said: (_, name) => (name === 'keys' ? 'wrongSignature' : 'unknownKey'),
  },
  {
    what: "signed by a stranger under a known key's name",
    forge: (name, good) => signJws(typOf(name), good, { ...STRANGER, kid: signerOf(name).kid }),
    said: () => 'wrongSignature',
  },
  {
    what: 'signed as another kind of message',
    forge: (name, good) => signJws(name === 'down.acks' ? 'vang-plan' : 'vang-ack', good, signerOf(name)),
    said: () => 'wrongType',
  },
  {
    what: 'by a key whose scope is another commune',
    forge: (name, good) => signJws(typOf(name), good, LOCAL),
    said: (_, name) => (name === 'keys' ? undefined : 'unknownKey'),
  },
  {
    what: 'for another',
    forge: (name, good) => rightly(name, { ...good, ...ROWS[name].other?.[0] }),
    said: ({ other }) => other?.[1],
  },
];

describe.each(Object.keys(ROWS) as Signed[])('on the topic %s', (name) => {
  const row = ROWS[name];
  const faults = FAULTS.flatMap((fault) => {
    const said = fault.said(row, name);
    return said === undefined ? [] : [[fault.what, fault, `${row.code}: ${said}`] as const];
  });

  test.each(faults)('a message %s is reported and changes nothing', (_, { forge }, report) => {
    const world = waiting();
    const before = standing(world);
    world.deliver({ topic: row.topic, payload: forge(name, row.good(world)) });
    world.run(world.now + 100);
    expect(detailsOf(world)).toEqual([report]);
    expect(standing(world)).toEqual(before);
    // The right one is taken after it.
    world.deliver({ topic: row.topic, payload: rightly(name, row.good(world)) });
    world.run(world.now + 100);
    expect(detailsOf(world)).toEqual([report]);
    expect(standing(world)).not.toEqual(before);
  });

  test('fields of a later version are ignored, the message is taken', () => {
    const world = waiting();
    const before = standing(world);
    const later = { ...row.good(world), comment: 'x', hint: { deep: [1, null] } };
    world.deliver({ topic: row.topic, payload: rightly(name, later) });
    world.run(world.now + 100);
    expect(detailsOf(world)).toEqual([]);
    expect(standing(world)).not.toEqual(before);
  });

  test('bytes that are no text are reported', () => {
    const world = waiting();
    const before = standing(world);
    world.deliver({ topic: row.topic, payload: Uint8Array.of(0xff, 0xfe, 0x80) });
    world.run(world.now + 100);
    expect(detailsOf(world)).toEqual([`${row.code}: malformed`]);
    expect(standing(world)).toEqual(before);
  });

  test('a flood of what is too large is one report in a connection', () => {
    const world = waiting();
    const payload = 'x'.repeat(TOPIC_RULES[name].maxBytes + 1);
    const flood = () => {
      for (let n = 0; n < 20; n++) world.deliver({ topic: row.topic, payload });
      world.run(world.now + 100);
    };
    flood();
    expect(detailsOf(world)).toHaveLength(1);
    world.disconnect();
    world.connect();
    flood();
    expect(detailsOf(world)).toHaveLength(2);
  });
});

test.each([
  ['the plan of another device', topics.down('device-2', 'plan')],
  ['a command to another area', topics.area('commune-2', 'commands')],
  ['what a device says', topics.up(DEVICE, 'state')],
  ['a topic that is none', 'vang/v1/areas/commune-1/else'],
  ['another version of the contract', 'vang/v2/keys'],
])('%s is none of its business, whatever its size', (_, topic) => {
  const world = waiting();
  const before = standing(world);
  for (const payload of ['x', 'x'.repeat(300_000)]) world.deliver({ topic, payload });
  world.run(world.now + 100);
  expect(detailsOf(world)).toEqual([]);
  expect(standing(world)).toEqual(before);
});
