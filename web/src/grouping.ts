import { CELL_STATES, type CellState, type Coverage } from './api.js';

export interface CommuneColumns {
  readonly id: string;
  readonly name: string;
  /** Indexes of its hamlets' columns. */
  readonly columns: readonly number[];
  readonly counts: Readonly<Record<CellState, number>>;
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

export function countStates(cells: Coverage['cells'], columns: readonly number[]): Record<CellState, number> {
  const counts = Object.fromEntries(CELL_STATES.map((state) => [state, 0])) as Record<CellState, number>;
  for (const row of cells) for (const column of columns) counts[row[column] ?? 'notPlanned'] += 1;
  return counts;
}

/** Where an arrow key leads in a grid of `rows` × `columns`; the same place at an edge. */
export function step(
  key: string,
  row: number,
  column: number,
  rows: number,
  columns: number,
): { readonly row: number; readonly column: number } {
  const clamp = (value: number, most: number) => Math.min(Math.max(value, 0), most - 1);
  switch (key) {
    case 'ArrowUp':
      return { row: clamp(row - 1, rows), column };
    case 'ArrowDown':
      return { row: clamp(row + 1, rows), column };
    case 'ArrowLeft':
      return { row, column: clamp(column - 1, columns) };
    case 'ArrowRight':
      return { row, column: clamp(column + 1, columns) };
    case 'Home':
      return { row, column: 0 };
    case 'End':
      return { row, column: columns - 1 };
    default:
      return { row, column };
  }
}
