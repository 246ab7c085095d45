import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type AssetRef, CHUNK_BYTES, type Descriptor } from '../../devices/protocol/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database, insertMany } from '../platform/database/index.js';
import { ContentStore } from '../platform/storage/index.js';
import { Asset } from './dispatch.entity.js';

/** Known assets are immutable, so a small memory of them saves a query for every wish. */
const REMEMBERED = 5_000;

@Injectable()
export class AssetService {
  readonly #known = new Map<string, Asset>();

  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly clock: Clock,
  ) {}

  async find(sha256: string): Promise<Asset | null> {
    const known = this.#known.get(sha256);
    if (known) return known;
    const asset = await this.database.read((reader) => reader.findOneBy(Asset, { sha256 }));
    if (asset) this.#remember(asset);
    return asset;
  }

  /** Makes a stored file an asset: reads it once, chunk by chunk, for its descriptor. */
  async register(sha256: string, kind: Asset['kind'], type: string): Promise<Asset> {
    const known = await this.find(sha256);
    if (known) return known;
    const hashes: string[] = [];
    let bytes = 0;
    const stream = await this.store.open(sha256);
    for await (const chunk of inChunks(stream, CHUNK_BYTES)) {
      bytes += chunk.length;
      hashes.push(createHash('sha256').update(chunk).digest('base64url'));
    }
    const whole: Descriptor = { v: 1, sha256, bytes, chunkBytes: CHUNK_BYTES, chunks: hashes };
    const descriptor = hashes.length > 1 ? JSON.stringify(whole) : null;
    const asset: Asset = {
      sha256,
      kind,
      type,
      bytes,
      chunkBytes: CHUNK_BYTES,
      descriptor,
      descriptorSha256: descriptor === null ? null : createHash('sha256').update(descriptor).digest('hex'),
      createdAtMs: this.clock.nowMs(),
    };
    // Two may register the same bytes at the same moment: they say the same of them.
    await this.database.write((tx) => insertMany(tx.manager, Asset, [asset], { of: ['sha256'] }));
    this.#remember(asset);
    return asset;
  }

  async readChunk(asset: Asset, index: number): Promise<Uint8Array> {
    const start = index * asset.chunkBytes;
    const parts: Buffer[] = [];
    const stream = await this.store.open(asset.sha256, {
      start,
      end: Math.min(start + asset.chunkBytes, asset.bytes) - 1,
    });
    for await (const part of stream) parts.push(part);
    return Buffer.concat(parts);
  }

  #remember(asset: Asset): void {
    if (this.#known.size >= REMEMBERED) this.#known.delete(this.#known.keys().next().value as string);
    this.#known.set(asset.sha256, asset);
  }
}

export function refOf(asset: Asset): AssetRef {
  return {
    sha256: asset.sha256,
    bytes: asset.bytes,
    ...(asset.descriptorSha256 ? { descriptor: asset.descriptorSha256 } : {}),
  };
}

async function* inChunks(stream: AsyncIterable<Buffer>, size: number): AsyncIterable<Buffer> {
  let held = Buffer.alloc(0);
  for await (const part of stream) {
    held = Buffer.concat([held, part]);
    for (; held.length >= size; held = held.subarray(size)) yield held.subarray(0, size);
  }
  if (held.length > 0) yield held;
}
