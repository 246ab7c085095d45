import { button, element } from '../dom.js';
import { markDemo } from '../installation.js';
import { languageOf, otherAddress } from '../languages.js';
import { Refused } from '../wire.js';
import { HearApi } from './api.js';
import { hearTexts } from './messages.js';
import { HearPage } from './page.js';

const language = languageOf(location.search, navigator.languages);
const texts = hearTexts(language);
const page = document.getElementById('page') as HTMLElement;
const token = location.pathname.split('/').pop() ?? '';
const api = new HearApi(language, token);

document.documentElement.lang = language;
document.title = `Vang – ${texts.title}`;

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
    const shown = new HearPage(api, await api.hearing(), texts, language);
    page.replaceChildren(header(), shown.node);
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void shown.refresh().catch(() => undefined);
    });
  } catch (problem) {
    const words = problem instanceof Refused ? problem.message : texts.offline;
    const again = button('primary', texts.again, () => void open());
    page.replaceChildren(header(), element('main', { class: 'empty' }, element('p', { role: 'alert' }, words), again));
  }
}

void markDemo(language);
void open();
