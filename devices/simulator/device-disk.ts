import type { SharedStore } from './shared-store.js';

/** What one device has on its disk, while the bytes lie in the store that all share. */
export class DeviceDisk {
  readonly #store: SharedStore;
  readonly #finished = new Set<string>();
  /** Unfinished assets of which this device was sent other bytes than those that are kept for all. */
  readonly #deviant = new Set<string>();

  constructor(store: SharedStore) {
    this.#store = store;
  }

  /** The assets that are here whole and verified. */
  get finished(): string[] {
    return [...this.#finished];
  }

  write(sha256: string, offset: number, bytes: Uint8Array): void {
    if (!this.#store.write(sha256, offset, bytes)) this.#deviant.add(sha256);
  }

  /** Bytes that did not fit. */
  lose(sha256: string): void {
    this.#deviant.add(sha256);
  }

  /** Whether it is here whole and verified. */
  holds(sha256: string): boolean {
    return this.#finished.has(sha256);
  }

  /** Whether the asset is what its name says. */
  finish(sha256: string): boolean {
    const ok = !this.#deviant.delete(sha256) && this.#store.finish(sha256);
    if (ok) this.#finished.add(sha256);
    return ok;
  }

  readPart(sha256: string): string | null {
    return this.#finished.has(sha256) ? this.#store.readPart(sha256) : null;
  }

  /** Partial assets begin anew after a power cut. */
  powerCut(): void {
    this.#deviant.clear();
  }
}
