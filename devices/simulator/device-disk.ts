import { chunkRange, type Descriptor } from '../protocol/index.js';
import type { SharedStore } from './shared-store.js';

/** An asset on its way. */
interface Begun {
  descriptor: Uint8Array | null;
  /** Where the chunks begin that are on this disk. */
  readonly offsets: Set<number>;
  /** This device was sent other bytes than those that are kept for all, or had no room for them. */
  deviant: boolean;
}

/** What one device has on its disk, while the bytes lie in the store that all share. */
export class DeviceDisk {
  readonly #store: SharedStore;
  readonly #finished = new Set<string>();
  readonly #begun = new Map<string, Begun>();

  constructor(store: SharedStore) {
    this.#store = store;
  }

  /** The assets that are here whole and verified. */
  get finished(): string[] {
    return [...this.#finished];
  }

  /** The assets of which a part is here. */
  get begun(): string[] {
    return [...this.#begun.keys()];
  }

  keepDescriptor(sha256: string, bytes: Uint8Array): void {
    this.#begunAt(sha256).descriptor = this.#store.keepDescriptor(sha256, bytes);
  }

  write(sha256: string, offset: number, bytes: Uint8Array): void {
    const begun = this.#begunAt(sha256);
    if (this.#store.write(sha256, offset, bytes)) begun.offsets.add(offset);
    else begun.deviant = true;
  }

  /** Bytes that did not fit. */
  lose(sha256: string): void {
    this.#begunAt(sha256).deviant = true;
  }

  /** What a player finds when it hashes the part that is here again: the chunks that are genuine. */
  findChunks(sha256: string): { readonly descriptor: Uint8Array | null; readonly held: readonly number[] } {
    const begun = this.#begunAt(sha256);
    // The others are not among the offsets, and are asked for again.
    begun.deviant = false;
    if (!begun.descriptor) return { descriptor: null, held: [] };
    const { bytes, chunkBytes, chunks } = JSON.parse(Buffer.from(begun.descriptor).toString('utf8')) as Descriptor;
    const here = (index: number) => begun.offsets.has(chunkRange(index, bytes, chunkBytes).start);
    return { descriptor: begun.descriptor, held: [...chunks.keys()].filter(here) };
  }

  drop(sha256: string): void {
    this.#begun.delete(sha256);
  }

  #begunAt(sha256: string): Begun {
    const begun = this.#begun.get(sha256) ?? { descriptor: null, offsets: new Set(), deviant: false };
    this.#begun.set(sha256, begun);
    return begun;
  }

  /** Whether it is here whole and verified. */
  holds(sha256: string): boolean {
    return this.#finished.has(sha256);
  }

  /** Whether the asset is what its name says. */
  finish(sha256: string): boolean {
    const ok = !this.#begun.get(sha256)?.deviant && this.#store.finish(sha256);
    this.#begun.delete(sha256);
    if (ok) this.#finished.add(sha256);
    return ok;
  }

  readPart(sha256: string): string | null {
    return this.#finished.has(sha256) ? this.#store.readPart(sha256) : null;
  }
}
