import { Api, type Plan, Refused } from './api.js';
import { Dashboard, header } from './dashboard.js';
import { element } from './dom.js';
import { loginForm, setupForm } from './forms.js';
import { messagesFor } from './messages.js';

const POLL_MS = 2_000;
const PHONE = '(max-width: 700px)';

const { language, texts } = messagesFor(location.search);
const api = new Api(language);
const page = document.getElementById('page') as HTMLElement;
document.documentElement.lang = language;
document.title = `Vang – ${texts.title}`;

/** The chosen line outlives a session that ends in the middle. */
let lineId = '';
let timer = 0;
let round = 0;

function showLogin(): void {
  window.clearTimeout(timer);
  round += 1;
  page.replaceChildren(loginForm(api, texts, () => void open(), showSetup));
}

function showSetup(): void {
  page.replaceChildren(setupForm(api, texts, () => void open(), showLogin));
}

async function open(): Promise<void> {
  try {
    const plans = await api.plans();
    const lines = plans.flatMap((plan) =>
      plan.lines.map((line) => ({ ...line, label: `${plan.number} – ${line.title}` })),
    );
    const first =
      lines.find((line) => line.id === lineId) ?? lines.find((line) => line.kind === 'radioScript') ?? lines[0];
    if (!first) {
      page.replaceChildren(
        header(texts, null, () => void logOut()),
        element('p', { class: 'empty' }, texts.noPlan),
      );
      return;
    }
    await openLine(first.id, chooser(plans, first.id));
  } catch (problem) {
    if (problem instanceof Refused && problem.status === 401) return showLogin();
    page.replaceChildren(element('p', { class: 'empty', role: 'alert' }, texts.offline));
    timer = window.setTimeout(() => void open(), POLL_MS);
  }
}

function chooser(plans: readonly Plan[], chosen: string): HTMLElement {
  const select = element(
    'select',
    { 'aria-label': texts.line },
    ...plans.flatMap((plan) =>
      plan.lines.map((line) =>
        element('option', { value: line.id, selected: line.id === chosen }, `${plan.number} – ${line.title}`),
      ),
    ),
  );
  select.addEventListener('change', () => void openLine(select.value, select));
  return select;
}

async function openLine(id: string, choose: HTMLElement): Promise<void> {
  lineId = id;
  round += 1;
  window.clearTimeout(timer);
  const coverage = await new Api(language).coverage(id);
  if (!coverage) return;
  const dashboard = new Dashboard(coverage, texts, window.matchMedia(PHONE).matches);
  page.replaceChildren(
    header(texts, choose, () => void logOut()),
    dashboard.node,
  );
  follow(dashboard, round);
}

/** Asks while the page is seen; an answer for a line that was left meanwhile is dropped. */
function follow(dashboard: Dashboard, mine: number): void {
  timer = window.setTimeout(async () => {
    if (mine !== round) return;
    if (document.visibilityState === 'visible') {
      try {
        const coverage = await api.coverage(lineId);
        if (mine !== round) return;
        if (coverage) dashboard.show(coverage);
        else dashboard.fresh();
      } catch (problem) {
        if (problem instanceof Refused && problem.status === 401) return showLogin();
        dashboard.offline();
      }
    }
    follow(dashboard, mine);
  }, POLL_MS);
}

async function logOut(): Promise<void> {
  await api.logOut().catch(() => undefined);
  showLogin();
}

void open();
