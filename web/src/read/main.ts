import { button, element } from '../dom.js';
import { markDemo } from '../installation.js';
import { languageOf, otherAddress } from '../languages.js';
import { slotOf } from '../send/draft.js';
import { KeptDraft } from '../send/kept.js';
import { sendTexts } from '../send/messages.js';
import { Refused } from '../wire.js';
import { ReadApi } from './api.js';
import { ReadPage } from './page.js';

const language = languageOf(location.search, navigator.languages);
const texts = sendTexts(language);
const page = document.getElementById('page') as HTMLElement;
const token = location.pathname.split('/').pop() ?? '';
const api = new ReadApi(language, token);

document.documentElement.lang = language;
document.title = `Vang – ${texts.readTitle}`;

const header = (): HTMLElement =>
  element(
    'header',
    {},
    element('span', { class: 'brand' }, 'Vang'),
    element('a', { class: 'link', href: otherAddress(location.href, language) }, texts.otherLanguage),
  );

async function open(): Promise<void> {
  page.replaceChildren(header(), element('main', { class: 'empty', role: 'status' }, texts.loading));
  try {
    const shown = new ReadPage(api, new KeptDraft(slotOf(token)), await api.reading(), texts, language);
    page.replaceChildren(header(), shown.node);
  } catch (problem) {
    const words = problem instanceof Refused ? problem.message : texts.offline;
    const again = button('primary', texts.again, () => void open());
    page.replaceChildren(header(), element('main', { class: 'empty' }, element('p', { role: 'alert' }, words), again));
  }
}

void markDemo(language);
void open();
