import { gzipSync } from 'node:zlib';
import { crypto, ROOT, rawOf, SERVICE, signedKeySet, testKey } from '../../devices/player/testing/keys.js';
import * as protocol from '../../devices/protocol/index.js';

/**
 * Canonical examples: one of each message, made with keys that everybody knows, so that a firmware can be held against them
 * byte by byte. Never use these keys for anything else.
 */

const DEVICE = 'device-1';
const device = testKey('device');
const NOW = Date.UTC(2026, 10, 20, 10);
const AREA = { id: 'commune-1', name: 'Xã Tân Khai' };
const CLUSTER = { id: 'cluster-1', name: 'Cụm loa ấp 3' };
const FAR = 253_402_300_799_999;

/** 70,000 bytes that any language makes: byte n is n modulo 251. Three chunks. */
const AUDIO = Uint8Array.from({ length: 70_000 }, (_, n) => n % 251);
const sha256 = (bytes: Uint8Array): string => protocol.toHex(crypto.sha256(bytes));

const chunks = Array.from({ length: protocol.chunkCount(AUDIO.length) }, (_, index) => {
  const { start, end } = protocol.chunkRange(index, AUDIO.length);
  return protocol.toBase64Url(crypto.sha256(AUDIO.subarray(start, end)));
});
const descriptor: protocol.Descriptor = {
  v: 1,
  sha256: sha256(AUDIO),
  bytes: AUDIO.length,
  chunkBytes: protocol.CHUNK_BYTES,
  chunks,
};
const descriptorText = JSON.stringify(descriptor);

const play: protocol.PlannedPlay = {
  play: 'entry-1-20261120-p0',
  occurrence: 'entry-1-20261120',
  part: 0,
  startMs: NOW + 3_600_000,
  latestEndMs: NOW + 4_200_000,
  late: 'whole',
  class: 'normal',
  level: 'commune',
  interrupted: 'resume',
  volume: 80,
  item: {
    id: 'item-1',
    version: 2,
    title: 'Vốn vay Ngân hàng Chính sách xã hội',
    textSha256: sha256(protocol.toUtf8('Vốn vay')),
    language: 'vi',
    approval: 'before',
  },
  audio: {
    sha256: descriptor.sha256,
    bytes: AUDIO.length,
    descriptor: sha256(protocol.toUtf8(descriptorText)),
    type: 'audio/ogg',
    durationMs: 60_000,
  },
};

const dayPart: protocol.DayPart = { v: 1, day: '2026-11-20', plays: [play] };
/** Stored, not deflated, and from no system: the same bytes by any packer. */
const packedPart = gzipSync(JSON.stringify(dayPart), { level: 0 });
packedPart[9] = 0xff;

const head: protocol.PlanHead = {
  v: 1,
  device: DEVICE,
  version: NOW,
  publishedAt: NOW,
  area: AREA,
  cluster: CLUSTER,
  languages: ['vi'],
  from: '2026-11-20',
  until: '2026-11-26',
  sinceMs: NOW - 86_400_000,
  fromMs: NOW - 10 * 3_600_000 - 7 * 3_600_000,
  untilMs: NOW - 17 * 3_600_000 + 7 * 86_400_000,
  parts: [{ day: '2026-11-20', sha256: sha256(packedPart), bytes: packedPart.length }],
};

const receipt = (seq: number, more: Partial<protocol.Receipt>): protocol.Receipt => ({
  v: 1,
  device: DEVICE,
  boot: 7,
  bootId: 'Zm9vYmFyYmF6cXV1eA',
  seq,
  simulated: false,
  play: play.play,
  occurrence: play.occurrence,
  part: 0,
  planVersion: head.version,
  day: dayPart.day,
  item: play.item,
  audioSha256: play.audio.sha256,
  area: AREA,
  cluster: CLUSTER,
  planned: {
    startMs: play.startMs,
    latestEndMs: play.latestEndMs,
    durationMs: play.audio.durationMs,
    volume: play.volume,
    class: play.class,
    late: play.late,
    level: 'commune',
    interrupted: 'resume',
  },
  outcome: 'complete',
  cause: null,
  grade: 'completed',
  startedAtMs: play.startMs + 12,
  endedAtMs: play.startMs + 60_012,
  playedMs: 60_000,
  seekMs: 0,
  lateMs: 12,
  volume: 80,
  sensed: true,
  clock: { trust: 'trusted', errorMs: 35 },
  ...more,
});
const receipts = [
  receipt(1, {}),
  receipt(2, {
    play: 'entry-2-20261120-p0',
    occurrence: 'entry-2-20261120',
    outcome: 'notPlayed',
    cause: 'powerLost',
    grade: 'verified',
    startedAtMs: null,
    endedAtMs: null,
    playedMs: 0,
    lateMs: 0,
  }),
].map((each) => JSON.stringify(each));
const links = protocol.chainOf(protocol.fromHex(protocol.FIRST_LINK), receipts, crypto);
const batch = protocol.signBatch(
  {
    v: 1,
    device: DEVICE,
    boot: 7,
    first: 1,
    last: 2,
    previous: protocol.FIRST_LINK,
    link: links[1] as string,
    receipts,
  },
  device,
);

