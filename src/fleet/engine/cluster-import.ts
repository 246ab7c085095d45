import { PLACE_KINDS, type PlaceKind } from './place-kind.js';

export type ImportLine = Readonly<Record<string, string>>;

export interface ImportedCluster {
  readonly code: string;
  readonly areaCode: string;
  readonly name: string;
  /** Null: the file does not say. */
  readonly kind: PlaceKind | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly horns: number;
  readonly hamletCodes: readonly string[];
}

export interface ClusterImportError {
  readonly line: number;
  readonly code:
    | 'cluster.codeMissing'
    | 'cluster.codeTwice'
    | 'cluster.nameMissing'
    | 'cluster.kindWrong'
    | 'cluster.areaMissing'
    | 'cluster.hamletMissing'
    | 'cluster.placeWrong'
    | 'cluster.hornsWrong';
}

/** Reads a whole import; `areas` knows each code's kind. All or nothing. */
export function planClusterImport(
  lines: readonly ImportLine[],
  areas: ReadonlyMap<string, string>,
): { readonly clusters: readonly ImportedCluster[]; readonly errors: readonly ClusterImportError[] } {
  const clusters: ImportedCluster[] = [];
  const errors: ClusterImportError[] = [];
  const seen = new Set<string>();
  lines.forEach((fields, index) => {
    const parsed = readLine(fields, areas);
    if (typeof parsed === 'string') errors.push({ line: index + 2, code: parsed });
    else if (seen.has(parsed.code)) errors.push({ line: index + 2, code: 'cluster.codeTwice' });
    else {
      seen.add(parsed.code);
      clusters.push(parsed);
    }
  });
  return { clusters: errors.length > 0 ? [] : clusters, errors };
}

function readLine(
  fields: ImportLine,
  areas: ReadonlyMap<string, string>,
): ImportedCluster | ClusterImportError['code'] {
  const of = (name: string) => (fields[name] ?? '').normalize('NFC').trim();
  const code = of('code');
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(code)) return 'cluster.codeMissing';
  const name = of('name');
  if (name === '' || name.length > 200) return 'cluster.nameMissing';
  const kind = PLACE_KINDS.find((each) => each === of('kind')) ?? null;
  if (kind === null && of('kind') !== '') return 'cluster.kindWrong';
  if (!areas.has(of('areaCode'))) return 'cluster.areaMissing';
  const hamletCodes = of('hamletCodes')
    .split(/[;\s]+/)
    .filter(Boolean);
  if (hamletCodes.some((hamlet) => areas.get(hamlet) !== 'hamlet')) return 'cluster.hamletMissing';
  const [latitude, longitude] = [coordinate(of('latitude'), 90), coordinate(of('longitude'), 180)];
  if (latitude === undefined || longitude === undefined || (latitude === null) !== (longitude === null))
    return 'cluster.placeWrong';
  const horns = of('horns') === '' ? 0 : Number(of('horns'));
  if (!Number.isInteger(horns) || horns < 0 || horns > 100) return 'cluster.hornsWrong';
  const areaCode = of('areaCode');
  return { code, areaCode, name, kind, latitude, longitude, horns, hamletCodes: [...new Set(hamletCodes)] };
}

/** Degrees; null when empty, undefined when wrong. */
function coordinate(text: string, most: number): number | null | undefined {
  if (text === '') return null;
  const degrees = Number(text);
  return Number.isFinite(degrees) && Math.abs(degrees) <= most ? degrees : undefined;
}
