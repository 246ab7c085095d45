import { button, element, write } from '../dom.js';
import { shortMoment } from '../format.js';
import { fill } from '../languages.js';
import { clockTime } from '../sound/levels.js';
import type { SessionLine, Waiting } from './api.js';
import type { ApproveTexts } from './messages.js';
import { apart } from './steps.js';

const APART_TEXT = { checklist: 'apartChecklist', listen: 'apartListen', sound: 'apartSound' } as const;

export interface ListActs {
  readonly open: (itemId: string) => void;
  /** Resolves to one line each, in their order. */
  readonly approve: (picked: readonly Waiting[]) => Promise<readonly SessionLine[]>;
}

/** What waits for the reader; several can be approved at once (duyệt cả buổi). */
export class WaitingList {
  readonly node: HTMLElement;
  readonly #ticks = new Map<string, HTMLInputElement>();
  readonly #results = new Map<string, HTMLElement>();
  readonly #approve: HTMLButtonElement;
  readonly #bar: HTMLElement;
  readonly #error = element('p', { class: 'error', role: 'alert' });
  #sending = false;

  constructor(
    private readonly waiting: readonly Waiting[],
    private readonly texts: ApproveTexts,
    private readonly language: 'vi' | 'en',
    private readonly acts: ListActs,
    private readonly wordsOf: (problem: unknown) => string,
  ) {
    this.#approve = button('approve', '', () => void this.#approveAll());
    const rows = waiting.map((each) => this.#row(each));
    const all = element('input', { type: 'checkbox', name: 'all' });
    all.addEventListener('change', () => {
      for (const tick of this.#ticks.values()) tick.checked = all.checked;
      this.#count();
    });
    this.#bar = element(
      'div',
      { class: 'session' },
      element('p', { class: 'hint' }, texts.pickedHint),
      this.#error,
      this.#approve,
    );
    this.node = element(
      'section',
      { class: 'waiting', 'aria-labelledby': 'waiting' },
      element('h1', { id: 'waiting', tabindex: -1 }, fill(texts.waiting, { count: waiting.length })),
      waiting.length === 0 ? element('p', { class: 'hint' }, texts.waitingNone) : null,
      this.#ticks.size > 1 ? element('label', { class: 'tick' }, all, element('span', {}, texts.pickAll)) : null,
      element('ul', {}, ...rows),
      this.#bar,
    );
    this.#count();
  }

  #row(each: Waiting): HTMLElement {
    const { texts } = this;
    const { itemId, version, title, status, author, submittedAtMs, audioDurationMs, dueAtMs, thirdParty, onBehalfOf } =
      each;
    const key = keyOf(each);
    const reason = apart(each);
    const tick = element('input', {
      type: 'checkbox',
      'aria-label': fill(texts.pick, { title }),
      disabled: reason !== null,
    });
    tick.addEventListener('change', () => this.#count());
    if (!reason) this.#ticks.set(key, tick);
    const result = element('p', { class: 'result', role: 'status' });
    this.#results.set(key, result);
    const open = button('open', title, () => this.acts.open(itemId));
    open.dataset.version = String(version);
    const facts = [
      fill(texts.author, { name: author.name }),
      submittedAtMs === null ? null : fill(texts.submitted, { time: shortMoment(submittedAtMs) }),
      audioDurationMs === null ? null : fill(texts.lasts, { time: clockTime(audioDurationMs) }),
      onBehalfOf ? fill(texts.onBehalf, { name: onBehalfOf.name }) : null,
    ];
    const marks = [
      status === 'provisional' ? mark('urgent', texts.onAir) : null,
      dueAtMs === null ? null : mark('urgent', fill(texts.due, { time: shortMoment(dueAtMs) })),
      thirdParty ? mark('party', texts.thirdPartyMark) : null,
      reason ? mark('apart', texts[APART_TEXT[reason]]) : null,
    ].filter((each): each is HTMLElement => each !== null);
    return element(
      'li',
      { 'data-item': itemId },
      element('span', { class: 'pick' }, tick),
      open,
      element('p', { class: 'facts' }, facts.filter(Boolean).join(' · ')),
      marks.length > 0 ? element('p', { class: 'marks' }, ...marks) : null,
      result,
    );
  }

  #picked(): Waiting[] {
    return this.waiting.filter((each) => this.#ticks.get(keyOf(each))?.checked);
  }

  #count(): void {
    const count = this.#picked().length;
    this.#bar.hidden = count === 0 && this.#error.textContent === '';
    this.#approve.disabled = count === 0 || this.#sending;
    write(this.#approve, fill(this.texts.approvePicked, { count }));
  }

  async #approveAll(): Promise<void> {
    const picked = this.#picked();
    if (this.#sending || picked.length === 0) return;
    this.#sending = true;
    write(this.#error, '');
    this.#count();
    try {
      const lines = await this.acts.approve(picked);
      for (const [i, each] of picked.entries()) this.#tell(each, lines[i]);
    } catch (problem) {
      write(this.#error, this.wordsOf(problem));
    } finally {
      this.#sending = false;
      this.#count();
    }
  }

  #tell(each: Waiting, line: SessionLine | undefined): void {
    const result = this.#results.get(keyOf(each));
    const tick = this.#ticks.get(keyOf(each));
    if (!line || !result || !tick) return;
    result.className = line.ok ? 'result good' : 'result error';
    write(result, line.ok ? `✓ ${this.texts.done}` : (line.problem?.[this.language] ?? ''));
    tick.checked = false;
    if (line.ok) {
      tick.disabled = true;
      this.#ticks.delete(keyOf(each));
    }
  }
}

const keyOf = ({ itemId, version }: Waiting): string => `${itemId}/${version}`;

const mark = (kind: string, words: string): HTMLElement => element('span', { class: `mark ${kind}` }, words);
