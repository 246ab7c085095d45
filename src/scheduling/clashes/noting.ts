import type { Board, Clash, Listener } from '../engine/index.js';
import type { ClashRow } from './clash.entity.js';

/**
 * People decide at the latest so long before the earlier play: devices hold their plan and its audio before they need them, and a poor
 * line needs time for what a decision changes.
 */
export const DECIDED_BEFORE_MS = 2 * 3_600_000;

/** Who schedules something late leaves the commune at least so long, if the play is not sooner. */
export const LEAST_TIME_MS = 10 * 60_000;

/** @returns when the default is recorded: always before the play begins */
export function deadlineOf(fromMs: number, nowMs: number): number {
  const regular = fromMs - DECIDED_BEFORE_MS;
  return regular > nowMs ? regular : Math.min(nowMs + LEAST_TIME_MS, fromMs - 1);
}

/** Clashes by their keys. */
export type ClashesByKey = ReadonlyMap<string, Clash>;

/**
 * What clashes in each commune, by the path of the commune. Loudspeakers of different languages may start at different times: a
 * commune must have decided before the first of them does.
 * @param communeOf path of the commune around an area; null: none, so nobody is asked and the default holds
 */
export function clashesByCommune(
  board: Board,
  listeners: readonly Listener[],
  communeOf: (areaPath: string) => string | null,
): ReadonlyMap<string, ClashesByKey> {
  const found = new Map<string, Map<string, Clash>>();
  for (const { id, areaPath } of listeners) {
    const { clashes } = board.planOf(id);
    if (clashes.length === 0) continue;
    const commune = communeOf(areaPath);
    if (commune === null) continue;
    const known = found.get(commune) ?? new Map<string, Clash>();
    found.set(commune, known);
    for (const clash of clashes) {
      const earlier = known.get(clash.key);
      if (!earlier || clash.fromMs < earlier.fromMs) known.set(clash.key, clash);
    }
  }
  return found;
}

export interface Noted {
  readonly fresh: readonly Clash[];
  /** Back after it was gone, at another time, or with another default. */
  readonly changed: readonly { readonly row: ClashRow; readonly clash: Clash }[];
  readonly gone: readonly ClashRow[];
}

/** What is to be written down. @param rows what is known of these clashes, and of others ahead @param found in the same commune */
export function noted(rows: readonly ClashRow[], found: ClashesByKey, nowMs: number): Noted {
  const known = new Set(rows.map(({ key }) => key));
  return {
    // One that has begun is past deciding.
    fresh: [...found.values()].filter(({ key, fromMs }) => !known.has(key) && fromMs > nowMs),
    changed: rows.flatMap((row) => {
      const clash = found.get(row.key);
      return clash && differs(row, clash) ? [{ row, clash }] : [];
    }),
    gone: rows.filter(({ key, goneAtMs, fromMs }) => !found.has(key) && goneAtMs === null && fromMs > nowMs),
  };
}

const differs = ({ goneAtMs, fromMs, byDefault }: ClashRow, clash: Clash): boolean =>
  goneAtMs !== null || fromMs !== clash.fromMs || byDefault !== clash.byDefault;

export const isNothing = ({ fresh, changed, gone }: Noted): boolean =>
  fresh.length + changed.length + gone.length === 0;
