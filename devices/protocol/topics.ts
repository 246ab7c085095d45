import { ID_PATTERN } from './words.js';

/**
 * Topics of MQTT 3.1.1 under `vang/v1/`, and who may do what on them.
 * What devices publish for the service carries a shard level, so that several service processes can share the intake.
 */

const PREFIX = 'vang/v1';
export const SHARDS = 64;

/** FNV-1a (32 bit) over the id's letters, modulo 64: fixed for ever, so that any firmware computes it in a few lines. */
export function shardOf(deviceId: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < deviceId.length; i++) hash = Math.imul(hash ^ deviceId.charCodeAt(i), 0x01000193) >>> 0;
  return hash % SHARDS;
}

/** What a device says to the service. */
export const UPLINKS = [
  'receipts',
  'wishes',
  'time',
  'state',
  'reports',
  'plan',
  'commands',
  'telemetry',
  'events',
  'update',
] as const;
export type Uplink = (typeof UPLINKS)[number];

/** What the service says to one device. */
export const DOWNLINKS = ['plan', 'acks', 'time', 'commands', 'identity', 'update'] as const;
export type Downlink = (typeof DOWNLINKS)[number];

/** What the service says once to every device at or below an area. */
export const AREA_LINKS = ['commands', 'active'] as const;
export type AreaLink = (typeof AREA_LINKS)[number];

export interface TopicRule {
  readonly topic: string;
  readonly publisher: 'service' | 'device';
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** Largest payload in bytes; a larger one is refused. */
  readonly maxBytes: number;
  /** Messages per device and minute before the service stops listening to that device for the rest of the minute. */
  readonly perMinute: number | null;
}

/** The table of the contract (docs/protocol). */
export const TOPIC_RULES = {
  keys: { topic: `${PREFIX}/keys`, publisher: 'service', qos: 1, retain: true, maxBytes: 16_384, perMinute: null },
  'down.plan': {
    topic: `${PREFIX}/devices/{device}/plan`,
    publisher: 'service',
    qos: 1,
    retain: true,
    maxBytes: 4_096,
    perMinute: null,
  },
  'down.acks': {
    topic: `${PREFIX}/devices/{device}/acks`,
    publisher: 'service',
    qos: 1,
    retain: false,
    maxBytes: 8_192,
    perMinute: null,
  },
  'down.time': {
    topic: `${PREFIX}/devices/{device}/time`,
    publisher: 'service',
    qos: 0,
    retain: false,
    maxBytes: 1_024,
    perMinute: null,
  },
  'down.commands': {
    topic: `${PREFIX}/devices/{device}/commands`,
    publisher: 'service',
    qos: 1,
    retain: false,
    maxBytes: 32_768,
    perMinute: null,
  },
  'down.identity': {
    topic: `${PREFIX}/devices/{device}/identity`,
    publisher: 'service',
    qos: 1,
    retain: true,
    maxBytes: 4_096,
    perMinute: null,
  },
  'down.update': {
    topic: `${PREFIX}/devices/{device}/update`,
    publisher: 'service',
    qos: 1,
    retain: true,
    maxBytes: 4_096,
    perMinute: null,
  },
  'area.commands': {
    topic: `${PREFIX}/areas/{area}/commands`,
    publisher: 'service',
    qos: 1,
    retain: false,
    maxBytes: 32_768,
    perMinute: null,
  },
  'area.active': {
    topic: `${PREFIX}/areas/{area}/active`,
    publisher: 'service',
    qos: 1,
    retain: true,
    maxBytes: 262_144,
    perMinute: null,
  },
  descriptor: {
    topic: `${PREFIX}/assets/{sha256}/descriptor`,
    publisher: 'service',
    qos: 0,
    retain: false,
    maxBytes: 262_144,
    perMinute: null,
  },
  chunk: {
    topic: `${PREFIX}/assets/{sha256}/chunks/{index}`,
    publisher: 'service',
    qos: 0,
    retain: false,
    maxBytes: 65_536,
    perMinute: null,
  },
  'up.receipts': {
    topic: `${PREFIX}/shards/{shard}/devices/{device}/receipts`,
    publisher: 'device',
    qos: 1,
    retain: false,
    maxBytes: 262_144,
    perMinute: 600,
  },
  'up.wishes': {
    topic: `${PREFIX}/shards/{shard}/devices/{device}/wishes`,
    publisher: 'device',
    qos: 1,
    retain: false,
    maxBytes: 16_384,
    perMinute: 120,
  },
  'up.time': {
    topic: `${PREFIX}/shards/{shard}/devices/{device}/time`,
    publisher: 'device',
    qos: 0,
    retain: false,
    maxBytes: 512,
    perMinute: 60,
  },
  'up.state': {
    topic: `${PREFIX}/shards/{shard}/devices/{device}/state`,
    publisher: 'device',
    qos: 1,
    retain: true,
    maxBytes: 2_048,
    perMinute: 60,
  },
  'up.reports': {
    topic: `${PREFIX}/shards/{shard}/devices/{device}/reports`,
    publisher: 'device',
    qos: 1,
    retain: false,
    maxBytes: 2_048,
    perMinute: 60,
  },
  'up.plan': {
    topic: `${PREFIX}/shards/{shard}/devices/{device}/plan`,
    publisher: 'device',
    qos: 1,
    retain: false,
    maxBytes: 1_024,
    perMinute: 60,
  },
  'up.commands': {
    topic: `${PREFIX}/shards/{shard}/devices/{device}/commands`,
    publisher: 'device',
    qos: 1,
    retain: false,
    maxBytes: 512,
    perMinute: 120,
  },
  'up.telemetry': {
    topic: `${PREFIX}/shards/{shard}/devices/{device}/telemetry`,
    publisher: 'device',
    qos: 0,
    retain: false,
    maxBytes: 1_024,
    perMinute: 10,
  },
  'up.events': {
    topic: `${PREFIX}/shards/{shard}/devices/{device}/events`,
    publisher: 'device',
    qos: 1,
    retain: false,
    maxBytes: 1_024,
    perMinute: 60,
  },
  'up.update': {
    topic: `${PREFIX}/shards/{shard}/devices/{device}/update`,
    publisher: 'device',
    qos: 1,
    retain: false,
    maxBytes: 1_024,
    perMinute: 30,
  },
} as const satisfies Record<string, TopicRule>;

