import { gunzipSync } from 'node:zlib';
import { chunkRange, type Descriptor, toBase64Url, toHex } from '../../protocol/index.js';
import { crypto } from './keys.js';

/** The assets of a device in a world: `<sha256>` once whole, `.part` and `.descriptor` before. It survives a power cut. */
export class WorldDisk {
  readonly #files = new Map<string, Uint8Array>();

  get names(): readonly string[] {
    return [...this.#files.keys()];
  }

  get stored(): readonly string[] {
    return this.names.filter((name) => !name.includes('.'));
  }

  get begun(): readonly string[] {
    return this.names.flatMap((name) => (name.endsWith('.part') ? [name.slice(0, -5)] : []));
  }

  put(name: string, bytes: Uint8Array): void {
    this.#files.set(name, bytes);
  }

  lose(name: string): void {
    this.#files.delete(name);
  }

  /** A write that the power cut tore: the file ends here. */
  tear(name: string, atByte: number): void {
    this.put(name, (this.#files.get(name) as Uint8Array).slice(0, atByte));
  }

  write(sha256: string, offset: number, bytes: Uint8Array): void {
    const held = this.#files.get(`${sha256}.part`) ?? new Uint8Array();
    const grown = new Uint8Array(Math.max(held.length, offset + bytes.length));
    grown.set(held);
    grown.set(bytes, offset);
    this.put(`${sha256}.part`, grown);
  }

  finish(sha256: string): boolean {
    const bytes = this.#files.get(`${sha256}.part`) as Uint8Array;
    this.drop(sha256);
    const ok = toHex(crypto.sha256(bytes)) === sha256;
    if (ok) this.put(sha256, bytes);
    return ok;
  }

  drop(sha256: string): void {
    this.lose(`${sha256}.part`);
    this.lose(`${sha256}.descriptor`);
  }

  findChunks(sha256: string): { readonly descriptor: Uint8Array | null; readonly held: readonly number[] } {
    const descriptor = this.#files.get(`${sha256}.descriptor`);
    if (!descriptor) return { descriptor: null, held: [] };
    const part = this.#files.get(`${sha256}.part`) ?? new Uint8Array();
    const { bytes, chunkBytes, chunks } = JSON.parse(Buffer.from(descriptor).toString()) as Descriptor;
    const genuine = (index: number) => {
      const { start, end } = chunkRange(index, bytes, chunkBytes);
      return toBase64Url(crypto.sha256(part.subarray(start, end))) === chunks[index];
    };
    return { descriptor, held: [...chunks.keys()].filter(genuine) };
  }

  readPart(sha256: string): string | null {
    try {
      return gunzipSync(this.#files.get(sha256) as Uint8Array).toString('utf8');
    } catch {
      return null;
    }
  }
}
