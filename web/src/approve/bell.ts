import { button, element, write } from '../dom.js';
import { shortMoment } from '../format.js';
import { fill } from '../languages.js';
import type { ApproveApi, Notice } from './api.js';
import type { ApproveTexts } from './messages.js';
import { NoPush, PushSwitch } from './push.js';
import { itemOfLink } from './steps.js';

const COUNT_EVERY_MS = 30_000;

/** Notices of the reader, and the switch for this machine. */
export class Bell {
  readonly button: HTMLButtonElement;
  readonly panel: HTMLElement;
  readonly #count = element('span', { class: 'count', 'aria-hidden': 'true' });
  readonly #list = element('ul', { class: 'notices' });
  readonly #error = element('p', { class: 'error', role: 'alert' });
  readonly #push: PushSwitch;
  readonly #pushLine = element('div', { class: 'push' });
  #timer = 0;

  constructor(
    private readonly api: ApproveApi,
    private readonly texts: ApproveTexts,
    private readonly openItem: (itemId: string) => void,
    private readonly wordsOf: (problem: unknown) => string,
  ) {
    this.#push = new PushSwitch(api);
    this.button = element(
      'button',
      { type: 'button', class: 'bell', 'aria-expanded': 'false', 'aria-controls': 'notices', 'aria-label': texts.bell },
      drawnBell(),
      this.#count,
    );
    this.button.addEventListener('click', () => this.#toggle(this.panel.hidden !== false));
    this.panel = element(
      'section',
      { class: 'notices-panel', id: 'notices', 'aria-label': texts.bell },
      this.#pushLine,
      this.#error,
      this.#list,
    );
    this.panel.hidden = true;
    this.panel.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape') return;
      this.#toggle(false);
      this.button.focus();
    });
  }

  /** Counts now, and again while the page is seen. */
  start(): void {
    void this.#look();
  }

  stop(): void {
    window.clearTimeout(this.#timer);
  }

  close(): void {
    this.#toggle(false);
  }

  async #look(): Promise<void> {
    window.clearTimeout(this.#timer);
    if (document.visibilityState === 'visible') {
      const unseen = await this.api.unseen().catch(() => null);
      if (unseen !== null) this.#show(unseen);
    }
    this.#timer = window.setTimeout(() => void this.#look(), COUNT_EVERY_MS);
  }

  #show(unseen: number): void {
    this.#count.hidden = unseen === 0;
    write(this.#count, unseen > 99 ? '99+' : String(unseen));
    const { bell, bellUnseen } = this.texts;
    this.button.setAttribute('aria-label', unseen === 0 ? bell : fill(bellUnseen, { count: unseen }));
  }

  #toggle(open: boolean): void {
    this.panel.hidden = !open;
    this.button.setAttribute('aria-expanded', String(open));
    if (open) void this.#fill();
  }

  async #fill(): Promise<void> {
    write(this.#error, '');
    void this.#drawPush();
    try {
      const { notices } = await this.api.notices();
      const none = element('li', { class: 'hint' }, this.texts.noticesNone);
      this.#list.replaceChildren(...(notices.length === 0 ? [none] : notices.map((notice) => this.#row(notice))));
      await this.#look();
    } catch (problem) {
      write(this.#error, this.wordsOf(problem));
    }
  }

  #row(notice: Notice): HTMLElement {
    const { id, title, body, link, open, createdAtMs, seenAtMs, dueAtMs } = notice;
    const itemId = itemOfLink(link, location.origin);
    const heading =
      itemId === null
        ? element('span', { class: 'name' }, title)
        : button('open', title, () => {
            void this.#seen(id);
            this.close();
            this.openItem(itemId);
          });
    const facts = [
      shortMoment(createdAtMs),
      dueAtMs === null ? null : fill(this.texts.due, { time: shortMoment(dueAtMs) }),
      open ? null : this.texts.noticeDone,
    ];
    const row = element(
      'li',
      { class: seenAtMs === null ? 'new' : null },
      heading,
      element('p', {}, body),
      element('p', { class: 'facts' }, facts.filter(Boolean).join(' · ')),
    );
    // What leads nowhere here is seen by being shown.
    if (itemId === null && seenAtMs === null) void this.#seen(id);
    return row;
  }

  async #seen(id: string): Promise<void> {
    await this.api.seen(id).catch(() => undefined);
    await this.#look();
  }

  async #drawPush(): Promise<void> {
    const { texts } = this;
    const state = await this.#push.state().catch(() => ({ kind: 'impossible', fault: 'failed' }) as const);
    switch (state.kind) {
      case 'impossible':
        return this.#pushLine.replaceChildren(element('p', { class: 'hint' }, texts.push[state.fault]));
      case 'on':
        return this.#pushLine.replaceChildren(
          element('p', { role: 'status' }, `✓ ${texts.pushIsOn}`),
          button('link', texts.pushOff, () => void this.#turn(() => this.#push.turnOff())),
        );
      case 'off':
        return this.#pushLine.replaceChildren(
          button('push-on', texts.pushOn, () => void this.#turn(() => this.#push.turnOn())),
        );
    }
  }

  async #turn(act: () => Promise<void>): Promise<void> {
    write(this.#error, '');
    for (const each of this.#pushLine.querySelectorAll('button')) each.disabled = true;
    try {
      await act();
    } catch (problem) {
      write(this.#error, problem instanceof NoPush ? this.texts.push[problem.fault] : this.wordsOf(problem));
    }
    await this.#drawPush();
  }
}

function drawnBell(): SVGElement {
  const drawing = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  drawing.setAttribute('viewBox', '0 0 24 24');
  drawing.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', 'M6 17V11a6 6 0 0 1 12 0v6l2 2H4l2-2M10 21h4');
  drawing.append(line);
  return drawing;
}