const commandOf = (to: protocol.Command['to'], id: string, body: protocol.CommandBody): protocol.Command => ({
  v: 1,
  id,
  to,
  issuedAt: NOW,
  expiresAt: NOW + 60_000,
  body,
});
const stop = commandOf({ device: DEVICE }, 'command-1', { kind: 'stop' });
const emergency = commandOf({ area: AREA.id }, 'command-2', {
  kind: 'playNow',
  day: dayPart.day,
  choices: [{ languages: null, plays: [{ ...play, class: 'emergency', startMs: NOW + 20_000 }] }],
});

const identity: protocol.Identity = {
  v: 1,
  device: DEVICE,
  publicKey: device.publicKey,
  path: [AREA.id, 'province-1'],
  area: AREA,
  cluster: CLUSTER,
  issuedAt: NOW,
};
const NONCE = 'q83vEjRWeJCrze8SNFZ4kA';
const signed = (typ: protocol.JwsType, payload: unknown) => protocol.signJws(typ, payload, SERVICE);

/** By topic of the contract: the payload as it travels. */
const said: Readonly<Record<Exclude<protocol.TopicName, 'chunk'>, string>> = {
  keys: signedKeySet(1, [{ key: SERVICE, from: 0, until: FAR }]),
  'down.plan': signed('vang-plan', head),
  'down.acks': signed('vang-ack', { v: 1, device: DEVICE, boot: 7, first: 1, last: 2, quarantined: [] }),
  'down.time': signed('vang-time', { v: 1, device: DEVICE, nonce: NONCE, serverMs: NOW }),
  'down.commands': signed('vang-command', stop),
  'down.identity': signed('vang-identity', identity),
  'down.update': signed('vang-update', {
    v: 1,
    device: DEVICE,
    release: 12,
    name: '1.4.0',
    bundle: { sha256: descriptor.sha256, bytes: AUDIO.length, descriptor: play.audio.descriptor },
    notBeforeMs: NOW,
  } satisfies protocol.UpdateOrder),
  'area.commands': signed('vang-command', emergency),
  'area.active': signed('vang-active', {
    v: 1,
    area: AREA.id,
    version: NOW,
    commands: [signed('vang-command', emergency)],
  } satisfies protocol.ActiveList),
  descriptor: descriptorText,
  'up.receipts': JSON.stringify(batch),
  'up.wishes': JSON.stringify({
    v: 1,
    device: DEVICE,
    assets: [{ sha256: descriptor.sha256, missing: protocol.toBitmap([0, 2], 3), urgent: true }],
  } satisfies protocol.Wish),
  'up.time': JSON.stringify({ v: 1, device: DEVICE, nonce: NONCE } satisfies protocol.TimeRequest),
  'up.state': JSON.stringify({
    v: 1,
    device: DEVICE,
    online: true,
    boot: 7,
    planVersion: head.version,
    ready: true,
    trust: 'trusted',
    playing: null,
    waitingReceipts: 2,
    lastReceipt: { boot: 7, seq: 41 },
    firmware: { release: 11, name: '1.3.2' },
    capabilities: ['stream', 'amplifier'],
  } satisfies protocol.DeviceState),
  'up.reports': JSON.stringify({
    v: 1,
    device: DEVICE,
    code: 'planRejected',
    detail: 'wrongSignature',
    atMs: NOW,
  } satisfies protocol.DeviceReport),
  'up.plan': JSON.stringify({ v: 1, device: DEVICE, version: head.version }),
  'up.commands': JSON.stringify({
    v: 1,
    device: DEVICE,
    command: stop.id,
    state: 'refused',
    reason: 'notSounding',
    atMs: NOW,
  } satisfies protocol.CommandStatus),
  'up.telemetry': JSON.stringify({
    v: 1,
    device: DEVICE,
    boot: 7,
    atMs: NOW,
    uptimeS: 86_400,
    bytesUp: 120_000,
    bytesDown: 4_200_000,
    signalDbm: -87,
    supply: 'mains',
    clockErrorMs: 35,
    volumePercent: 100,
  } satisfies protocol.Telemetry),
  'up.events': JSON.stringify({
    v: 1,
    device: DEVICE,
    boot: 7,
    seq: 1,
    kind: 'faultBegan',
    code: 'amplifier',
    atMs: NOW,
  } satisfies protocol.DeviceEvent),
  'up.update': JSON.stringify({
    v: 1,
    device: DEVICE,
    release: 12,
    state: 'healthy',
    atMs: NOW,
  } satisfies protocol.UpdateStatus),
};

