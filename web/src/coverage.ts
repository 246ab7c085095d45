import { Api, type Plan } from './api.js';
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

/** The chosen line stands in the address: it outlives a reload, and a session that ends in the middle. */
const addressOf = (lineId: string): string => `#${encodeURIComponent(lineId)}`;
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
        lines.find(({ id }) => addressOf(id) === location.hash) ??
        lines.find(({ kind }) => kind === 'radioScript') ??
        lines[0];
      if (line) openLine(line.id, chooser(plans, line.id));
      else showWords(null, texts.noPlan);
    } catch (problem) {
      if (mine !== round) return;
      if (isLoginNeeded(problem)) showLogin(null);
      else showWords(null, wordsOf(problem));
    }
  });
}

function chooser(plans: readonly Plan[], chosen: string): HTMLElement {
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
  select.addEventListener('change', () => openLine(select.value, select));
  return select;
}

function openLine(id: string, choose: HTMLElement): void {
  history.replaceState(null, '', addressOf(id));
  showWords(choose, texts.loading);
  let dashboard: Dashboard | null = null;
  let tag: string | null = null;
  follow(async () => {
    const mine = round;
    try {
      const answer = await api.coverage(id, tag);
      if (mine !== round) return;
      if (answer) {
        tag = answer.tag;
        if (dashboard) dashboard.show(answer.coverage);
        else {
          dashboard = new Dashboard(answer.coverage, texts);
          page.replaceChildren(header(choose), dashboard.node);
        }
      }
      dashboard?.fresh(Date.now());
    } catch (problem) {
      if (mine !== round) return;
      if (isLoginNeeded(problem)) showLogin(texts.sessionEnded);
      else if (dashboard) dashboard.stale(wordsOf(problem));
      else showWords(choose, wordsOf(problem));
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
window.addEventListener('online', () => void turn());
open();
