import type { ScheduleEntry } from '../model.js';
import { isForAll } from '../target.js';
import { turnOfEntries } from './turn.js';

/** An entry with a time of its own, and those whose time depends on it. */
export interface Tree {
  readonly root: ScheduleEntry;
  /** By the entry that they stand in or behind, in the order in which they sound. */
  readonly placed: ReadonlyMap<string, readonly ScheduleEntry[]>;
  /** Whether all listeners of an area hear the same of it. */
  readonly isForAll: boolean;
  /** Set where the root is a placed entry that hangs on nothing: what it names is not here, or stands behind it itself. */
  readonly loose: 'anchorMissing' | 'afterCycle' | null;
}

const ALONE: ReadonlyMap<string, readonly ScheduleEntry[]> = new Map();

/** What an edit changed. */
export interface Change {
  /** The entry as it was and as it is, and all that stands in or behind it: whoever hears one of these may hear something else. */
  readonly heard: readonly ScheduleEntry[];
  /** All entries, as they were and as they are, of the trees that are other ones now. */
  readonly family: readonly ScheduleEntry[];
}

/** All entries, sorted by what their time depends on. An edit touches the trees it concerns and no others. */
export class Forest {
  readonly #entries = new Map<string, ScheduleEntry>();
  readonly #placedAt = new Map<string, Set<string>>();
  readonly #entriesAt = new Map<string, Set<string>>();
  readonly #treeOf = new Map<string, Tree>();
  readonly #treesAt = new Map<string, readonly Tree[]>();

  hasEntriesAt(areaPath: string): boolean {
    return (this.#entriesAt.get(areaPath)?.size ?? 0) > 0;
  }

  /** Trees of which an entry belongs exactly to this area. */
  treesAt(areaPath: string): readonly Tree[] {
    const known = this.#treesAt.get(areaPath);
    if (known) return known;
    const trees = new Set<Tree>();
    for (const id of this.#entriesAt.get(areaPath) ?? []) trees.add(this.treeOf(id));
    const made = [...trees];
    this.#treesAt.set(areaPath, made);
    return made;
  }

  /** Puts an entry in, or in place of the one with its id. */
  put(entry: ScheduleEntry): Change {
    const before = this.#entries.get(entry.id);
    if (!before && !entry.place && !this.#placedAt.has(entry.id)) {
      this.#enter(entry);
      this.#treesAt.delete(entry.areaPath);
      return { heard: [entry], family: [entry] };
    }
    const ids = new Set(this.#family(entry.id));
    if (before) this.#leave(before);
    this.#enter(entry);
    for (const id of this.#family(entry.id)) ids.add(id);
    const was = before ? [before] : [];
    const family = [...was, ...this.#known(ids)];
    for (const { id, areaPath } of family) {
      this.#treeOf.delete(id);
      this.#treesAt.delete(areaPath);
    }
    return { heard: [...was, ...this.#known(this.#behind(new Set([entry.id])))], family };
  }

  #known(ids: Iterable<string>): ScheduleEntry[] {
    return [...ids].flatMap((id) => this.#entries.get(id) ?? []);
  }

  #enter(entry: ScheduleEntry): void {
    this.#entries.set(entry.id, entry);
    grouped(this.#entriesAt, entry.areaPath).add(entry.id);
    if (entry.place) grouped(this.#placedAt, entry.place.entryId).add(entry.id);
  }

  #leave(before: ScheduleEntry): void {
    this.#entriesAt.get(before.areaPath)?.delete(before.id);
    if (before.place) this.#placedAt.get(before.place.entryId)?.delete(before.id);
  }

  /** The entry, what it hangs on, and all that hangs on that. */
  #family(id: string): Set<string> {
    const seen = new Set<string>();
    let top = id;
    for (let at = this.#entries.get(id); at; at = at.place ? this.#entries.get(at.place.entryId) : undefined) {
      if (seen.has(at.id)) break;
      seen.add(at.id);
      top = at.id;
    }
    return this.#behind(new Set([id, top]));
  }

  /** These, and all that stand in and behind them. */
  #behind(ids: Set<string>): Set<string> {
    for (const id of ids) for (const placed of this.#placedAt.get(id) ?? []) ids.add(placed);
    return ids;
  }

  /** The tree that an entry belongs to. @param id of an entry that is here */
  treeOf(id: string): Tree {
    const known = this.#treeOf.get(id);
    if (known) return known;
    let root = this.#entries.get(id) as ScheduleEntry;
    const loose = looseness(root, this.#entries);
    if (loose === null) while (root.place) root = this.#entries.get(root.place.entryId) as ScheduleEntry;
    const placed = loose === null ? this.#placedIn(root) : ALONE;
    const tree = { root, loose, placed, isForAll: [root, ...[...placed.values()].flat()].every(isForAll) };
    this.#treeOf.set(root.id, tree);
    for (const beside of placed.values()) for (const each of beside) this.#treeOf.set(each.id, tree);
    return tree;
  }

  #placedIn(root: ScheduleEntry): ReadonlyMap<string, readonly ScheduleEntry[]> {
    if (!this.#placedAt.get(root.id)?.size) return ALONE;
    const placed = new Map<string, readonly ScheduleEntry[]>();
    const open = [root.id];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const beside = [...(this.#placedAt.get(id) ?? [])].map((each) => this.#entries.get(each) as ScheduleEntry);
      if (beside.length > 0) placed.set(id, beside.sort(turnOfEntries));
      open.push(...beside.map((each) => each.id));
    }
    return placed;
  }
}

type Placed = Pick<ScheduleEntry, 'id' | 'place'>;

/** Why an entry hangs on nothing: what it names, or what that names, is not there, or it comes back to itself. Null: it does not. */
function looseness(entry: Placed, known: ReadonlyMap<string, Placed>): Tree['loose'] {
  const seen = new Set<string>();
  let at = entry;
  while (at.place) {
    if (seen.has(at.id)) return 'afterCycle';
    seen.add(at.id);
    const next = known.get(at.place.entryId);
    if (!next) return 'anchorMissing';
    at = next;
  }
  return null;
}

function grouped(map: Map<string, Set<string>>, key: string): Set<string> {
  const found = map.get(key) ?? new Set();
  map.set(key, found);
  return found;
}
