import { CELL_STATES, type Coverage } from './api.js';
import { element } from './dom.js';
import { clock, day, percent, whole } from './format.js';
import { link } from './forms.js';
import { byCommune, type CommuneColumns } from './grouping.js';
import { Matrix, SIGNS } from './matrix.js';
import { fill, type Messages } from './messages.js';

const ALL = '';

/** Coverage of one line. Built once for a line; figures and cells then change in place. */
export class Dashboard {
  readonly node = element('div', { class: 'dashboard' });
  readonly #summary = element('section', { class: 'summary', 'aria-live': 'polite' });
  readonly #communes = element('section', { class: 'communes' });
  readonly #grid = element('section', { class: 'grid' });
  readonly #detail = element('p', { class: 'detail', role: 'status' });
  readonly #missing = element('section', { class: 'missing' });
  readonly #state = element('p', { class: 'state' });
  #matrix: Matrix | null = null;
  #commune: string;
  #latest: Coverage;

  constructor(
    coverage: Coverage,
    private readonly texts: Messages,
    phone: boolean,
  ) {
    this.#latest = coverage;
    // On a phone one commune is what a screen holds; on a wide screen all are.
    this.#commune = phone ? (coverage.hamlets[0]?.communeId ?? ALL) : ALL;
    this.#detail.textContent = texts.pickCell;
    this.node.append(
      this.#summary,
      this.#communes,
      this.#grid,
      this.#detail,
      this.#missing,
      element('p', { class: 'proof' }, texts.proof),
      this.#state,
    );
    this.#open(this.#commune);
    this.show(coverage);
  }

  show(coverage: Coverage): void {
    this.#latest = coverage;
    this.#summary.replaceChildren(...this.#summaryOf(coverage));
    this.#communes.replaceChildren(...this.#communesOf(coverage));
    this.#missing.replaceChildren(...this.#missingOf(coverage));
    this.#matrix?.show(coverage, true);
    this.fresh();
  }

  fresh(): void {
    this.#state.classList.remove('offline');
    this.#state.textContent = fill(this.texts.updatedAt, { time: clock(Date.now()) });
  }

  offline(): void {
    this.#state.classList.add('offline');
    this.#state.textContent = this.texts.offline;
  }

  #summaryOf({ plan, line, demo, counts, required, reached, done, cells, hamlets }: Coverage): Node[] {
    const { texts } = this;
    const all = cells.length * hamlets.length;
    return [
      ...(demo ? [element('p', { class: 'demo' }, texts.demoBanner)] : []),
      element('p', { class: 'plan' }, `${plan.number} · ${plan.title}`),
      element('h1', {}, line.title),
      element(
        'p',
        { class: 'period' },
        `${texts.period}: ${day(plan.periodFrom)} – ${day(plan.periodTo)} · ${texts.criterion}: ${texts[line.criterion]}`,
      ),
      ...(plan.note ? [element('p', { class: 'note' }, plan.note)] : []),
      element(
        'div',
        { class: done ? 'verdict done' : 'verdict' },
        element('strong', {}, `${whole(reached)}/${whole(required)}`),
        element('span', {}, `${percent(reached, required)} ${texts.reached}`),
        element('em', {}, done ? texts.done : fill(texts.notDone, { count: whole(required - reached) })),
      ),
      element(
        'ul',
        { class: 'legend' },
        ...CELL_STATES.map((state) =>
          element(
            'li',
            {},
            element('span', { class: `sign ${state}`, 'aria-hidden': 'true' }, SIGNS[state]),
            `${texts[state]}: ${whole(counts[state])}`,
          ),
        ),
      ),
      bar(counts, all),
    ];
  }

  #communesOf(coverage: Coverage): Node[] {
    const entry = (id: string, name: string, counts: CommuneColumns['counts']) => {
      const all = CELL_STATES.reduce((sum, state) => sum + counts[state], 0);
      const made = element(
        'button',
        { type: 'button', class: 'commune', 'aria-pressed': String(id === this.#commune) },
        element('span', { class: 'name' }, name),
        element('span', { class: 'figure' }, `${whole(counts.complete)}/${whole(all)}`),
        bar(counts, all),
      );
      made.addEventListener('click', () => this.#open(id));
      return element('li', {}, made);
    };
    return [
      element('h2', {}, this.texts.communes),
      element(
        'ul',
        {},
        entry(ALL, this.texts.allCommunes, coverage.counts),
        ...byCommune(coverage).map(({ id, name, counts }) => entry(id, name, counts)),
      ),
    ];
  }

  #open(commune: string): void {
    this.#commune = commune;
    const columns = this.#latest.hamlets
      .map((_, column) => column)
      .filter((column) => commune === ALL || this.#latest.hamlets[column]?.communeId === commune);
    this.#matrix = new Matrix(this.#latest, columns, this.texts, (text) => {
      this.#detail.textContent = text;
    });
    this.#grid.replaceChildren(element('h2', {}, this.texts.matrix), this.#matrix.node);
    this.#communes.replaceChildren(...this.#communesOf(this.#latest));
  }

  #missingOf({ missing, required, reached, done }: Coverage): Node[] {
    if (done || missing.length === 0) return [];
    const shown = missing.slice(0, 10);
    const rest = required - reached - shown.length;
    return [
      element('h2', {}, this.texts.missing),
      element(
        'ul',
        {},
        ...shown.map(({ item, hamlet, commune, state }) =>
          element('li', {}, `${hamlet}, ${commune} – ${item}: ${this.texts[state]}`),
        ),
      ),
      ...(rest > 0 ? [element('p', {}, fill(this.texts.missingMore, { count: whole(rest) }))] : []),
    ];
  }
}

/** States as lengths; the figures stand beside it, so it is decoration for a screen reader. */
function bar(counts: Readonly<Record<(typeof CELL_STATES)[number], number>>, all: number): HTMLElement {
  const drawing = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  drawing.setAttribute('viewBox', `0 0 ${Math.max(all, 1)} 1`);
  drawing.setAttribute('preserveAspectRatio', 'none');
  let x = 0;
  for (const state of CELL_STATES) {
    const part = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    for (const [name, value] of Object.entries({ x, y: 0, width: counts[state], height: 1, class: state }))
      part.setAttribute(name, String(value));
    drawing.append(part);
    x += counts[state];
  }
  const made = element('span', { class: 'bar', 'aria-hidden': 'true' });
  made.append(drawing);
  return made;
}

export function header(texts: Messages, choose: HTMLElement | null, logOut: () => void): HTMLElement {
  return element('header', {}, element('span', { class: 'brand' }, 'Vang'), choose, link(texts.logout, logOut));
}