export const topics = {
  keys: TOPIC_RULES.keys.topic,
  down: (device: string, downlink: Downlink) => `${PREFIX}/devices/${device}/${downlink}`,
  up: (device: string, uplink: Uplink) => `${PREFIX}/shards/${shardOf(device)}/devices/${device}/${uplink}`,
  area: (area: string, link: AreaLink) => `${PREFIX}/areas/${area}/${link}`,
  descriptor: (sha256: string) => `${PREFIX}/assets/${sha256}/descriptor`,
  chunk: (sha256: string, index: number) => `${PREFIX}/assets/${sha256}/chunks/${index}`,
  /** Everything of one asset: what a device subscribes to while it lacks a part of it. */
  asset: (sha256: string) => `${PREFIX}/assets/${sha256}/#`,
  /** What the service subscribes to. */
  everyUplink: (uplink: Uplink) => `${PREFIX}/shards/+/devices/+/${uplink}`,
} as const;

export type ParsedTopic =
  | { readonly kind: 'keys' }
  | { readonly kind: 'down'; readonly device: string; readonly downlink: Downlink }
  | { readonly kind: 'area'; readonly area: string; readonly link: AreaLink }
  | { readonly kind: 'up'; readonly device: string; readonly uplink: Uplink }
  | { readonly kind: 'descriptor'; readonly sha256: string }
  | { readonly kind: 'chunk'; readonly sha256: string; readonly index: number };

const isUplink = (word: string | undefined): word is Uplink => UPLINKS.some((uplink) => uplink === word);
const isDownlink = (word: string | undefined): word is Downlink => DOWNLINKS.some((downlink) => downlink === word);

const isAreaLink = (word: string | undefined): word is AreaLink => AREA_LINKS.some((link) => link === word);

/** Nothing for a topic that is not of the contract, a device in the wrong shard included. */
export function parseTopic(topic: string): ParsedTopic | undefined {
  const [root, version, ...levels] = topic.split('/');
  if (`${root}/${version}` !== PREFIX) return undefined;
  const [kind, first, second, third, fourth] = levels;
  if (kind === 'keys' && levels.length === 1) return { kind };
  if (kind === 'devices' && levels.length === 3 && ID_PATTERN.test(first ?? '') && isDownlink(second))
    return { kind: 'down', device: first as string, downlink: second };
  if (kind === 'areas' && levels.length === 3 && ID_PATTERN.test(first ?? '') && isAreaLink(second))
    return { kind: 'area', area: first as string, link: second };
  if (
    kind === 'shards' &&
    levels.length === 5 &&
    second === 'devices' &&
    ID_PATTERN.test(third ?? '') &&
    isUplink(fourth)
  )
    return first === String(shardOf(third as string))
      ? { kind: 'up', device: third as string, uplink: fourth }
      : undefined;
  if (kind === 'assets' && /^[0-9a-f]{64}$/.test(first ?? '')) {
    if (second === 'descriptor' && levels.length === 3) return { kind: 'descriptor', sha256: first as string };
    if (second === 'chunks' && levels.length === 4 && /^(0|[1-9]\d{0,6})$/.test(third ?? ''))
      return { kind: 'chunk', sha256: first as string, index: Number(third) };
  }
  return undefined;
}

/**
 * The rights of one device, as filters that any broker's access list understands: its own topics, the shared ones to read.
 * @param path its area and every area above it (`identity.path`)
 */
export function rightsOf(
  device: string,
  path: readonly string[],
): {
  readonly publish: string[];
  readonly retain: string[];
  readonly subscribe: string[];
} {
  return {
    publish: UPLINKS.map((uplink) => topics.up(device, uplink)),
    retain: [topics.up(device, 'state')],
    subscribe: [
      topics.keys,
      `${PREFIX}/devices/${device}/#`,
      `${PREFIX}/assets/+/#`,
      ...path.flatMap((area) => AREA_LINKS.map((link) => topics.area(area, link))),
    ],
  };
}
