import { button, element, write } from '../dom.js';
import { loginForm, setupForm } from '../forms.js';
import { markDemo } from '../installation.js';
import { languageOf, otherAddress } from '../languages.js';
import { Refused } from '../wire.js';
import { ApproveApi, type Waiting } from './api.js';
import { Bell } from './bell.js';
import { Detail } from './detail.js';
import { WaitingList } from './list.js';
import { approveTexts } from './messages.js';
import { itemIn, versionToShow } from './steps.js';

const language = languageOf(location.search, navigator.languages);
const texts = approveTexts(language);
const api = new ApproveApi(language);
const page = document.getElementById('page') as HTMLElement;
document.documentElement.lang = language;
document.title = `Vang – ${texts.title}`;

const view = element('main', { class: 'approval' });
/** What was decided last; it outlives the view that it was decided in. */
const said = element('p', { class: 'said', role: 'status' });
const bell = new Bell(api, texts, (itemId) => go(itemId), wordsOf);
let detail: Detail | null = null;
/** A view that was asked for later makes the answers of an earlier one worthless. */
let round = 0;
/** Whether the service knew the reader before: then a login that is asked for needs a word. */
let known = false;

void markDemo(language);

function wordsOf(problem: unknown): string {
  if (problem instanceof Refused && problem.status === 401) showLogin(texts.sessionEnded);
  return problem instanceof Refused ? problem.message : texts.offline;
}

function showLogin(notice: string | null): void {
  leave();
  bell.stop();
  page.replaceChildren(loginForm(api, texts, notice, enter, showSetup));
  page.querySelector('input')?.focus();
}

function showSetup(): void {
  page.replaceChildren(setupForm(api, texts, enter, () => showLogin(null)));
  page.querySelector('input')?.focus();
}

function enter(): void {
  page.replaceChildren(header(), bell.panel, view);
  bell.start();
  void show();
}

function header(): HTMLElement {
  const left = () => {
    known = false;
    showLogin(null);
  };
  const logOut = () =>
    void api.logOut().then(left, (problem: unknown) => {
      if (problem instanceof Refused && problem.status === 401) left();
    });
  return element(
    'header',
    {},
    element('span', { class: 'brand' }, 'Vang'),
    element('a', { class: 'link', href: otherAddress(location.href, language) }, texts.otherLanguage),
    bell.button,
    button('link', texts.logout, logOut),
  );
}

/** To one item, or back to the list. */
function go(itemId: string | null): void {
  const url = new URL(location.href);
  if (itemId === null) url.searchParams.delete('item');
  else url.searchParams.set('item', itemId);
  history.pushState(null, '', url);
  void show();
}

function leave(): void {
  round += 1;
  detail?.close();
  detail = null;
}

/** What the address names. */
async function show(): Promise<void> {
  leave();
  const mine = round;
  const itemId = itemIn(location.search);
  if (view.childElementCount === 0)
    view.replaceChildren(said, element('p', { class: 'empty', role: 'status' }, texts.loading));
  try {
    const waiting = await api.waiting();
    if (mine !== round) return;
    known = true;
    if (itemId === null) showList(waiting);
    else await showItem(itemId, waiting, mine);
  } catch (problem) {
    if (mine !== round) return;
    if (problem instanceof Refused && problem.status === 401) showLogin(known ? texts.sessionEnded : null);
    else showProblem(wordsOf(problem), itemId);
  }
}

function showList(waiting: readonly Waiting[]): void {
  const list = new WaitingList(
    waiting,
    texts,
    language,
    {
      open: go,
      approve: async (picked) => {
        write(said, '');
        return api.approveAll(
          picked.map(({ itemId, version, textSha256, audioSha256, contentSha256 }) => ({
            itemId,
            version,
            textSha256,
            audioSha256,
            contentSha256,
            checklist: null,
          })),
        );
      },
    },
    wordsOf,
  );
  view.replaceChildren(said, list.node);
}

async function showItem(itemId: string, waiting: readonly Waiting[], mine: number): Promise<void> {
  const item = await api.item(itemId);
  if (mine !== round) return;
  const shown = versionToShow(item, waiting);
  if (!shown) return showProblem(texts.offline, itemId);
  write(said, '');
  detail = new Detail(
    api,
    item,
    shown.version,
    shown.mine,
    texts,
    language,
    {
      decided: (words) => {
        write(said, words);
        go(null);
      },
      reload: () => void show(),
    },
    wordsOf,
  );
  view.replaceChildren(said, backToList(), detail.node);
  detail.focus();
}

function showProblem(words: string, itemId: string | null): void {
  view.replaceChildren(
    said,
    ...(itemId === null ? [] : [backToList()]),
    element('p', { class: 'error', role: 'alert' }, words),
    button('primary', texts.again, () => void show()),
  );
}

const backToList = (): HTMLElement => button('link back', `‹ ${texts.backToList}`, () => go(null));

window.addEventListener('popstate', () => void show());
enter();
