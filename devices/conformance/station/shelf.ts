import {
  type AssetRef,
  CHUNK_BYTES,
  chunkCount,
  chunkRange,
  type Descriptor,
  fromBitmap,
  toBase64Url,
  topics,
} from '../../protocol/index.js';
import { nodeCrypto, sha256Of } from './keys.js';

export interface Asset {
  readonly ref: AssetRef;
  readonly bytes: Uint8Array;
  /** Null: one chunk. */
  readonly descriptor: Uint8Array | null;
}

/** What is wrong with the supply of an asset until it is put right. */
export interface Fault {
  /** Nothing comes. */
  readonly withheld?: boolean;
  /** These chunks do not come; over HTTP the answer breaks off after half of the asset. */
  readonly lacks?: readonly number[];
  /** This chunk, or over HTTP the whole, comes with a bit turned. */
  readonly corrupts?: number;
  /** A descriptor of other chunks. */
  readonly wrongDescriptor?: boolean;
}

export interface Packet {
  readonly topic: string;
  readonly payload: Uint8Array;
}

export function assetOf(bytes: Uint8Array): Asset {
  const sha256 = sha256Of(bytes);
  if (bytes.length <= CHUNK_BYTES) return { ref: { sha256, bytes: bytes.length }, bytes, descriptor: null };
  const text = Buffer.from(JSON.stringify(describe(bytes)));
  return { ref: { sha256, bytes: bytes.length, descriptor: sha256Of(text) }, bytes, descriptor: text };
}

function describe(bytes: Uint8Array): Descriptor {
  const chunks = Array.from({ length: chunkCount(bytes.length) }, (_, index) =>
    toBase64Url(nodeCrypto.sha256(chunkOf(bytes, index))),
  );
  return { v: 1, sha256: sha256Of(bytes), bytes: bytes.length, chunkBytes: CHUNK_BYTES, chunks };
}

function chunkOf(bytes: Uint8Array, index: number): Uint8Array {
  const { start, end } = chunkRange(index, bytes.length);
  return bytes.subarray(start, end);
}

export function turned(bytes: Uint8Array): Uint8Array {
  const other = Uint8Array.from(bytes);
  other[0] = (other[0] ?? 0) ^ 1;
  return other;
}

/** Audio and day parts of the run, and how their delivery goes wrong where a clause asks for that. */
export class Shelf {
  readonly #assets = new Map<string, Asset>();
  readonly #faults = new Map<string, Fault>();

  store(bytes: Uint8Array, fault?: Fault): AssetRef {
    const asset = assetOf(bytes);
    this.#assets.set(asset.ref.sha256, asset);
    if (fault) this.#faults.set(asset.ref.sha256, fault);
    return asset.ref;
  }

  find(sha256: string): Asset | undefined {
    return this.#assets.get(sha256);
  }

  faultOf(sha256: string): Fault {
    return this.#faults.get(sha256) ?? {};
  }

  putRight(sha256: string): void {
    this.#faults.delete(sha256);
  }

  /** What is published for a wish. `missing` absent: the descriptor and everything. Throws on a bitmap of another length. */
  supply(sha256: string, missing?: string): Packet[] {
    const asset = this.#assets.get(sha256);
    const fault = this.faultOf(sha256);
    if (!asset || fault.withheld) return [];
    const count = chunkCount(asset.bytes.length);
    const indexes = missing === undefined ? [...Array(count).keys()] : fromBitmap(missing, count);
    const chunks = indexes
      .filter((index) => !fault.lacks?.includes(index))
      .map((index) => {
        const bytes = chunkOf(asset.bytes, index);
        return { topic: topics.chunk(sha256, index), payload: fault.corrupts === index ? turned(bytes) : bytes };
      });
    if (missing !== undefined || !asset.descriptor) return chunks;
    const descriptor = fault.wrongDescriptor
      ? Buffer.from(JSON.stringify({ ...describe(turned(asset.bytes)), sha256 }))
      : asset.descriptor;
    return [{ topic: topics.descriptor(sha256), payload: descriptor }, ...chunks];
  }
}
