import type { CellState, Coverage } from './api.js';
import { element } from './dom.js';
import { inSentence, shortName } from './format.js';
import { byCommune, type Place, step } from './grouping.js';
import { fill } from './languages.js';
import type { Messages } from './messages.js';

/** A sign for each state beside its colour, so that colour is never the only one. */
export const SIGNS: Readonly<Record<CellState, string>> = {
  complete: '✓',
  partial: '◐',
  notPlayed: '✕',
  unknown: '?',
  notPlanned: '–',
};

/** A cell in words. */
export interface CellWords {
  readonly state: CellState;
  readonly words: string;
  /** What the state means there. */
  readonly means: string;
  readonly title: string;
}

/**
 * Some columns of the matrix as a grid with one tab stop. Cells change in place, so that focus and scroll stay where
 * they are; an answer of another shape (`shapeOf`) needs a new matrix.
 */
export class Matrix {
  readonly node: HTMLElement;
  readonly #cells: HTMLElement[][] = [];
  #coverage: Coverage;
  #place: Place = { row: 0, column: 0 };
  #chosen = false;

  constructor(
    coverage: Coverage,
    private readonly columns: readonly number[],
    private readonly texts: Messages,
    private readonly tell: (cell: CellWords) => void,
    /** Row and column of the whole matrix. */
    private readonly open: (place: Place) => void,
  ) {
    this.#coverage = coverage;
    this.node = element('div', { class: 'scroller' }, this.#table());
    this.node.addEventListener('keydown', (event) => this.#move(event));
    this.node.addEventListener('click', (event) => {
      if (this.#choose(event.target)) this.#open();
    });
    this.node.addEventListener('focusin', (event) => this.#choose(event.target));
    for (const end of ['animationend', 'animationcancel'])
      this.node.addEventListener(end, ({ target }) => (target as HTMLElement).classList.remove('changed'));
    this.show(coverage, false);
    this.#cells[0]?.[0]?.setAttribute('tabindex', '0');
  }

  /** Changed cells are marked for a moment when `highlight`. */
  show(coverage: Coverage, highlight: boolean): void {
    this.#coverage = coverage;
    this.#cells.forEach((cells, row) => {
      cells.forEach((cell, column) => {
        const { state, words } = this.#wordsAt({ row, column });
        if (cell.dataset.state === state) return;
        cell.dataset.state = state;
        cell.className = highlight ? `${state} changed` : state;
        cell.textContent = SIGNS[state];
        cell.setAttribute('aria-label', words);
      });
    });
    if (this.#chosen) this.tell(this.#wordsAt(this.#place));
  }

  #table(): HTMLElement {
    const { texts } = this;
    const { hamlets, items } = this.#coverage;
    const shown = new Set(this.columns);
    const communes = byCommune(this.#coverage)
      .map(({ name, columns }) => ({ name, columns: columns.filter((column) => shown.has(column)) }))
      .filter(({ columns }) => columns.length > 0);
    const edges = new Set(communes.map(({ columns }) => columns[0]));
    const head = element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('th', { rowspan: 2, scope: 'col', class: 'script' }, texts.script),
        ...communes.map(({ name, columns }) =>
          element('th', { colspan: columns.length, scope: 'colgroup', class: 'commune', title: name }, name),
        ),
      ),
      element(
        'tr',
        {},
        ...this.columns.map((column) => {
          const name = hamlets[column]?.name ?? '';
          const short = shortName(name);
          const heading = element('span', { class: short === name ? 'upright' : null }, short);
          return element('th', { scope: 'col', class: 'hamlet', title: name, 'data-edge': edges.has(column) }, heading);
        }),
      ),
    );
    const rows = items.map(({ title }, row) => {
      const cells = this.columns.map((column, at) =>
        element('td', {
          role: 'gridcell',
          tabindex: -1,
          'data-row': row,
          'data-column': at,
          'data-edge': edges.has(column),
        }),
      );
      this.#cells.push(cells);
      const name = element('span', {}, `${row + 1}. ${title}`);
      return element('tr', {}, element('th', { scope: 'row', class: 'script', title }, name), ...cells);
    });
    return element('table', { role: 'grid', 'aria-label': texts.matrix }, head, element('tbody', {}, ...rows));
  }

  #wordsAt({ row, column: at }: Place): CellWords {
    const column = this.columns[at] ?? 0;
    const hamlet = this.#coverage.hamlets[column];
    const state = this.#coverage.cells[row]?.[column] ?? 'notPlanned';
    const words = fill(this.texts.cell, {
      row: row + 1,
      hamlet: hamlet?.name ?? '',
      commune: inSentence(hamlet?.communeName ?? ''),
      state: this.texts[state],
    });
    const means = state === 'partial' && hamlet?.byTransmitter ? 'transmitterMeans' : (`${state}Means` as const);
    return { state, words, means: this.texts[means], title: this.#coverage.items[row]?.title ?? '' };
  }

  #cellAt({ row, column }: Place): HTMLElement | undefined {
    return this.#cells[row]?.[column];
  }

  /** Where the reader was before the cell was opened. */
  resume(): void {
    this.#cellAt(this.#place)?.focus();
  }

  #open(): void {
    this.open({ row: this.#place.row, column: this.columns[this.#place.column] ?? 0 });
  }

  #choose(target: EventTarget | null): boolean {
    const cell = target instanceof HTMLElement ? target.closest('td') : null;
    if (!cell) return false;
    const before = this.#cellAt(this.#place);
    before?.setAttribute('tabindex', '-1');
    before?.removeAttribute('aria-selected');
    this.#place = { row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
    this.#chosen = true;
    cell.setAttribute('tabindex', '0');
    cell.setAttribute('aria-selected', 'true');
    this.tell(this.#wordsAt(this.#place));
    return true;
  }

  #move(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      return this.#open();
    }
    const next = step(event.key, this.#place, this.#cells.length, this.columns.length);
    if (!next) return;
    event.preventDefault();
    this.#cellAt(next)?.focus();
  }
}

/** A chosen cell, and what its state means. */
export function detailOf({ state, words, means, title }: CellWords): Node[] {
  return [
    element('span', { class: `sign ${state}`, 'aria-hidden': 'true' }, SIGNS[state]),
    element(
      'p',
      {},
      element('b', {}, words),
      element('span', { class: 'of' }, title),
      element('span', { class: 'means' }, means),
    ),
  ];
}
