import { CELL_STATES, type Coverage } from './api.js';
import { Bar, button, element, write } from './dom.js';
import { day, inSentence, moment, percent, whole } from './format.js';
import { barOf, byCommune, type Counts, shapeOf, total, unnamed } from './grouping.js';
import { fill } from './languages.js';
import { type CellWords, detailOf, Matrix, SIGNS } from './matrix.js';
import type { Messages } from './messages.js';

/** `list`: the communes alone, which is what a phone can hold; a wide screen shows the whole matrix with it. */
type View = { readonly kind: 'list' } | { readonly kind: 'all' } | { readonly kind: 'commune'; readonly id: string };

const MISSING_SHOWN = 6;

/** Coverage of one line. Built once for a line; figures and cells then change in place. */
export class Dashboard {
  readonly node: HTMLElement;
  readonly #demo = element('p', { class: 'demo', role: 'note' });
  readonly #state = element('p', { class: 'state' });
  /** Heard by screen readers: only what is worth interrupting for, never each poll. */
  readonly #spoken = element('p', { class: 'spoken', role: 'status' });
  readonly #plan = element('p', { class: 'plan' });
  readonly #title = element('h1');
  readonly #planTitle = element('p', { class: 'plan-title' });
  readonly #period = element('p', { class: 'period' });
  readonly #note = element('p', { class: 'note' });
  readonly #figure = element('strong');
  readonly #share = element('span');
  readonly #words = element('em');
  readonly #verdict = element('div', { class: 'verdict' }, this.#figure, this.#words, this.#share);
  readonly #bar = new Bar();
  readonly #legend = element('ul', { class: 'legend' });
  readonly #communes = element('section', { class: 'communes' });
  readonly #grid = element('section', { class: 'grid' });
  readonly #missing = element('section', { class: 'missing' });
  readonly #tables: HTMLElement;
  #entries: readonly { readonly id: string; show(counts: Counts): void; press(view: View): void }[] = [];
  #matrix: Matrix | null = null;
  #view: View = { kind: 'list' };
  #shape = '';
  #latest: Coverage;

