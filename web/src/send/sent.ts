import { button, element } from '../dom.js';
import { shortMoment } from '../format.js';
import { fill } from '../languages.js';
import type { Sent } from './api.js';
import type { SendTexts } from './messages.js';

/** What was sent by this link before, with what became of it. */
export class SentList {
  readonly node: HTMLElement;
  readonly #list = element('ul', { class: 'sent' });
  readonly #none: HTMLElement;
  readonly #refresh: HTMLButtonElement;

  constructor(
    private readonly texts: SendTexts,
    refresh: () => Promise<void>,
  ) {
    this.#none = element('p', { class: 'hint' }, texts.sentNone);
    this.#refresh = button('link', texts.refresh, () => {
      this.#refresh.disabled = true;
      // What stands there stays: the page says elsewhere when the line is down.
      void refresh()
        .catch(() => undefined)
        .finally(() => {
          this.#refresh.disabled = false;
        });
    });
    this.node = element(
      'section',
      { class: 'before', 'aria-labelledby': 'sent-before' },
      element('div', { class: 'bar-of' }, element('h2', { id: 'sent-before' }, texts.sentBefore), this.#refresh),
      this.#none,
      this.#list,
    );
  }

  show(requests: readonly Sent[]): void {
    this.#none.hidden = requests.length > 0;
    this.#list.replaceChildren(...requests.map((request) => this.#row(request)));
  }

  #row({ title, receivedAtMs, urgent, files, state, reason }: Sent): HTMLElement {
    const { texts } = this;
    const facts = [shortMoment(receivedAtMs), files > 0 ? fill(texts.sentFiles, { files }) : null];
    return element(
      'li',
      {},
      element('span', { class: 'name' }, title),
      element('span', { class: `mark ${state}` }, texts[state]),
      element('span', { class: 'facts' }, facts.filter(Boolean).join(' · ')),
      urgent ? element('span', { class: 'mark urgent' }, texts.urgentMark) : null,
      reason ? element('p', { class: 'reason' }, fill(texts.reason, { reason })) : null,
    );
  }
}
