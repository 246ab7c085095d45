import { dirname, join } from 'node:path';
import type { Disk } from '../update/disk.js';

/** The power went in the middle of it. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

type Node =
  | { readonly kind: 'file'; readonly content: string }
  | { readonly kind: 'link'; readonly target: string }
  | Folder;
interface Folder {
  readonly kind: 'folder';
  live: Map<string, Node>;
  /** What of it is on the disk for sure. */
  durable: Map<string, Node>;
}
const folder = (): Folder => ({ kind: 'folder', live: new Map(), durable: new Map() });

/**
 * A file system that is cut off after so many changes. Of names that were not synced it keeps none or all after a cut: the worst and
 * the best that a real one does.
 */
export class MemoryDisk implements Disk {
  readonly #root = folder();
  changes = 0;
  /** The power goes in the middle of the change after so many. */
  cutAfter = Number.POSITIVE_INFINITY;

  /** @param keepsUnsynced whether names that were not synced are there nevertheless */
  powerBack(keepsUnsynced: boolean): void {
    this.cutAfter = Number.POSITIVE_INFINITY;
    const restore = (at: Folder): void => {
      if (keepsUnsynced) at.durable = new Map(at.live);
      else at.live = new Map(at.durable);
      for (const child of at.live.values()) if (child.kind === 'folder') restore(child);
    };
    restore(this.#root);
  }

  async readText(path: string): Promise<string | null> {
    const node = this.#at(path);
    return node?.kind === 'file' ? node.content : null;
  }
  async list(path: string): Promise<string[]> {
    const node = this.#at(path);
    return node?.kind === 'folder' ? [...node.live.keys()] : [];
  }
  async readLink(path: string): Promise<string | null> {
    const node = this.#at(path);
    return node?.kind === 'link' ? node.target : null;
  }
  async isFile(path: string): Promise<boolean> {
    return this.#at(path)?.kind === 'file';
  }
  async makeFolder(path: string): Promise<void> {
    this.#change();
    let at = this.#root;
    for (const name of path.split('/').filter(Boolean)) {
      const child = at.live.get(name) ?? folder();
      if (child.kind !== 'folder') throw new Error(`ENOTDIR: ${path}`);
      at.live.set(name, child);
      at = child;
    }
  }
  async write(path: string, content: string | Uint8Array): Promise<void> {
    this.#change();
    this.#above(path).live.set(nameOf(path), { kind: 'file', content: Buffer.from(content).toString('latin1') });
  }
  async link(path: string, target: string): Promise<void> {
    this.#change();
    if (this.#at(path)) throw new Error(`EEXIST: ${path}`);
    this.#above(path).live.set(nameOf(path), { kind: 'link', target });
  }
  async rename(from: string, to: string): Promise<void> {
    this.#change();
    const node = this.#at(from);
    const there = this.#at(to);
    if (!node) throw new Error(`ENOENT: ${from}`);
    if (there?.kind === 'folder' && there.live.size > 0) throw new Error(`ENOTEMPTY: ${to}`);
    this.#above(to).live.set(nameOf(to), node);
    this.#above(from).live.delete(nameOf(from));
  }
  /** One change for each thing that goes: a tree may be left half. */
  async remove(path: string): Promise<void> {
    const node = this.#at(path);
    if (!node) return;
    if (node.kind === 'folder') for (const name of [...node.live.keys()]) await this.remove(join(path, name));
    this.#change();
    this.#above(path).live.delete(nameOf(path));
  }
  async syncFolder(path: string): Promise<void> {
    this.#change();
    const node = this.#at(path);
    if (node?.kind !== 'folder') throw new Error(`ENOENT: ${path}`);
    node.durable = new Map(node.live);
  }

  #change(): void {
    if (this.changes >= this.cutAfter) throw new PowerCut();
    this.changes += 1;
  }
  #at(path: string): Node | undefined {
    let at: Node | undefined = this.#root;
    for (const name of path.split('/').filter(Boolean)) at = at?.kind === 'folder' ? at.live.get(name) : undefined;
    return at;
  }
  #above(path: string): Folder {
    const above = this.#at(dirname(path));
    if (above?.kind !== 'folder') throw new Error(`ENOENT: ${dirname(path)}`);
    return above;
  }
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
