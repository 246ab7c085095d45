import { type EntityManager, In } from 'typeorm';
import { Entry } from '../entries/entry.entity.js';

const AT_ONCE = 500;

/** What the entries of an area play. Asked again, it reads only those that have changed since. */
export class KeysOfArea {
  readonly #known = new Map<string, { readonly revision: number; readonly key: string }>();

  /** Ids and keys of the entries of exactly this area that were not cancelled. */
  async of(reader: EntityManager, areaPath: string): Promise<Set<string>> {
    const there = await reader
      .createQueryBuilder(Entry, 'entry')
      .select('entry.id', 'id')
      .addSelect('entry.revision', 'revision')
      .where('entry.areaPath = :areaPath AND entry.cancelledAtMs IS NULL', { areaPath })
      .getRawMany<{ id: string; revision: number }>();
    const changed = there.flatMap(({ id, revision }) => (this.#known.get(id)?.revision === revision ? [] : [id]));
    for (let from = 0; from < changed.length; from += AT_ONCE)
      for (const entry of await reader.findBy(Entry, { id: In(changed.slice(from, from + AT_ONCE)) }))
        this.#known.set(entry.id, { revision: entry.revision, key: keyOf(entry) });
    return new Set(there.flatMap(({ id }) => [id, this.#known.get(id)?.key ?? id]));
  }
}

/** Entries with one key play the same, whenever they do. */
export const keyOf = ({ recurrence, zone, changes, runningOrder, place, ...target }: Entry): string => {
  const { devices, clusterIds, groupIds, hamletIds } = target;
  const played = [recurrence, zone, changes, runningOrder, place];
  return JSON.stringify([...played, devices, clusterIds, groupIds, hamletIds].map(sorted));
};

/** Databases keep the members of an object in orders of their own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}
