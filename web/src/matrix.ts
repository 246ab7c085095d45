import type { CellState, Coverage } from './api.js';
import { element } from './dom.js';
import { byCommune, step } from './grouping.js';
import { fill, type Messages } from './messages.js';

/** A sign for each state beside its colour, so that colour is never the only one. */
export const SIGNS: Readonly<Record<CellState, string>> = {
  complete: '●',
  partial: '◐',
  notPlayed: '✕',
  unknown: '?',
  notPlanned: '·',
};

/** The matrix as a grid with one tab stop. Cells are changed in place, so that focus and scroll stay where they are. */
export class Matrix {
  readonly node: HTMLElement;
  readonly #cells: HTMLElement[][] = [];
  readonly #states: CellState[][] = [];
  #focus = { row: 0, column: 0 };

  constructor(
    private readonly coverage: Coverage,
    private readonly columns: readonly number[],
    private readonly texts: Messages,
    private readonly tell: (text: string) => void,
  ) {
    this.node = element('div', { class: 'scroller' }, this.#table());
    this.node.addEventListener('keydown', (event) => this.#move(event));
    this.node.addEventListener('click', (event) => this.#choose(event.target));
    this.node.addEventListener('focusin', (event) => this.#choose(event.target));
  }

  #table(): HTMLElement {
    const { coverage, columns, texts } = this;
    const communes = byCommune(coverage)
      .map((commune) => ({
        name: commune.name,
        count: commune.columns.filter((column) => columns.includes(column)).length,
      }))
      .filter((commune) => commune.count > 0);
    const head = element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('th', { rowspan: 2, scope: 'col', class: 'script' }, texts.script),
        ...communes.map(({ name, count }) =>
          element('th', { colspan: count, scope: 'colgroup', class: 'commune' }, element('span', {}, name)),
        ),
      ),
      element(
        'tr',
        {},
        ...columns.map((column) =>
          element('th', { scope: 'col', class: 'hamlet' }, shortName(coverage.hamlets[column]?.name ?? '')),
        ),
      ),
    );
    const body = element('tbody', {}, ...coverage.items.map((item, row) => this.#row(item.title, row)));
    const table = element('table', { role: 'grid', 'aria-label': texts.matrix }, head, body);
    this.show(coverage, false);
    this.#cells[0]?.[0]?.setAttribute('tabindex', '0');
    return table;
  }

  #row(title: string, row: number): HTMLElement {
    const cells = this.columns.map((_, column) =>
      element('td', { role: 'gridcell', tabindex: -1, 'data-row': row, 'data-column': column }),
    );
    this.#cells.push(cells);
    this.#states.push([]);
    return element(
      'tr',
      {},
      element('th', { scope: 'row', class: 'script', title }, element('span', {}, `${row + 1}. ${title}`)),
      ...cells,
    );
  }

  /** Changed cells are marked for a moment when `highlight`. */
  show(coverage: Coverage, highlight: boolean): void {
    this.#cells.forEach((cells, row) => {
      cells.forEach((cell, at) => {
        const column = this.columns[at] ?? 0;
        const state = coverage.cells[row]?.[column] ?? 'notPlanned';
        if (this.#states[row]?.[at] === state) return;
        const known = this.#states[row];
        if (known) known[at] = state;
        cell.className = highlight ? `${state} changed` : state;
        cell.textContent = SIGNS[state];
        cell.setAttribute('aria-label', this.#words(row, column, state));
      });
    });
  }

  #words(row: number, column: number, state: CellState): string {
    const hamlet = this.coverage.hamlets[column];
    return fill(this.texts.cell, {
      row: row + 1,
      hamlet: hamlet?.name ?? '',
      commune: hamlet?.communeName ?? '',
      state: this.texts[state],
    });
  }

  #choose(target: EventTarget | null): void {
    const cell = target instanceof HTMLElement ? target.closest('td') : null;
    if (!cell) return;
    this.#cells[this.#focus.row]?.[this.#focus.column]?.setAttribute('tabindex', '-1');
    this.#focus = { row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
    cell.setAttribute('tabindex', '0');
    this.tell(`${cell.getAttribute('aria-label') ?? ''} – ${this.coverage.items[this.#focus.row]?.title ?? ''}`);
  }

  #move(event: KeyboardEvent): void {
    const next = step(event.key, this.#focus.row, this.#focus.column, this.#cells.length, this.columns.length);
    if (next.row === this.#focus.row && next.column === this.#focus.column) return;
    event.preventDefault();
    this.#cells[next.row]?.[next.column]?.focus();
  }
}

/** `Ấp 12` → `12`: the heading of a narrow column. */
const shortName = (name: string): string => /(\d+\S*)$/.exec(name)?.[1] ?? name;
