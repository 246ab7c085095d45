import {
  CHUNK_BYTES,
  chunkCount,
  chunkRange,
  type DeviceState,
  FIRST_LINK,
  type JwsType,
  type KeySet,
  type PlanHead,
  type PlannedPlay,
  type Receipt,
  type ReceiptAck,
  type ReceiptBatch,
  type TimeReply,
  type TimeRequest,
  type Wish,
} from '../../../../devices/protocol/index.js';

/**
 * Payload sizes of the contract's messages (devices/protocol), in bytes. They are taken from messages of its own types, with
 * stand-ins of the usual length, so that a field that is added there is counted here.
 */

/** Ids of this installation (`newId`): 26 letters. */
const SOME_ID = '0'.repeat(26);
const SOME_HASH = FIRST_LINK;
const SOME_MS = 1_790_000_000_000;
/** Ed25519 (64 bytes) in base64url; a key id is 16 bytes of a hash. */
const SIGNATURE = '-'.repeat(86);
const SOME_KID = '-'.repeat(22);

/** Counted, not encoded: a province has thousands of heads to weigh. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // A pair of surrogates is four bytes, one more for each of the two units.
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

export const jsonBytes = (message: unknown): number => utf8Bytes(JSON.stringify(message));
const base64Bytes = (bytes: number): number => Math.ceil((bytes * 4) / 3);

/** Compact JWS: header, payload and signature in base64url, two dots. */
export function signedBytes(typ: JwsType, payload: unknown): number {
  const header = jsonBytes({ alg: 'EdDSA', kid: SOME_KID, typ });
  return base64Bytes(header) + 1 + base64Bytes(jsonBytes(payload)) + 1 + SIGNATURE.length;
}

export interface Names {
  readonly device: string;
  readonly area: string;
  readonly cluster: string;
}

/** Letters of one receipt inside a batch, quoted and escaped, of a play without its own words. */
const BARE_RECEIPT: Receipt = {
  v: 1,
  device: '',
  boot: 12,
  bootId: SOME_ID,
  seq: 12_345,
  simulated: false,
  play: '',
  occurrence: '',
  part: 0,
  planVersion: SOME_MS,
  day: '2026-01-01',
  item: { id: '', version: 1, title: '', language: '' },
  audioSha256: SOME_HASH,
  area: { id: SOME_ID, name: '' },
  cluster: { id: SOME_ID, name: '' },
  planned: {
    startMs: SOME_MS,
    latestEndMs: SOME_MS,
    durationMs: 300_000,
    volume: 80,
    class: 'normal',
    late: 'whole',
  },
  outcome: 'complete',
  cause: null,
  grade: 'completed',
  startedAtMs: SOME_MS,
  endedAtMs: SOME_MS,
  playedMs: 300_000,
  seekMs: 0,
  lateMs: 12,
  volume: 80,
  clock: { trust: 'trusted', errorMs: 120 },
};
const BARE_RECEIPT_BYTES = jsonBytes(JSON.stringify(BARE_RECEIPT));
/** `,"textSha256":"…"` escaped. */
const TEXT_HASH_BYTES = jsonBytes(JSON.stringify({ textSha256: SOME_HASH })) - jsonBytes(JSON.stringify({})) + 1;

/** A receipt without the names of who writes it: see `receiptNamesBytes`. */
export function receiptPlayBytes({ play, occurrence, item }: PlannedPlay): number {
  const letters = play.length + occurrence.length + item.id.length + item.language.length + utf8Bytes(item.title);
  return BARE_RECEIPT_BYTES + letters + (item.textSha256 === undefined ? 0 : TEXT_HASH_BYTES);
}

export function receiptNamesBytes({ device, area, cluster }: Names): number {
  return device.length + utf8Bytes(area) + utf8Bytes(cluster);
}

/** A signed batch without its receipts; each of them but the last brings a comma. */
export function batchBytes(device: string): number {
  const batch: ReceiptBatch = {
    v: 1,
    device,
    boot: 12,
    first: 12_345,
    last: 12_345,
    previous: SOME_HASH,
    link: SOME_HASH,
    receipts: [],
    signature: SIGNATURE,
  };
  return jsonBytes(batch);
}

