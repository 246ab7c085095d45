import { type Area, covers } from '../../areas/index.js';

/** A hamlet, with the commune that it lies in. */
export interface HamletColumn {
  readonly id: string;
  readonly name: string;
  readonly communeId: string;
  readonly communeName: string;
}

/** Communes by name without diacritics, hamlets within them by code, so that Ấp 10 comes after Ấp 9. */
export function columnsOf(found: readonly { readonly area: Area; readonly commune: Area }[]): HamletColumn[] {
  return found
    .toSorted((a, b) => compare(a.commune.nameFolded, b.commune.nameFolded) || compare(a.area.code, b.area.code))
    .map(({ area, commune }) => ({ id: area.id, name: area.name, communeId: commune.id, communeName: commune.name }));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Content of the plan's own area, of one above it or of one below; a stranger's tag puts nothing into this plan. */
export const concernsPlan = (itemPath: string, planPath: string): boolean =>
  covers(itemPath, planPath) || covers(planPath, itemPath);

/** A draft is no row: rows are what may go on air, and what did before it was withdrawn. */
export const isRow = (
  { id, approvedVersion }: { readonly id: string; readonly approvedVersion: number | null },
  onAir: ReadonlySet<string>,
): boolean => approvedVersion !== null || onAir.has(id);
