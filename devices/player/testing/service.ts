import {
  CHUNK_BYTES,
  chainOf,
  chunkRange,
  fromBase64Url,
  fromBitmap,
  fromHex,
  type Receipt,
  type ReceiptAck,
  receipt,
  receiptBatch,
  signedBatchBytes,
  signJws,
  timeRequest,
  topics,
  wish,
} from '../../protocol/index.js';
import type { DeviceKey } from '../adapters/crypto.js';
import { crypto, rawOf, SERVICE, signedKeySet } from './keys.js';
import type { TestAsset, TestPlan } from './plans.js';

export interface Sent {
  readonly topic: string;
  readonly payload: string | Uint8Array;
}

/** The service and its broker, as far as one device sees them: it answers what the contract says, and checks what it gets. */
export class FakeService {
  readonly #assets = new Map<string, TestAsset>();
  /** Retained. */
  keys = signedKeySet(1);
  head: string | null = null;
  /** By topic: what else the broker retains for this device. */
  readonly kept = new Map<string, string>();
  acknowledges = true;
  answersTime = true;
  suppliesAssets = true;
  /** Topics of pieces that are lost on the way. */
  readonly loses = new Set<string>();
  /** By how much the service's clock is wrong. */
  clockErrorMs = 0;
  /** Every message of the device, in order. */
  readonly heard: { readonly topic: string; readonly message: Record<string, unknown> }[] = [];
  /** Receipts by arrival; one that was sent twice is here twice. */
  readonly arrived: { readonly text: string; readonly receipt: Receipt }[] = [];
  readonly batches: string[] = [];

  constructor(
    private readonly device: string,
    private readonly deviceKey: DeviceKey,
  ) {}

  hold(...assets: readonly TestAsset[]): void {
    for (const asset of assets) this.#assets.set(asset.ref.sha256, asset);
  }

  publish(plan: TestPlan): Sent {
    this.hold(...plan.parts);
    this.head = plan.signedHead;
    return { topic: topics.down(this.device, 'plan'), payload: plan.signedHead };
  }

  retained(filter: string): Sent[] {
    if (filter === topics.keys) return [{ topic: filter, payload: this.keys }];
    if (filter === topics.down(this.device, 'plan') && this.head) return [{ topic: filter, payload: this.head }];
    const kept = this.kept.get(filter);
    return kept === undefined ? [] : [{ topic: filter, payload: kept }];
  }

  take(topic: string, payload: string, nowMs: number): Sent[] {
    const message = JSON.parse(payload) as Record<string, unknown>;
    this.heard.push({ topic, message });
    if (topic === topics.up(this.device, 'time')) return this.#answerTime(message, nowMs);
    if (topic === topics.up(this.device, 'wishes')) return this.#supply(message);
    if (topic === topics.up(this.device, 'receipts')) return this.#accept(message, payload);
    return [];
  }

  acknowledge(boot: number, first: number, last: number): Sent {
    const ack: ReceiptAck = { v: 1, device: this.device, boot, first, last, quarantined: [] };
    return { topic: topics.down(this.device, 'acks'), payload: signJws('vang-ack', ack, SERVICE) };
  }

  #answerTime(message: unknown, nowMs: number): Sent[] {
    const { device, nonce } = timeRequest.parse(message);
    if (!this.answersTime) return [];
    const reply = { v: 1, device, nonce, serverMs: Math.round(nowMs + this.clockErrorMs) };
    return [{ topic: topics.down(device, 'time'), payload: signJws('vang-time', reply, SERVICE) }];
  }

  #supply(message: unknown): Sent[] {
    const wished = wish.parse(message).assets;
    if (!this.suppliesAssets) return [];
    return wished.flatMap(({ sha256, missing }) => {
      const asset = this.#assets.get(sha256);
      if (!asset) return [];
      const count = Math.ceil(asset.bytes.length / CHUNK_BYTES);
      const indexes = missing === undefined ? [...Array(count).keys()] : fromBitmap(missing, count);
      const chunks = indexes.map((index) => {
        const { start, end } = chunkRange(index, asset.bytes.length);
        return { topic: topics.chunk(sha256, index), payload: asset.bytes.subarray(start, end) };
      });
      const describes = missing === undefined && asset.descriptor;
      const pieces = describes ? [{ topic: topics.descriptor(sha256), payload: asset.descriptor }, ...chunks] : chunks;
      return pieces.filter(({ topic }) => !this.loses.has(topic));
    });
  }

  #accept(message: unknown, payload: string): Sent[] {
    const batch = receiptBatch.parse(message);
    const links = chainOf(fromHex(batch.previous), batch.receipts, crypto);
    if (links[links.length - 1] !== batch.link) throw new Error('the chain does not end in the link of the batch');
    if (!crypto.verifyEd25519(rawOf(this.deviceKey), signedBatchBytes(batch), fromBase64Url(batch.signature)))
      throw new Error('batch with a wrong signature');
    this.batches.push(payload);
    for (const text of batch.receipts) this.arrived.push({ text, receipt: receipt.parse(JSON.parse(text)) });
    return this.acknowledges ? [this.acknowledge(batch.boot, batch.first, batch.last)] : [];
  }
}
