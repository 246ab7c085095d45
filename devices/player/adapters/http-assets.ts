import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { MAX_ASSET_BYTES } from '../../protocol/index.js';
import type { Log } from '../logger.js';
import type { AssetStore } from './asset-store.js';

export interface AssetSource {
  want(sha256: string): void;
  forget(sha256: string): void;
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

  constructor(
    private readonly service: { readonly url: string; readonly device: string; readonly token: string },
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

  forget(sha256: string): void {
    this.#wanted.delete(sha256);
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
        await this.#pull(sha256);
        if (!(await this.store.finish(sha256))) throw new Error('another hash');
        this.#wanted.delete(sha256);
        this.finished(sha256);
        failures = 0;
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        this.log.warn('asset', { sha256, problem: String(error) });
        // To the back: one that the service lacks must not hold up the others.
        if (this.#wanted.delete(sha256)) this.#wanted.add(sha256);
        await this.#pause(Math.min(AGAIN_MS.longest, AGAIN_MS.first * 2 ** Math.min(failures++, 6)));
      }
    }
  }

  async #pull(sha256: string): Promise<void> {
    const path = this.store.partPathOf(sha256);
    const have = await stat(path).then(
      ({ size }) => size,
      () => 0,
    );
    const { url, device, token } = this.service;
    const response = await fetch(`${url.replace(/\/+$/, '')}/api/device/v1/assets/${sha256}`, {
      headers: { authorization: `Bearer ${device}.${token}`, ...(have > 0 ? { range: `bytes=${have}-` } : {}) },
      redirect: 'error',
      signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(PULL_MS)]),
    });
    // 416: nothing is behind what we have; if that is not the whole, `finish` finds out and starts anew.
    if (response.status === 416) return void (await response.body?.cancel());
    if (response.status !== 200 && response.status !== 206) {
      await response.body?.cancel();
      if (response.status === 404) await rm(path, { force: true });
      throw new Error(`HTTP ${response.status}`);
    }
    if (!response.body) throw new Error('no body');
    const start = response.status === 206 ? have : 0;
    let bytes = start;
    await pipeline(
      Readable.fromWeb(response.body),
      async function* (pieces: AsyncIterable<Uint8Array>) {
        for await (const piece of pieces) {
          bytes += piece.length;
          if (bytes > MAX_ASSET_BYTES) throw new Error('larger than any asset');
          yield piece;
        }
      },
      createWriteStream(path, start > 0 ? { flags: 'r+', start } : { flags: 'w' }),
    );
  }

  async #pause(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal: this.#abort.signal }).catch(() => undefined);
  }
}
