import type { DeviceKey } from '../player/adapters/crypto.js';
import {
  type AssetRef,
  batchesIn,
  CHUNK_BYTES,
  type Crypto,
  chainOf,
  chunkCount,
  chunkRange,
  type Descriptor,
  fromBase64Url,
  fromBitmap,
  fromHex,
  type Identity,
  type KeySet,
  type ParsedTopic,
  type PlanHead,
  parseTopic,
  type Receipt,
  receipt,
  receiptBatch,
  signedBatchBytes,
  signJws,
  TOPIC_RULES,
  timeRequest,
  toBase64Url,
  toHex,
  topics,
  wish,
} from '../protocol/index.js';

const LONG = 4_000_000_000_000;
/** How long wishes are gathered. */
const WISH_WINDOW_MS = 50;

export interface DeskPorts {
  readonly crypto: Crypto;
  /** Signs the key set, and everything else. */
  readonly root: DeviceKey;
  readonly key: DeviceKey;
  /** What the service believes the time to be. */
  readonly nowMs: () => number;
  readonly later: (afterMs: number, run: () => void) => void;
  readonly publish: (topic: string, payload: Uint8Array, qos: 0 | 1, retain: boolean) => void;
  /** Each receipt that holds, once. */
  readonly onReceipt: (receipt: Receipt) => void;
}

/**
 * As much of the service as a fleet needs, without its sockets: real chunks, real acknowledgements, and a verifier of
 * receipts that trusts nothing it is sent. For specs and for virtual time only.
 */
export class ServiceDesk {
  readonly problems: string[] = [];
  /** Devices that asked for the time, each time. */
  readonly asked: string[] = [];
  /** What devices reported as refused, by code. */
  readonly reports = new Map<string, number>();
  /** Batches that came again. */
  repeats = 0;
  /** While true, receipts are taken but not acknowledged; `acknowledge()` sends what is owed. */
  silent = false;
  readonly #keys = new Map<string, Uint8Array>();
  /** The last link of each device that this verifier saw. */
  readonly links = new Map<string, string>();
  readonly #assets = new Map<string, Uint8Array>();
  readonly #descriptors = new Map<string, Uint8Array>();
  readonly #seen = new Map<string, Set<string>>();
  readonly #owed: (() => void)[] = [];
  /** Wished for and not yet sent: null is the descriptor. */
  readonly #wished = new Map<string, Set<number | null>>();
  #sending = false;

  constructor(private readonly ports: DeskPorts) {}

  /** Signed by the root key. */
  get keySet(): string {
    const { kid, publicKey } = this.ports.key;
    const keys: KeySet = { v: 1, version: 1, keys: [{ kid, publicKey, from: 0, until: LONG, scope: ['*'] }] };
    return signJws('vang-keys', keys, this.ports.root);
  }

  /** From now on receipts of this device are verified by this key. */
  admit(identity: Identity): string {
    this.#keys.set(identity.device, fromBase64Url(identity.publicKey));
    return signJws('vang-identity', identity, this.ports.key);
  }

  /** Retained. */
  tell(head: PlanHead): void {
    this.#publish(topics.down(head.device, 'plan'), signJws('vang-plan', head, this.ports.key), 1, true);
  }

