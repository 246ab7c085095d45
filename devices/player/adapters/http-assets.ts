import { setTimeout } from 'node:timers/promises';
import { MAX_ASSET_BYTES } from '../../protocol/index.js';
import type { Log } from '../logger.js';
import type { AssetStore } from './asset-store.js';

export interface AssetSource {
  want(sha256: string): void;
  /** Resolves when nothing more of it is written. */
  forget(sha256: string): Promise<void>;
  stop(): Promise<void>;
}

const PULL_MS = 600_000;
const AGAIN_MS = { first: 1_000, longest: 60_000 };

/**
 * The other way to assets (`VANG_PLAYER_ASSETS=http`): one GET at a time, in the order asked, resumed with Range where
 * the last attempt broke off. What arrives is verified as a whole by the store, like everything else.
 */
export class HttpAssets implements AssetSource {
  readonly #wanted = new Set<string>();
  readonly #abort = new AbortController();
  #running: Promise<void> | null = null;
  #current: { readonly sha256: string; readonly forgotten: AbortController; readonly done: Promise<unknown> } | null =
    null;

  constructor(
    private readonly url: string,
    private readonly account: { readonly device: string; readonly token: string },
    private readonly store: AssetStore,
    private readonly finished: (sha256: string) => void,
    private readonly log: Log,
  ) {}

  want(sha256: string): void {
    this.#wanted.add(sha256);
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  async forget(sha256: string): Promise<void> {
    this.#wanted.delete(sha256);
    if (this.#current?.sha256 !== sha256) return;
    this.#current.forgotten.abort();
    await this.#current.done.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#wanted.clear();
    this.#abort.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let failures = 0; this.#wanted.size > 0 && !this.#abort.signal.aborted; ) {
      const sha256 = [...this.#wanted][0] as string;
      try {
        await this.#attempt(sha256);
        failures = 0;
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        if (!this.#wanted.delete(sha256)) continue;
        this.log.warn('asset', { sha256, problem: String(error) });
        // To the back: one that the service lacks must not hold up the others.
        this.#wanted.add(sha256);
        await this.#pause(Math.min(AGAIN_MS.longest, AGAIN_MS.first * 2 ** Math.min(failures++, 6)));
      }
    }
  }

  async #attempt(sha256: string): Promise<void> {
    const forgotten = new AbortController();
    const done = this.#pull(sha256, forgotten.signal).then(() => this.store.finish(sha256));
    this.#current = { sha256, forgotten, done };
    try {
      if (!(await done)) throw new Error('another hash');
    } finally {
      this.#current = null;
    }
    this.#wanted.delete(sha256);
    this.finished(sha256);
  }

  async #pull(sha256: string, forgotten: AbortSignal): Promise<void> {
    const have = this.store.begunBytes(sha256);
    const { device, token } = this.account;
    const response = await fetch(`${this.url.replace(/\/+$/, '')}/api/device/v1/assets/${sha256}`, {
      headers: { authorization: `Bearer ${device}.${token}`, ...(have > 0 ? { range: `bytes=${have}-` } : {}) },
      redirect: 'error',
      signal: AbortSignal.any([this.#abort.signal, forgotten, AbortSignal.timeout(PULL_MS)]),
    });
    // 416: nothing is behind what we have; if that is not the whole, `finish` finds out and starts anew.
    if (response.status === 416) return void (await response.body?.cancel());
    if (response.status !== 200 && response.status !== 206) {
      await response.body?.cancel();
      if (response.status === 404) await this.store.dropChunks(sha256);
      throw new Error(`HTTP ${response.status}`);
    }
    if (!response.body) throw new Error('no body');
    if (response.status === 200 && have > 0) await this.store.dropChunks(sha256);
    let bytes = response.status === 206 ? have : 0;
    for await (const piece of response.body as AsyncIterable<Uint8Array>) {
      if (bytes + piece.length > MAX_ASSET_BYTES) throw new Error('larger than any asset');
      await this.store.writeChunk(sha256, bytes, piece);
      bytes += piece.length;
    }
  }

  async #pause(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal: this.#abort.signal }).catch(() => undefined);
  }
}