export function ackBytes(device: string): number {
  const ack: ReceiptAck = { v: 1, device, boot: 12, first: 12_345, last: 12_345, quarantined: [] };
  return signedBytes('vang-ack', ack);
}

/**
 * A day part as gzip. JSON repeats itself, so the names of the fields cost once; hashes and ids do not compress. Fitted to
 * parts of 1 to 200 plays of 1 to 200 items (gzip level 6), which it meets within 15 %; held to 25 % by the spec.
 */
const PART_BYTES = 270;
const PART_PLAY_BYTES = 35;
const PART_ITEM_BYTES = 57;
const PART_HASH_BYTES = 37;

export function dayPartBytes(plays: readonly PlannedPlay[]): number {
  const hashes = new Map<string, number>();
  for (const { audio, item } of plays)
    hashes.set(audio.sha256, 1 + (audio.bytes > CHUNK_BYTES ? 1 : 0) + (item.textSha256 === undefined ? 0 : 1));
  let bytes = PART_BYTES + plays.length * PART_PLAY_BYTES;
  for (const count of hashes.values()) bytes += PART_ITEM_BYTES + count * PART_HASH_BYTES;
  return bytes;
}

/** @param parts bytes of each day part of the plan */
export function headBytes(names: Names, parts: readonly number[]): number {
  const head: PlanHead = {
    v: 1,
    device: names.device,
    version: SOME_MS,
    publishedAt: SOME_MS,
    area: { id: SOME_ID, name: names.area },
    cluster: { id: SOME_ID, name: names.cluster },
    from: '2026-01-01',
    until: '2026-01-07',
    sinceMs: SOME_MS,
    fromMs: SOME_MS,
    untilMs: SOME_MS,
    parts: parts.map((bytes) => ({
      sha256: SOME_HASH,
      bytes,
      ...(bytes > CHUNK_BYTES ? { descriptor: SOME_HASH } : {}),
      day: '2026-01-01',
    })),
  };
  return signedBytes('vang-plan', head);
}

/** Every chunk as it is published, and the descriptor; null: one chunk needs none. */
export function assetPayloads(bytes: number): {
  readonly chunks: readonly number[];
  readonly descriptor: number | null;
} {
  const count = chunkCount(bytes);
  const chunks = Array.from({ length: count }, (_, index) => {
    const { start, end } = chunkRange(index, bytes);
    return end - start;
  });
  if (count <= 1) return { chunks, descriptor: null };
  const bare = jsonBytes({ v: 1, sha256: SOME_HASH, bytes, chunkBytes: CHUNK_BYTES, chunks: [] });
  // 43 letters, two quotation marks, a comma.
  return { chunks, descriptor: bare + count * 46 - 1 };
}

export function wishBytes(device: string): number {
  const wish: Wish = { v: 1, device, assets: [{ sha256: SOME_HASH }] };
  return jsonBytes(wish);
}

/** While nothing plays; `playingBytes` more while something does. */
export function stateBytes(device: string): number {
  const state: DeviceState = {
    v: 1,
    device,
    online: true,
    boot: 12,
    planVersion: SOME_MS,
    ready: true,
    trust: 'trusted',
    playing: null,
    waitingReceipts: 0,
    lastReceipt: { boot: 12, seq: 40 },
  };
  return jsonBytes(state);
}

/** The play in quotation marks in place of `null`. */
export const playingBytes = (play: string): number => play.length + 2 - 4;

export const willBytes = (device: string): number => {
  const gone: DeviceState = { v: 1, device, online: false };
  return jsonBytes(gone);
};

export function timeBytes(device: string): { readonly request: number; readonly reply: number } {
  const request: TimeRequest = { v: 1, device, nonce: SOME_KID };
  const reply: TimeReply = { ...request, serverMs: SOME_MS };
  return { request: jsonBytes(request), reply: signedBytes('vang-time', reply) };
}

export const syncedBytes = (device: string): number => jsonBytes({ v: 1, device, version: SOME_MS });

/** Two keys: the one in use and the one that follows it. */
function keySetBytes(): number {
  const key = { kid: SOME_KID, publicKey: '-'.repeat(43), from: SOME_MS, until: SOME_MS, scope: ['*'] };
  const keys: KeySet = { v: 1, version: 12, keys: [key, key] };
  return signedBytes('vang-keys', keys);
}

export const KEY_SET_BYTES = keySetBytes();