  hold(bytes: Uint8Array): AssetRef {
    const sha256 = toHex(this.ports.crypto.sha256(bytes));
    this.#assets.set(sha256, bytes);
    if (bytes.length <= CHUNK_BYTES) return { sha256, bytes: bytes.length };
    const chunks = Array.from({ length: chunkCount(bytes.length) }, (_, index) =>
      toBase64Url(this.ports.crypto.sha256(this.#chunk(sha256, index))),
    );
    const whole: Descriptor = { v: 1, sha256, bytes: bytes.length, chunkBytes: CHUNK_BYTES, chunks };
    const text = Buffer.from(JSON.stringify(whole));
    this.#descriptors.set(sha256, text);
    return { sha256, bytes: bytes.length, descriptor: toHex(this.ports.crypto.sha256(text)) };
  }

  acknowledge(): void {
    this.silent = false;
    for (const acknowledge of this.#owed.splice(0)) acknowledge();
  }

  hear(topic: string, payload: Uint8Array): void {
    const parsed = parseTopic(topic);
    if (parsed?.kind === 'up') this.#hear(parsed, payload);
  }

  #hear({ device, uplink }: Extract<ParsedTopic, { kind: 'up' }>, payload: Uint8Array): void {
    if (payload.length > TOPIC_RULES[`up.${uplink}`].maxBytes) this.problems.push(`${device}: ${uplink} too large`);
    const message: unknown = JSON.parse(Buffer.from(payload).toString());
    if (uplink === 'reports') {
      const code = typeof message === 'object' && message && 'code' in message ? String(message.code) : '?';
      this.reports.set(code, (this.reports.get(code) ?? 0) + 1);
    }
    if (uplink === 'time') {
      this.asked.push(device);
      const reply = { ...timeRequest.parse(message), serverMs: this.ports.nowMs() };
      this.#publish(topics.down(device, 'time'), signJws('vang-time', reply, this.ports.key), 0, false);
    }
    if (uplink === 'wishes') for (const asset of wish.parse(message).assets) this.#wish(asset.sha256, asset.missing);
    if (uplink === 'receipts') for (const batch of batchesIn(message)) this.#take(device, batch);
  }

  /** Wishes of a moment are merged: each chunk is published once for all who listen. */
  #wish(sha256: string, missing: string | undefined): void {
    const count = chunkCount((this.#assets.get(sha256) as Uint8Array).length);
    const wished = this.#wished.get(sha256) ?? new Set();
    this.#wished.set(sha256, wished);
    for (const index of missing === undefined ? [null, ...Array(count).keys()] : fromBitmap(missing, count))
      wished.add(index);
    if (this.#sending) return;
    this.#sending = true;
    this.ports.later(WISH_WINDOW_MS, () => this.#send());
  }

  #send(): void {
    this.#sending = false;
    for (const [sha256, indexes] of this.#wished)
      for (const index of indexes) {
        const descriptor = this.#descriptors.get(sha256);
        if (index !== null) this.#publish(topics.chunk(sha256, index), this.#chunk(sha256, index), 0, false);
        else if (descriptor) this.#publish(topics.descriptor(sha256), descriptor, 0, false);
      }
    this.#wished.clear();
  }

  #chunk(sha256: string, index: number): Uint8Array {
    const bytes = this.#assets.get(sha256) as Uint8Array;
    const { start, end } = chunkRange(index, bytes.length);
    return bytes.subarray(start, end);
  }

  /**
   * Signature, then the chain from the last link that this verifier saw: what an auditor would do. A batch may come again,
   * also together with receipts that are new.
   */
  #take(device: string, message: unknown): void {
    const { crypto } = this.ports;
    const batch = receiptBatch.parse(message);
    const key = this.#keys.get(device) as Uint8Array;
    const signed = crypto.verifyEd25519(key, signedBatchBytes(batch), fromBase64Url(batch.signature));
    const links = chainOf(fromHex(batch.previous), batch.receipts, crypto);
    const seen = this.#seen.get(device) ?? new Set();
    this.#seen.set(device, seen);
    const known = links.filter((link) => seen.has(link)).length;
    const before = known === 0 ? batch.previous : (links[known - 1] as string);
    const follows = known === links.length || before === (this.links.get(device) ?? '0'.repeat(64));
    if (!signed || !follows || links.at(-1) !== batch.link)
      this.problems.push(`${device}: signature ${signed}, follows ${follows}, receipts from ${batch.first}`);
    if (known === links.length) this.repeats++;
    for (const link of links) seen.add(link);
    if (known < links.length) this.links.set(device, batch.link);
    for (const text of batch.receipts.slice(known)) this.ports.onReceipt(receipt.parse(JSON.parse(text)));
    const { boot, first, last } = batch;
    const ack = signJws('vang-ack', { v: 1, device, boot, first, last, quarantined: [] }, this.ports.key);
    const acknowledge = () => this.#publish(topics.down(device, 'acks'), ack, 1, false);
    if (this.silent) this.#owed.push(acknowledge);
    else acknowledge();
  }

  #publish(topic: string, payload: string | Uint8Array, qos: 0 | 1, retain: boolean): void {
    this.ports.publish(topic, typeof payload === 'string' ? Buffer.from(payload) : payload, qos, retain);
  }
}
