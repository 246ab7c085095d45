import { button, element, write } from '../dom.js';
import { moment, shortMoment } from '../format.js';
import { fill, type Language } from '../languages.js';
import { Refused } from '../wire.js';
import { ANSWERS, type Answer, type AskedSession, type HearApi } from './api.js';
import type { HearTexts } from './messages.js';

/** Colour never stands alone. */
const SIGNS: Readonly<Record<Answer, string>> = { clear: '✓', unclear: '≈', notHeard: '✕' };
const ZONE = 'Asia/Ho_Chi_Minh';

export const clock = (ms: number): string => moment(ms).slice(0, 5);

/** One session and its question; after the answer, the answer. */
export class SessionCard {
  readonly node: HTMLElement;
  readonly #question: HTMLElement;
  readonly #buttons: readonly HTMLButtonElement[];
  readonly #given = element('p', { class: 'given' });
  readonly #state = element('p', { class: 'said', role: 'status' });
  readonly #error = element('p', { class: 'error', role: 'alert' });
  readonly #again: HTMLButtonElement;
  readonly #correct: HTMLButtonElement;
  #session: AskedSession;
  /** Tapped, and the service has not answered. */
  #waiting: Answer | null = null;
  #sending = false;
  #correcting = false;

  constructor(
    private readonly api: HearApi,
    session: AskedSession,
    private readonly texts: HearTexts,
    language: Language,
    /** The service knows better than this page what there is to ask. */
    private readonly outdated: () => void,
  ) {
    this.#session = session;
    const weekday = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: ZONE }).format(session.startMs);
    const heading = `heading-${session.id}`;
    this.#buttons = ANSWERS.map((answer) => this.#button(answer));
    this.#question = element(
      'div',
      { role: 'group', 'aria-label': texts.question },
      element('p', { class: 'question' }, texts.question),
      element('div', { class: 'answers' }, ...this.#buttons),
    );
    this.#again = button('primary', texts.sendAgain, () => void this.deliver());
    this.#correct = button('link', '', () => this.#turn());
    const date = shortMoment(session.startMs).split(', ')[1] ?? '';
    this.node = element(
      'section',
      { class: 'session', 'aria-labelledby': heading },
      element(
        'h2',
        { id: heading },
        fill(texts.session, { from: clock(session.startMs), until: clock(session.endMs) }),
        element('span', {}, `${weekday}, ${date}`),
      ),
      element(
        'ul',
        { class: 'titles' },
        ...session.items.map(({ title, startMs }) =>
          element('li', {}, element('time', {}, clock(startMs)), element('span', {}, title)),
        ),
      ),
      this.#given,
      this.#question,
      this.#state,
      this.#error,
      this.#again,
      this.#correct,
    );
    this.#draw();
  }

  /** Tapped, and not with the service yet. */
  get unsent(): boolean {
    return this.#waiting !== null;
  }

  /** In somebody's hands. */
  get busy(): boolean {
    return this.unsent || this.#correcting;
  }

  /** Sends what was tapped, also once more: the same answer again is the same one. */
  async deliver(): Promise<void> {
    const answer = this.#waiting;
    // The second tap of two finds it under way.
    if (answer === null || this.#sending) return;
    this.#sending = true;
    this.#draw();
    try {
      this.#session = await this.api.answer(this.#session, answer);
      this.#done();
    } catch (problem) {
      this.#sending = false;
      if (!(problem instanceof Refused) || problem.status >= 500) {
        this.#draw();
        write(this.#error, this.texts.unsent);
        return;
      }
      this.#waiting = null;
      this.#correcting = false;
      this.#draw();
      write(this.#error, problem.message);
      if (problem.status === 404 || problem.status === 409) this.outdated();
    }
  }

  /** What the service says now of this session; what was said to the reader stays to be read. */
  show(session: AskedSession): void {
    if (this.busy) return;
    this.#session = session;
    const error = this.#error.textContent ?? '';
    this.#draw();
    write(this.#error, error);
  }

  #button(answer: Answer): HTMLButtonElement {
    const made = button(answer, '', () => {
      if (this.#sending) return;
      this.#waiting = answer;
      void this.deliver();
    });
    made.append(element('span', { 'aria-hidden': 'true' }, SIGNS[answer]), element('b', {}, this.texts[answer]));
    return made;
  }

  #done(): void {
    this.#sending = false;
    this.#waiting = null;
    this.#correcting = false;
    this.#draw();
  }

  #turn(): void {
    this.#correcting = !this.#correcting;
    this.#draw();
    if (this.#correcting) this.#buttons[0]?.focus();
  }

  #draw(): void {
    const { texts } = this;
    const { answer, answeredAtMs, correctableUntilMs } = this.#session;
    const asks = answer === null || this.#correcting;
    const chosen = this.#waiting ?? (this.#correcting ? answer : null);
    this.#question.hidden = !asks;
    for (const [at, each] of this.#buttons.entries()) {
      each.disabled = this.#sending;
      each.setAttribute('aria-pressed', String(chosen === ANSWERS[at]));
    }
    this.node.setAttribute('aria-busy', String(this.#sending));
    this.#given.hidden = asks;
    this.#given.className = `given ${answer ?? ''}`;
    write(this.#given, answer ? `${SIGNS[answer]} ${fill(texts.given, { answer: texts[answer] })}` : '');
    const received = !asks && answeredAtMs !== null ? fill(texts.received, { time: shortMoment(answeredAtMs) }) : '';
    write(this.#state, this.#sending ? texts.sending : received);
    write(this.#error, '');
    this.#again.hidden = this.#sending || this.#waiting === null;
    this.#correct.hidden = this.#sending || answer === null || (correctableUntilMs === null && !this.#correcting);
    const time = correctableUntilMs === null ? '' : clock(correctableUntilMs);
    write(this.#correct, this.#correcting ? texts.keep : fill(texts.correct, { time }));
  }
}