  constructor(
    coverage: Coverage,
    private readonly texts: Messages,
    /** Ids of the item and of the hamlet whose cell is to be opened. */
    private readonly openCell: (itemId: string, hamletId: string) => void,
  ) {
    this.#latest = coverage;
    this.#tables = this.#files(coverage.line.id);
    this.#legend.setAttribute('aria-label', texts.legend);
    this.node = element(
      'main',
      { class: 'dashboard' },
      this.#state,
      this.#spoken,
      this.#demo,
      element(
        'section',
        { class: 'summary' },
        element('div', { class: 'heading' }, this.#plan, this.#title, this.#planTitle, this.#period, this.#note),
        element('div', { class: 'figures' }, this.#verdict, this.#bar.node, this.#legend),
      ),
      this.#communes,
      this.#grid,
      this.#missing,
      this.#tables,
      element('p', { class: 'proof' }, texts.proof),
    );
    this.show(coverage);
  }

  show(coverage: Coverage): void {
    const finished = coverage.done && !this.#latest.done;
    this.#latest = coverage;
    this.#showSummary();
    const shape = shapeOf(coverage);
    if (shape === this.#shape) this.#matrix?.show(coverage, true);
    else {
      this.#shape = shape;
      this.#layOut();
    }
    const communes = new Map(byCommune(coverage).map(({ id, counts }) => [id, counts]));
    for (const entry of this.#entries) entry.show(communes.get(entry.id) ?? coverage.counts);
    this.#showMissing();
    if (finished) write(this.#spoken, this.texts.done);
  }

  /** Back from a cell, to where the reader was. */
  resume(): void {
    this.#matrix?.resume();
  }

  /** The service answered at `nowMs`, with news or without. */
  fresh(nowMs: number): void {
    if (this.#state.classList.contains('offline')) write(this.#spoken, this.texts.online);
    this.#state.classList.remove('offline');
    write(this.#state, fill(this.texts.updatedAt, { time: moment(nowMs) }));
  }

  /** The last answer stands, and the page says that it may be old, and why. */
  stale(reason: string): void {
    this.#state.classList.add('offline');
    write(this.#state, reason);
    write(this.#spoken, reason);
  }

  /** The same matrix for a spreadsheet. */
  #files(lineId: string): HTMLElement {
    const file = (format: string, words: string) => {
      const href = `/api/plan-lines/${encodeURIComponent(lineId)}/coverage.${format}`;
      return element('a', { class: 'file', href, download: true }, words);
    };
    return element('p', { class: 'tables' }, file('xlsx', this.texts.asWorkbook), file('csv', this.texts.asCsv));
  }

  #showSummary(): void {
    const { texts } = this;
    const { plan, line, demo, counts, required, reached, done } = this.#latest;
    const unit = line.criterion === 'produced' ? line.unit : texts.cells;
    this.#demo.hidden = !demo;
    write(this.#demo, texts.demoBanner);
    write(this.#plan, fill(texts.plan, { number: plan.number }));
    write(this.#planTitle, plan.title);
    write(this.#title, line.title);
    const period = fill(texts.period, { from: day(plan.periodFrom), to: day(plan.periodTo) });
    write(this.#period, `${period} · ${fill(texts.criterion, { criterion: texts[line.criterion] })}`);
    this.#note.hidden = plan.note === '';
    write(this.#note, plan.note);
    this.#verdict.classList.toggle('done', done);
    write(this.#figure, `${whole(reached)}/${whole(required)}`);
    write(this.#words, done ? `✓ ${texts.done}` : fill(texts.notDone, { count: whole(required - reached), unit }));
    write(this.#share, fill(texts.reached, { percent: percent(reached, required, done), unit }));
    this.#bar.show(barOf(counts));
    this.#legend.replaceChildren(
      ...CELL_STATES.map((state) =>
        element(
          'li',
          {},
          element('span', { class: `sign ${state}`, 'aria-hidden': 'true' }, SIGNS[state]),
          element('span', {}, `${texts[state]}: `, element('b', {}, whole(counts[state]))),
        ),
      ),
    );
  }

  /** Communes and matrix from nothing: for the first answer, and when scripts or hamlets have changed. */
  #layOut(): void {
    const { items, hamlets } = this.#latest;
    const empty = items.length === 0 || hamlets.length === 0;
    for (const part of [this.#communes, this.#legend, this.#bar.node, this.#tables]) part.hidden = empty;
    if (empty) {
      this.#entries = [];
      this.#matrix = null;
      this.node.dataset.view = 'empty';
      this.#grid.replaceChildren(element('p', {}, this.texts.noItems));
      return;
    }
    const all = { kind: 'all' } as const;
    const entries = [
      this.#entry('', this.texts.allCommunes, all),
      ...byCommune(this.#latest).map(({ id, name }) => this.#entry(id, name, { kind: 'commune', id })),
    ];
    this.#entries = entries;
    const whole = fill(this.texts.wholeMatrix, { rows: items.length, columns: hamlets.length });
    this.#communes.replaceChildren(
      element('h2', {}, this.texts.communes),
      element('ul', {}, ...entries.map(({ node }) => node)),
      button('whole', whole, () => this.#open(all, true)),
    );
    const { id } = this.#view.kind === 'commune' ? this.#view : { id: '' };
    this.#open(id && !hamlets.some(({ communeId }) => communeId === id) ? { kind: 'list' } : this.#view, false);
  }

  #entry(id: string, name: string, view: View) {
    const figure = element('span', { class: 'figure' });
    const bar = new Bar();
    const press = element('button', { type: 'button' }, element('span', { class: 'name' }, name), figure, bar.node);
    press.addEventListener('click', () => this.#open(view, true));
    return {
      id,
      node: element('li', { class: id === '' ? 'every' : null }, press),
      show: (counts: Counts) => {
        const all = total(counts);
        figure.classList.toggle('full', counts.complete === all);
        write(figure, `${whole(counts.complete)}/${whole(all)}`);
        bar.show(barOf(counts));
      },
      press: (open: View) =>
        press.setAttribute('aria-pressed', String((open.kind === 'commune' ? open.id : '') === id)),
    };
  }

  /** On a phone the list gives way to the cells and back, so the focus goes along. */
  #open(view: View, byHand: boolean): void {
    const { texts } = this;
    this.#view = view;
    this.node.dataset.view = view.kind;
    for (const entry of this.#entries) entry.press(view);
    const { hamlets } = this.#latest;
    const columns = [...hamlets.keys()].filter(
      (column) => view.kind !== 'commune' || hamlets[column]?.communeId === view.id,
    );
    const detail = element('div', { class: 'detail' }, element('p', { class: 'hint' }, texts.pickCell));
    const tell = (cell: CellWords) => {
      detail.classList.add('chosen');
      detail.replaceChildren(...detailOf(cell));
    };
    this.#matrix = new Matrix(this.#latest, columns, texts, tell, ({ row, column }) => {
      const { items, hamlets: all } = this.#latest;
      const [item, hamlet] = [items[row], all[column]];
      if (item && hamlet) this.openCell(item.id, hamlet.id);
    });
    const place = view.kind === 'commune' ? (hamlets[columns[0] ?? 0]?.communeName ?? '') : texts.allCommunes;
    const heading = element('h2', { tabindex: -1 }, `${place} – ${texts.matrix.toLocaleLowerCase('vi')}`);
    const back = button('back', `‹ ${texts.backToCommunes}`, () => this.#open({ kind: 'list' }, true));
    this.#grid.replaceChildren(back, heading, this.#matrix.node, detail);
    if (!byHand || back.offsetParent === null) {
      if (byHand && view.kind === 'list') this.#communes.querySelector('button')?.focus();
      return;
    }
    heading.focus({ preventScroll: true });
    this.#grid.scrollIntoView({ block: 'start' });
  }

  #showMissing(): void {
    const { texts } = this;
    const { missing, done, line } = this.#latest;
    const { cells, scripts, scriptCells } = unnamed(this.#latest);
    this.#missing.hidden = done || (missing.length === 0 && scripts === 0);
    const list = (some: Coverage['missing'], kind: string | null) =>
      element(
        'ul',
        { class: kind, tabindex: -1 },
        ...some.map(({ item, hamlet, commune, state }) =>
          element(
            'li',
            {},
            element('span', { class: `sign ${state}`, 'aria-hidden': 'true' }, SIGNS[state]),
            element(
              'p',
              {},
              element('b', {}, `${hamlet} ${inSentence(commune)}: ${texts[state]}`),
              element('span', { class: 'of' }, item),
            ),
          ),
        ),
      );
    const rest = missing.slice(MISSING_SHOWN);
    const more = button('more', fill(texts.missingNext, { count: whole(rest.length) }), () => {
      this.#missing.dataset.open = '';
      this.#missing.querySelector<HTMLElement>('.rest')?.focus({ preventScroll: true });
    });
    const hints = [
      cells > 0 ? fill(texts.missingMore, { count: whole(cells) }) : null,
      scripts > 0 ? fill(texts.missingScripts, { scripts: whole(scripts), count: whole(scriptCells) }) : null,
    ];
    this.#missing.replaceChildren(
      element('h2', {}, line.criterion === 'playedEveryHamlet' ? texts.missing : texts.notComplete),
      list(missing.slice(0, MISSING_SHOWN), null),
      ...(rest.length > 0 ? [list(rest, 'rest'), more] : []),
      ...hints.flatMap((hint) => (hint ? [element('p', { class: 'hint' }, hint)] : [])),
    );
  }
}
