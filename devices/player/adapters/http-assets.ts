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
 * the last attempt broke off. What arrives is verified as a whole by the store, like everything else. After a failure it
 * rests, ever longer; what is newly wanted does not wait for that.
 */
export class HttpAssets implements AssetSource {
  /** With how often each has failed. */
  readonly #wanted = new Map<string, number>();
  readonly #abort = new AbortController();
  #running: Promise<void> | null = null;
  #wake: (() => void) | null = null;
  #current: { readonly sha256: string; readonly pull: AbortController; readonly done: Promise<unknown> } | null = null;

  constructor(
    private readonly url: string,
    private readonly account: { readonly device: string; readonly token: string },
    private readonly store: AssetStore,
    private readonly finished: (sha256: string) => void,
    private readonly log: Log,
  ) {}

  want(sha256: string): void {
    if (this.#wanted.has(sha256)) return;
    this.#wanted.set(sha256, 0);
    this.#wake?.();
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  async forget(sha256: string): Promise<void> {
    this.#wanted.delete(sha256);
    if (this.#current?.sha256 !== sha256) return;
    this.#current.pull.abort();
    await this.#current.done.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#wanted.clear();
    this.#abort.abort();
    this.#current?.pull.abort();
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let failures = 0; this.#wanted.size > 0 && !this.#abort.signal.aborted; ) {
      const [sha256, failed] = this.#next();
      try {
        await this.#attempt(sha256);
        failures = 0;
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        if (!this.#wanted.has(sha256)) continue;
        this.log.warn('asset', { sha256, problem: String(error) });
        this.#wanted.set(sha256, failed + 1);
        if (this.#next()[1] > 0)
          await this.#rest(Math.min(AGAIN_MS.longest, AGAIN_MS.first * 2 ** Math.min(failures++, 6)));
      }
    }
  }

  /** The one that failed least, and was asked for first: one that the service lacks must not hold up the others. */
  #next(): readonly [sha256: string, failed: number] {
    return [...this.#wanted].reduce((best, each) => (each[1] < best[1] ? each : best));
  }

  async #attempt(sha256: string): Promise<void> {
    const pull = new AbortController();
    const late = setTimeout(() => pull.abort(), PULL_MS);
    const done = this.#pull(sha256, pull.signal).then(() => this.store.finish(sha256));
    this.#current = { sha256, pull, done };
    try {
      if (!(await done)) throw new Error('another hash');
    } finally {
      clearTimeout(late);
      this.#current = null;
    }
    this.#wanted.delete(sha256);
    this.finished(sha256);
  }

  async #pull(sha256: string, signal: AbortSignal): Promise<void> {
    const have = this.store.begunBytes(sha256);
    const { device, token } = this.account;
    const response = await fetch(`${this.url.replace(/\/+$/, '')}/api/device/v1/assets/${sha256}`, {
      headers: { authorization: `Bearer ${device}.${token}`, ...(have > 0 ? { range: `bytes=${have}-` } : {}) },
      redirect: 'error',
      signal,
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
    for await (const piece of pieces(response.body as ReadableStream<Uint8Array>, signal)) {
      if (bytes + piece.length > MAX_ASSET_BYTES) throw new Error('larger than any asset');
      await this.store.writeChunk(sha256, bytes, piece);
      bytes += piece.length;
    }
  }

  async #rest(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }
}

/**
 * The pieces of a body until it ends or is broken off. A signal that comes between the head of an answer and its body does not
 * always reach the body by itself (fetch of Node 20), and then nothing else would be pulled any more.
 */
async function* pieces(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}
