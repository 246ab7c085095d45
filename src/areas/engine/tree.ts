/** The tree of administrative units: depth varies (since 1 July 2025 communes stand directly under provinces). */
export const AREA_KINDS = ['province', 'district', 'commune', 'hamlet'] as const;
export type AreaKind = (typeof AREA_KINDS)[number];

/** What may stand directly below what; null: at the root. */
const PARENTS: Readonly<Record<AreaKind, readonly (AreaKind | null)[]>> = {
  province: [null],
  district: ['province', null],
  commune: ['district', 'province', null],
  hamlet: ['commune'],
};

export function mayStandUnder(kind: AreaKind, parent: AreaKind | null): boolean {
  return PARENTS[kind].includes(parent);
}

/** `/a/b/` contains itself and `/a/b/c/`; `/` contains everything. */
export function covers(scopePath: string, path: string): boolean {
  return path.startsWith(scopePath);
}

export const childPath = (parentPath: string | null, id: string): string => `${parentPath ?? '/'}${id}/`;

/** Ids along a path, own first. */
export const idsUpwards = (path: string): string[] => path.split('/').filter(Boolean).reverse();

/** Validity is a span of local days, both inclusive; an open end is null. Does it touch the span `from`..`to`? */
export function isValidIn(
  area: { readonly validFrom: string; readonly validTo: string | null },
  from: string,
  to: string,
): boolean {
  return area.validFrom <= to && (area.validTo === null || from <= area.validTo);
}
