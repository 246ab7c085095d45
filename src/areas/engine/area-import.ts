import { AREA_KINDS, type AreaKind, mayStandUnder } from './tree.js';

/** One line of the CSV, all text, keyed by its header. */
export type ImportLine = Readonly<Record<string, string>>;

export interface ImportedArea {
  readonly code: string;
  readonly parentCode: string | null;
  readonly kind: AreaKind;
  readonly name: string;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly speciallyDisadvantaged: boolean;
  readonly border: boolean;
  readonly ethnicMinority: boolean;
}

export interface ImportError {
  /** Line of the file; the header is line 1. */
  readonly line: number;
  readonly code:
    | 'area.codeMissing'
    | 'area.codeTwice'
    | 'area.kindUnknown'
    | 'area.nameMissing'
    | 'area.dateWrong'
    | 'area.flagWrong'
    | 'area.parentMissing'
    | 'area.parentWrongKind'
    | 'area.cycle';
}

const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const FLAGS: Readonly<Record<string, boolean>> = {
  '': false,
  false: false,
  '0': false,
  true: true,
  '1': true,
  x: true,
};

/**
 * Reads a whole import against what is already there (kinds by code). All or nothing: with one error nothing is imported.
 * The areas come back parents first.
 */
export function planImport(
  lines: readonly ImportLine[],
  existing: ReadonlyMap<string, AreaKind>,
): { readonly areas: readonly ImportedArea[]; readonly errors: readonly ImportError[] } {
  const errors: ImportError[] = [];
  const byCode = new Map<string, { readonly area: ImportedArea; readonly line: number }>();
  lines.forEach((fields, index) => {
    const line = index + 2;
    const parsed = readLine(fields);
    if (typeof parsed === 'string') errors.push({ line, code: parsed });
    else if (byCode.has(parsed.code)) errors.push({ line, code: 'area.codeTwice' });
    else byCode.set(parsed.code, { area: parsed, line });
  });
  const ordered: ImportedArea[] = [];
  const state = new Map<string, 'open' | 'placed' | 'refused'>();
  /** @param code of the file, its parent judged before */
  const settle = (code: string, onCycle: boolean): void => {
    const entry = byCode.get(code);
    if (!entry) return;
    const problem = onCycle ? 'area.cycle' : refusalOf(entry.area);
    state.set(code, problem === null ? 'placed' : 'refused');
    if (problem === null) ordered.push(entry.area);
    else errors.push({ line: entry.line, code: problem });
  };
  const refusalOf = ({ kind, parentCode }: ImportedArea): ImportError['code'] | null => {
    if (parentCode === null) return mayStandUnder(kind, null) ? null : 'area.parentWrongKind';
    const parentKind = byCode.get(parentCode)?.area.kind ?? existing.get(parentCode);
    if (parentKind === undefined || state.get(parentCode) === 'refused') return 'area.parentMissing';
    return mayStandUnder(kind, parentKind) ? null : 'area.parentWrongKind';
  };
  // Each line is walked over once: up to what is judged already or not of the file, and back down, parents first.
  for (const start of byCode.keys()) {
    const chain: string[] = [];
    let code: string | null = start;
    while (code !== null && byCode.has(code) && !state.has(code)) {
      state.set(code, 'open');
      chain.push(code);
      code = byCode.get(code)?.area.parentCode ?? null;
    }
    const cycleFrom = code !== null && state.get(code) === 'open' ? chain.indexOf(code) : chain.length;
    for (let index = chain.length - 1; index >= 0; index--) settle(chain[index] ?? '', index >= cycleFrom);
  }
  return { areas: errors.length > 0 ? [] : ordered, errors: errors.sort((a, b) => a.line - b.line) };
}

function readLine(fields: ImportLine): ImportedArea | ImportError['code'] {
  const of = (name: string) => (fields[name] ?? '').normalize('NFC').trim();
  const code = of('code');
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(code)) return 'area.codeMissing';
  const kind = AREA_KINDS.find((known) => known === of('kind'));
  if (!kind) return 'area.kindUnknown';
  const name = of('name');
  if (name === '' || name.length > 200) return 'area.nameMissing';
  const validFrom = of('validFrom') || '1900-01-01';
  const validTo = of('validTo') || null;
  if (!DAY.test(validFrom) || (validTo !== null && (!DAY.test(validTo) || validTo < validFrom)))
    return 'area.dateWrong';
  const flags = ['speciallyDisadvantaged', 'border', 'ethnicMinority'].map((flag) => FLAGS[of(flag).toLowerCase()]);
  if (flags.includes(undefined)) return 'area.flagWrong';
  return {
    code,
    parentCode: of('parentCode') || null,
    kind,
    name,
    validFrom,
    validTo,
    speciallyDisadvantaged: flags[0] === true,
    border: flags[1] === true,
    ethnicMinority: flags[2] === true,
  };
}
