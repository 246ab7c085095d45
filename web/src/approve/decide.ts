import { button, element, write } from '../dom.js';
import { fill } from '../languages.js';
import type { Checklist, Version, Waiting } from './api.js';
import type { ApproveTexts } from './messages.js';
import { isCorrectable, mustBeHeard } from './steps.js';

const POINTS = ['senderVerified', 'noAdvertising', 'categoryRight'] as const;

/** Each settles when the service has answered; a rejection is shown and nothing that was typed is lost. */
export interface DecideActs {
  readonly approve: (checklist: Checklist | null) => Promise<void>;
  readonly reject: (how: 'return' | 'refuse', reason: string) => Promise<void>;
  readonly correct: (text: string) => Promise<void>;
}

/** The decisions on one version: Duyệt, Sửa và duyệt, Trả lại, Từ chối. */
export class DecisionBar {
  readonly node: HTMLElement;
  /** In the run of the text, so that the buttons hide nothing; null: none is asked for. */
  readonly checklist: HTMLElement | null;
  readonly #error = element('p', { class: 'error', role: 'alert' });
  readonly #state = element('p', { class: 'progress', role: 'status' });
  readonly #approve: HTMLButtonElement;
  readonly #panel = element('div', { class: 'panel' });
  readonly #buttons: HTMLElement;
  readonly #ticks: readonly HTMLInputElement[];
  #acting = false;
  #unheard: boolean;

  constructor(
    kind: string,
    private readonly version: Version,
    { thirdParty }: Waiting,
    private readonly texts: ApproveTexts,
    private readonly acts: DecideActs,
    private readonly wordsOf: (problem: unknown) => string,
  ) {
    this.#unheard = mustBeHeard(version);
    this.#approve = button('approve', texts.approve, () => void this.#approveIt());
    const correct = button('correct', texts.correct, () => this.#openCorrection());
    correct.hidden = !isCorrectable(kind, version);
    this.#ticks = thirdParty === null ? [] : POINTS.map((name) => element('input', { type: 'checkbox', name }));
    this.#buttons = element(
      'div',
      { class: 'buttons' },
      this.#approve,
      correct,
      button('return', texts.return, () => this.#openReason('return')),
      button('refuse', texts.refuse, () => this.#openReason('refuse')),
    );
    this.#panel.hidden = true;
    this.checklist = thirdParty === null ? null : this.#points(texts[thirdParty]);
    this.node = element(
      'section',
      { class: 'decide', 'aria-label': texts.title },
      this.#panel,
      this.#error,
      this.#state,
      this.#buttons,
    );
    if (this.#unheard) write(this.#state, texts.mustHear);
    this.#draw();
  }

  /** The sound of a corrected version ended. @param whole all of it was played and the service knows */
  listened(whole: boolean): void {
    if (!this.#unheard) return;
    this.#unheard = !whole;
    write(this.#state, whole ? this.texts.heard : this.texts.heardPart);
    this.#draw();
  }

  say(problem: unknown): void {
    write(this.#error, this.wordsOf(problem));
  }

  #draw(): void {
    const { state } = this.version.audio;
    const silent = state === 'rendering' || state === 'failed';
    this.#approve.disabled = this.#acting || this.#unheard || silent;
    for (const each of this.#buttons.querySelectorAll('button'))
      if (each !== this.#approve) each.disabled = this.#acting;
    this.node.setAttribute('aria-busy', String(this.#acting));
  }

  #points(kind: string): HTMLElement {
    return element(
      'fieldset',
      { class: 'checklist' },
      element('legend', {}, fill(this.texts.checklist, { kind })),
      ...POINTS.map((point, i) =>
        element('label', { class: 'tick' }, this.#ticks[i] ?? null, element('span', {}, this.texts[point])),
      ),
    );
  }

  async #approveIt(): Promise<void> {
    const missing = this.#ticks.find(({ checked }) => !checked);
    if (missing) {
      write(this.#error, this.texts.checklistMissing);
      return missing.focus();
    }
    const all = { senderVerified: true, noAdvertising: true, categoryRight: true };
    await this.#act(() => this.acts.approve(this.#ticks.length > 0 ? all : null));
  }

  /** One thing at a time: the second tap of two does nothing. */
  async #act(act: () => Promise<void>): Promise<void> {
    if (this.#acting) return;
    this.#acting = true;
    write(this.#error, '');
    this.#draw();
    try {
      await act();
    } catch (problem) {
      this.say(problem);
    } finally {
      this.#acting = false;
      this.#draw();
    }
  }

  #openReason(how: 'return' | 'refuse'): void {
    const { texts } = this;
    const returned = how === 'return';
    const label = returned ? texts.reasonReturn : texts.reasonRefuse;
    const reason = element('textarea', { name: 'reason', rows: 3, maxlength: 1_000, required: true });
    const send = element('button', { type: 'submit', class: how }, returned ? texts.sendReturn : texts.sendRefuse);
    this.#open(label, reason, null, send, async () => {
      if (reason.value.trim() === '') {
        write(this.#error, texts.reasonMissing);
        return reason.focus();
      }
      await this.#act(() => this.acts.reject(how, reason.value));
    });
  }

  #openCorrection(): void {
    const { texts } = this;
    const text = element('textarea', { name: 'correction', rows: 10 });
    text.value = this.version.text ?? '';
    const send = element('button', { type: 'submit', class: 'correct' }, texts.correctSend);
    this.#open(texts.correctText, text, this.version.audio.sha256 === null ? null : texts.correctHint, send, () =>
      this.#act(() => this.acts.correct(text.value)),
    );
  }

  #open(
    label: string,
    field: HTMLTextAreaElement,
    hint: string | null,
    send: HTMLButtonElement,
    submit: () => Promise<void>,
  ): void {
    write(this.#error, '');
    const form = element(
      'form',
      { novalidate: true },
      element('label', {}, element('span', {}, label), field),
      hint ? element('p', { class: 'hint' }, hint) : null,
      element(
        'div',
        { class: 'buttons' },
        send,
        button('plain', this.texts.cancel, () => this.#close()),
      ),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void submit();
    });
    this.#panel.replaceChildren(form);
    this.#panel.hidden = false;
    this.#buttons.hidden = true;
    field.focus();
  }

  #close(): void {
    this.#panel.hidden = true;
    this.#panel.replaceChildren();
    this.#buttons.hidden = false;
    write(this.#error, '');
    this.#buttons.querySelector<HTMLButtonElement>('button:not([hidden])')?.focus();
  }
}
