import { CELL_STATES, type CellState, type Coverage } from './api.js';

export type Counts = Readonly<Record<CellState, number>>;

export interface CommuneColumns {
  readonly id: string;
  readonly name: string;
  /** Indexes of its hamlets' columns. */
  readonly columns: readonly number[];
  readonly counts: Counts;
}

/** Columns of the matrix by commune, in the order in which they come. */
export function byCommune(coverage: Pick<Coverage, 'hamlets' | 'cells'>): CommuneColumns[] {
  const groups = new Map<string, { name: string; columns: number[] }>();
  coverage.hamlets.forEach((hamlet, column) => {
    const group = groups.get(hamlet.communeId) ?? { name: hamlet.communeName, columns: [] };
    group.columns.push(column);
    groups.set(hamlet.communeId, group);
  });
  return [...groups].map(([id, { name, columns }]) => ({
    id,
    name,
    columns,
    counts: countStates(coverage.cells, columns),
  }));
}

export function countStates(cells: Coverage['cells'], columns: readonly number[]): Counts {
  const counts = Object.fromEntries(CELL_STATES.map((state) => [state, 0])) as Record<CellState, number>;
  for (const row of cells) for (const column of columns) counts[row[column] ?? 'notPlanned'] += 1;
  return counts;
}

/** The least share of a bar that an eye finds. */
const LEAST_SHARE = 0.02;

/** Lengths of a bar's parts, as parts of 1: one cell of 1.900 must be seen, or the bar would look done (case 22). */
export function barOf(counts: Counts): readonly (readonly [state: CellState, length: number])[] {
  const all = Math.max(total(counts), 1);
  const wished = CELL_STATES.map((state) => (counts[state] > 0 ? Math.max(counts[state] / all, LEAST_SHARE) : 0));
  const sum = Math.max(
    wished.reduce((some, length) => some + length, 0),
    1,
  );
  return CELL_STATES.map((state, at) => [state, (wished[at] ?? 0) / sum]);
}

export const total = (counts: Counts): number => CELL_STATES.reduce((sum, state) => sum + counts[state], 0);

/** Equal for two answers whose cells stand for the same scripts and hamlets: then cells may change in place. */
export const shapeOf = ({ items, hamlets }: Pick<Coverage, 'items' | 'hamlets'>): string =>
  JSON.stringify([
    items.map(({ id, title }) => [id, title]),
    hamlets.map(({ id, name, communeName }) => [id, name, communeName]),
  ]);

/** What keeps the line open beyond the cells that are named. */
export interface Unnamed {
  /** Cells that exist and are not complete, but are not in the list. */
  readonly cells: number;
  /** Scripts that the target asks for and the library does not have. */
  readonly scripts: number;
  /** Cells that those scripts will have. */
  readonly scriptCells: number;
}

export function unnamed(coverage: Coverage): Unnamed {
  const { counts, missing, line, items, hamlets } = coverage;
  const communes = new Set(hamlets.map((hamlet) => hamlet.communeId)).size;
  const columns = { produced: 0, playedEveryCommune: communes, playedEveryHamlet: hamlets.length }[line.criterion];
  const scripts = columns > 0 ? Math.max(0, line.target - items.length) : 0;
  return { cells: total(counts) - counts.complete - missing.length, scripts, scriptCells: scripts * columns };
}

export interface Place {
  readonly row: number;
  readonly column: number;
}

/** Where a key leads in a grid of `rows` × `columns`; the same place at an edge, null for a key that does not move. */
export function step(key: string, from: Place, rows: number, columns: number): Place | null {
  const clamp = (value: number, count: number) => Math.min(Math.max(value, 0), count - 1);
  const by = (down: number, right: number) => ({
    row: clamp(from.row + down, rows),
    column: clamp(from.column + right, columns),
  });
  switch (key) {
    case 'ArrowUp':
      return by(-1, 0);
    case 'ArrowDown':
      return by(1, 0);
    case 'ArrowLeft':
      return by(0, -1);
    case 'ArrowRight':
      return by(0, 1);
    case 'Home':
      return by(0, -columns);
    case 'End':
      return by(0, columns);
    case 'PageUp':
      return by(-rows, 0);
    case 'PageDown':
      return by(rows, 0);
    default:
      return null;
  }
}
