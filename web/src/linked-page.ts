import { button, element } from './dom.js';
import { markDemo } from './installation.js';
import { type Language, languageOf, otherAddress } from './languages.js';
import { Refused } from './wire.js';

/** The words that every page of a personal link has. */
interface LinkedTexts {
  readonly otherLanguage: string;
  readonly loading: string;
  readonly offline: string;
  readonly again: string;
}

interface LinkedPage {
  readonly node: HTMLElement;
  /** Called when the page comes to the front again. */
  refresh?(): Promise<void>;
}

/** Whose page it is: the last part of the address is the secret of the link. */
export const linkToken = (): string => location.pathname.split('/').pop() ?? '';
export const linkLanguage = (): Language => languageOf(location.search, navigator.languages);

/** Opens the page of a personal link, or says why it cannot and lets the person try again. */
export function openLinked(
  language: Language,
  title: string,
  texts: LinkedTexts,
  show: () => Promise<LinkedPage>,
): void {
  const page = document.getElementById('page') as HTMLElement;
  const header = (): HTMLElement =>
    element(
      'header',
      {},
      element('span', { class: 'brand' }, 'Vang'),
      element('a', { class: 'link', href: otherAddress(location.href, language) }, texts.otherLanguage),
    );
  const open = async (): Promise<void> => {
    page.replaceChildren(header(), element('main', { class: 'empty', role: 'status' }, texts.loading));
    try {
      const shown = await show();
      page.replaceChildren(header(), shown.node);
      document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'visible') void shown.refresh?.().catch(() => undefined);
      });
    } catch (problem) {
      const words = problem instanceof Refused ? problem.message : texts.offline;
      const again = button('primary', texts.again, () => void open());
      page.replaceChildren(
        header(),
        element('main', { class: 'empty' }, element('p', { role: 'alert' }, words), again),
      );
    }
  };
  document.documentElement.lang = language;
  document.title = `Vang – ${title}`;
  void markDemo(language);
  void open();
}
