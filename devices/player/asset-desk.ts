import { isFullDisk } from './adapters/files.js';
import type { AssetSource } from './adapters/http-assets.js';
import type { CoreEffect, CoreEvent } from './core/index.js';
import type { Faults } from './faults.js';
import type { PlayerParts } from './parts.js';
import { SerialQueue } from './queue.js';

/** Disk jobs that may wait before no more messages are taken from the broker. */
const BACKLOG = 64;

export type AssetEffect = Extract<
  CoreEffect,
  { readonly type: 'writeChunk' | 'keepDescriptor' | 'findChunks' | 'dropChunks' | 'finishAsset' | 'readPart' }
>;

interface AssetDeskParts extends Pick<PlayerParts, 'store' | 'archive' | 'log'> {
  readonly faults: Faults;
  readonly feed: (event: CoreEvent) => void;
  /** What the present plan needs: room is never made of that. */
  readonly needed: () => ReadonlySet<string>;
}

/**
 * Carries out what the core asks of the card, one after another, so that a slow one delays no sound. A full or failing disk for
 * audio is not fatal: the asset stays missing, and receipts say so.
 */
export class AssetDesk {
  readonly #disk = new SerialQueue();
  /** Where assets come over HTTP instead of MQTT. */
  source: AssetSource | null = null;

  constructor(private readonly parts: AssetDeskParts) {}

  /** Resolves when there is room for more to write. */
  async room(): Promise<void> {
    if (this.#disk.waiting > BACKLOG) await this.#disk.idle();
  }

  async stop(): Promise<void> {
    await this.#disk.idle();
    await this.parts.store.stop();
  }

  carryOut(effect: AssetEffect): void {
    const { store, feed } = this.parts;
    const { sha256 } = effect;
    switch (effect.type) {
      case 'writeChunk':
        return this.#push(() => store.writeChunk(sha256, effect.offset, effect.bytes));
      case 'keepDescriptor':
        return this.#push(() => store.keepDescriptor(sha256, effect.bytes));
      case 'findChunks':
        return this.#push(async () => {
          // Who pulls over HTTP goes on by length.
          const found = this.source ? null : await store.findChunks(sha256).catch((error) => this.#lost(error));
          feed({ type: 'chunksFound', sha256, ...(found ?? { descriptor: null, held: [] }) });
        });
      case 'dropChunks':
        return this.#push(async () => {
          await this.source?.forget(sha256);
          await store.dropChunks(sha256);
        });
      case 'finishAsset':
        return this.#push(async () => {
          const ok = await store.finish(sha256).catch((error) => this.#lost(error));
          feed({ type: 'assetFinished', sha256, ok: ok === true });
        });
      case 'readPart':
        return this.#push(async () => feed({ type: 'partRead', sha256, text: await store.readPart(sha256) }));
    }
  }

  remove(sha256s: readonly string[]): void {
    this.#push(() => this.parts.store.remove(sha256s));
  }

  /** The plan wins over the quota, and the log says so. */
  keepQuota(): void {
    const { store, faults, log, needed } = this.parts;
    faults.tell('storage', null);
    this.#evict(store.evictable(needed()));
    const bytes = store.beyondQuota(needed());
    if (bytes > 0) log.warn('quotaExceeded', { bytes, meaning: 'the plan needs more than the quota' });
    faults.tell('storageFull', bytes > 0 ? `the plan needs ${bytes} bytes more than the quota` : null);
  }

  #push(job: () => Promise<void>): void {
    this.#disk.push(job).catch((error) => this.#lost(error));
  }

  #lost(error: unknown): void {
    const { store, archive, faults, log, needed } = this.parts;
    log.error('disk', { problem: String(error) });
    if (!isFullDisk(error)) return faults.tell('storage', String(error));
    faults.tell('storageFull', 'the disk is full');
    // What no plan needs goes at once; what could not be written is fetched again.
    const unneeded = store.unneeded(needed());
    this.#evict(unneeded);
    if (unneeded.length === 0) void archive?.makeRoom();
  }

  #evict(victims: readonly string[]): void {
    // The core first, so that it asks again for what it needs again; the disk queue keeps the order.
    if (victims.length > 0) this.parts.feed({ type: 'assetsEvicted', sha256s: victims });
  }
}
