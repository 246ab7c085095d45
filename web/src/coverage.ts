import { Api, type Plan } from './api.js';
import { CellView } from './cell.js';
import { Dashboard } from './dashboard.js';
import { button, element } from './dom.js';
import { loginForm, setupForm } from './forms.js';
import { fill } from './languages.js';
import { messagesFor } from './messages.js';
import { Refused } from './wire.js';

const POLL_MS = 2_000;

const { language, texts } = messagesFor(location.search);
const api = new Api(language);
const page = document.getElementById('page') as HTMLElement;
document.documentElement.lang = language;
document.title = `Vang – ${texts.title}`;

/** The chosen line, or a cell of it, stands in the address: it outlives a reload, and a session that ends in the middle. */
const addressOf = (...ids: readonly string[]): string => `#${ids.map(encodeURIComponent).join('/')}`;

function addressed(): readonly string[] {
  try {
    return location.hash.slice(1).split('/').map(decodeURIComponent);
  } catch {
    return [];
  }
}

/** What the reader looks at; its dashboard stays while a cell is open. */
let looked: { readonly lineId: string; readonly choose: HTMLSelectElement; dashboard: Dashboard | null } | null = null;
/** The cell was opened from the matrix, which is what lies behind it. */
let isFromMatrix = false;
/** What is asked for again and again. A new round ends the one before: its late answers are dropped. */
let round = { ask: async (): Promise<void> => {}, asking: false };
let timer = 0;

/** Asks at once, then every other second while the page is seen. */
function follow(ask: () => Promise<void>): void {
  round = { ask, asking: false };
  void turn();
}

async function turn(): Promise<void> {
  const mine = round;
  window.clearTimeout(timer);
  if (mine.asking || document.visibilityState !== 'visible') return;
  mine.asking = true;
  await mine.ask();
  mine.asking = false;
  if (mine === round) timer = window.setTimeout(() => void turn(), POLL_MS);
}

function rest(): void {
  window.clearTimeout(timer);
  round = { ask: async () => {}, asking: true };
}

function showLogin(notice: string | null): void {
  rest();
  looked = null;
  page.replaceChildren(loginForm(api, texts, notice, open, showSetup));
  page.querySelector('input')?.focus();
}

function showSetup(): void {
  page.replaceChildren(setupForm(api, texts, open, () => showLogin(null)));
  page.querySelector('input')?.focus();
}

function showWords(choose: HTMLElement | null, words: string): void {
  page.replaceChildren(header(choose), element('main', { class: 'empty', role: 'status' }, words));
}

const wordsOf = (problem: unknown): string => (problem instanceof Refused ? problem.message : texts.offline);
const isLoginNeeded = (problem: unknown): boolean => problem instanceof Refused && problem.status === 401;

/** The plans of the account; who is not logged in is asked to. */
function open(): void {
  follow(async () => {
    const mine = round;
    try {
      const plans = await api.plans();
      if (mine !== round) return;
      const lines = plans.flatMap((plan) => plan.lines);
      const line =
        lines.find(({ id }) => id === addressed()[0]) ?? lines.find(({ kind }) => kind === 'radioScript') ?? lines[0];
      if (!line) return showWords(null, texts.noPlan);
      looked = { lineId: line.id, choose: chooser(plans, line.id), dashboard: null };
      if (addressed()[0] !== line.id) history.replaceState(null, '', addressOf(line.id));
      route();
    } catch (problem) {
      if (mine !== round) return;
      if (isLoginNeeded(problem)) showLogin(null);
      else showWords(null, wordsOf(problem));
    }
  });
}

function chooser(plans: readonly Plan[], chosen: string): HTMLSelectElement {
  const select = element(
    'select',
    { 'aria-label': texts.line },
    ...plans.map((plan) =>
      element(
        'optgroup',
        { label: fill(texts.plan, { number: plan.number }) },
        ...plan.lines.map(({ id, title }) => element('option', { value: id, selected: id === chosen }, title)),
      ),
    ),
  );
  select.addEventListener('change', () => {
    history.replaceState(null, '', addressOf(select.value));
    route();
  });
  return select;
}

/** Shows what the address names. */
function route(): void {
  if (!looked) return;
  const [lineId = '', itemId, hamletId] = addressed();
  const { choose } = looked;
  if (lineId !== looked.lineId && ![...choose.options].some(({ value }) => value === lineId))
    return void history.replaceState(null, '', addressOf(looked.lineId));
  if (lineId !== looked.lineId) looked = { lineId, choose, dashboard: null };
  choose.value = lineId;
  if (itemId && hamletId) openCell(looked, itemId, hamletId);
  else openLine(looked);
}

function openLine(line: NonNullable<typeof looked>): void {
  const { lineId, choose } = line;
  isFromMatrix = false;
  document.title = `Vang – ${texts.title}`;
  if (line.dashboard) {
    page.replaceChildren(header(choose), line.dashboard.node);
    line.dashboard.resume();
  } else showWords(choose, texts.loading);
  let tag: string | null = null;
  follow(async () => {
    const mine = round;
    try {
      const answer = await api.coverage(lineId, tag);
      if (mine !== round) return;
      if (answer) {
        tag = answer.tag;
        if (line.dashboard) line.dashboard.show(answer.coverage);
        else {
          line.dashboard = new Dashboard(answer.coverage, texts, (itemId, hamletId) => {
            location.hash = addressOf(lineId, itemId, hamletId);
            isFromMatrix = true;
          });
          page.replaceChildren(header(choose), line.dashboard.node);
        }
      }
      line.dashboard?.fresh(Date.now());
    } catch (problem) {
      if (mine !== round) return;
      if (isLoginNeeded(problem)) showLogin(texts.sessionEnded);
      else if (line.dashboard) line.dashboard.stale(wordsOf(problem));
      else showWords(choose, wordsOf(problem));
    }
  });
}

/** Asks until there is an answer, and then no more: what a reader has open does not change under their eyes. */
function openCell({ lineId, choose }: NonNullable<typeof looked>, itemId: string, hamletId: string): void {
  showWords(choose, texts.loading);
  const back = () => {
    if (isFromMatrix) return history.back();
    history.replaceState(null, '', addressOf(lineId));
    route();
  };
  follow(async () => {
    const mine = round;
    try {
      const found = await api.cell(lineId, itemId, hamletId);
      if (mine !== round) return;
      const view = new CellView(found, texts, language, back, (address) => api.cellAt(address));
      rest();
      document.title = `Vang – ${texts.cellTitle} – ${found.cell.hamlet.name}`;
      page.replaceChildren(header(choose), view.node);
      view.node.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
      scrollTo(0, 0);
    } catch (problem) {
      if (mine !== round) return;
      if (isLoginNeeded(problem)) return showLogin(texts.sessionEnded);
      showWords(choose, wordsOf(problem));
      page.querySelector('main')?.prepend(button('back', `‹ ${texts.backToMatrix}`, back));
    }
  });
}

function header(choose: HTMLElement | null): HTMLElement {
  const left = () => showLogin(null);
  // A session that has ended needs no end; while the service is away, the page stays as it is and can be left later.
  const logOut = () => void api.logOut().then(left, (problem: unknown) => isLoginNeeded(problem) && left());
  return element(
    'header',
    {},
    element('span', { class: 'brand' }, 'Vang'),
    choose,
    button('link', texts.logout, logOut),
  );
}

document.addEventListener('visibilitychange', () => void turn());
window.addEventListener('hashchange', route);
window.addEventListener('online', () => void turn());
open();