const hex = (bytes: Uint8Array): string => protocol.toHex(bytes);
const keyOf = (name: string, key: typeof ROOT) => ({
  seed: hex(crypto.sha256(protocol.toUtf8(`test key ${name}`))),
  publicKey: key.publicKey,
  kid: key.kid,
});
const CLAIM: protocol.Claim = {
  url: 'https://vang.example.vn',
  code: 'AbCdEfGhIjKlMnOpQrStUv',
  root: hex(crypto.sha256(rawOf(ROOT))),
};
const proof = (bytes: Uint8Array) => ({ bytes: hex(bytes), signature: protocol.toBase64Url(device.sign(bytes)) });
const CHALLENGE = '1763632800000.q83vEjRWeJCrze8S.AbCdEfGhIjKlMnOpQrStUv';

/** docs/api/protocol/vectors.json. */
export const VECTORS = {
  note: 'Made with keys that everybody knows. The seed of an Ed25519 key is SHA-256 of "test key NAME".',
  keys: { root: keyOf('root', ROOT), service: keyOf('service', SERVICE), device: keyOf('device', device) },
  shards: Object.fromEntries(['device-1', 'a', 'ZZZZ', 'c3PO_r2-d2'].map((id) => [id, protocol.shardOf(id)])),
  claim: { says: CLAIM, text: protocol.encodeClaim(CLAIM) },
  proofs: {
    enrolment: proof(protocol.proofBytes(CLAIM.code, device.publicKey)),
    token: proof(protocol.tokenProofBytes(DEVICE, CHALLENGE)),
    keyChange: proof(protocol.keyChangeProofBytes(DEVICE, CHALLENGE, testKey('next').publicKey)),
  },
  asset: {
    bytes: 'byte n is n modulo 251',
    length: AUDIO.length,
    sha256: descriptor.sha256,
    chunks,
    descriptor: descriptorText,
    descriptorSha256: play.audio.descriptor,
    bitmaps: {
      all: protocol.toBitmap([0, 1, 2], 3),
      first: protocol.toBitmap([0], 3),
      ninthOfNine: protocol.toBitmap([8], 9),
    },
  },
  dayPart: { json: JSON.stringify(dayPart), gzip: protocol.toBase64Url(packedPart), sha256: sha256(packedPart) },
  receipts: {
    texts: receipts,
    sha256: receipts.map((text) => sha256(protocol.toUtf8(text))),
    links,
    signedBytes: protocol.fromUtf8(protocol.signedBatchBytes(batch)),
    signature: batch.signature,
  },
  messages: Object.fromEntries(
    Object.entries(said).map(([name, payload]) => [name, { topic: topicOf(name), payload }]),
  ),
} as const;

/** What the examples of the page are made of. */
export const PARTS = { device, DEVICE, CLAIM, CHALLENGE, NOW, play, dayPart, receipts, said } as const;

function topicOf(name: string): string {
  const rule = protocol.TOPIC_RULES[name as protocol.TopicName];
  return rule.topic
    .replace('{device}', DEVICE)
    .replace('{shard}', String(protocol.shardOf(DEVICE)))
    .replace('{area}', AREA.id)
    .replace('{sha256}', descriptor.sha256);
}

/** What the payload of an example says, unpacked from its JWS. */
export function contentOf(name: Exclude<protocol.TopicName, 'chunk'>): unknown {
  const payload = said[name];
  const body = protocol.CATALOGUE[name].jws ? (payload.split('.')[1] as string) : null;
  return JSON.parse(body === null ? payload : protocol.fromUtf8(protocol.fromBase64Url(body)));
}
