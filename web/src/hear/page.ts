import { element } from '../dom.js';
import { day, inSentence, isoDay } from '../format.js';
import { fill, type Language } from '../languages.js';
import type { HearApi, Hearing } from './api.js';
import type { HearTexts } from './messages.js';
import { clock, SessionCard } from './session.js';

/** Whose page it is, and what is asked, the last session first. */
export class HearPage {
  readonly node: HTMLElement;
  readonly #list = element('div', { class: 'hear sessions' });
  readonly #cards = new Map<string, SessionCard>();

  constructor(
    private readonly api: HearApi,
    hearing: Hearing,
    private readonly texts: HearTexts,
    private readonly language: Language,
  ) {
    const { hamletName: hamlet, communeName, headName: name, validUntilMs } = hearing;
    const place = communeName === '' ? texts.placeAlone : texts.place;
    this.node = element(
      'main',
      {},
      element(
        'section',
        { class: 'hear whose' },
        element(
          'div',
          {},
          element('h1', {}, texts.title),
          element('p', {}, fill(place, { hamlet: inSentence(hamlet), commune: inSentence(communeName) })),
          element('p', { class: 'head' }, fill(texts.head, { name })),
        ),
      ),
      this.#list,
      // Below, so that the buttons of the first question stand on the first screen of a phone.
      element('p', { class: 'hear hint' }, fill(texts.private, { day: day(isoDay(validUntilMs)) })),
    );
    this.#show(hearing);
    window.addEventListener('online', () => {
      for (const card of this.#cards.values()) void card.deliver();
    });
    window.addEventListener('beforeunload', (event) => {
      if ([...this.#cards.values()].some((card) => card.unsent)) event.preventDefault();
    });
  }

  get #busy(): boolean {
    return [...this.#cards.values()].some((card) => card.busy);
  }

  /** Nobody who is answering has the question taken away. */
  async refresh(): Promise<void> {
    if (this.#busy) return;
    const hearing = await this.api.hearing();
    if (!this.#busy) this.#show(hearing);
  }

  #show({ sessions, served, runningUntilMs }: Hearing): void {
    const { texts } = this;
    const cards = sessions.map((session) => {
      const known = this.#cards.get(session.id);
      known?.show(session);
      const outdated = () => void this.refresh().catch(() => undefined);
      const card = known ?? new SessionCard(this.api, session, texts, this.language, outdated);
      this.#cards.set(session.id, card);
      return card.node;
    });
    const told = [
      runningUntilMs === null ? '' : fill(texts.running, { time: clock(runningUntilMs) }),
      sessions.length > 0 || runningUntilMs !== null ? '' : served ? texts.nothing : texts.unserved,
    ].filter((text) => text !== '');
    const notes = told.map((text) => element('p', { class: 'nothing', role: 'status' }, text));
    this.#list.replaceChildren(...notes, ...cards);
  }
}
