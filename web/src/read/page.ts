import { button, element, write } from '../dom.js';
import { day, isoDay } from '../format.js';
import { fill, type Language } from '../languages.js';
import type { KeptDraft } from '../send/kept.js';
import type { SendTexts } from '../send/messages.js';
import { clockTime } from '../sound/levels.js';
import { RecorderPanel } from '../sound/panel.js';
import type { Recording } from '../sound/recorder.js';
import { Refused } from '../wire.js';
import type { ReadApi, Reading } from './api.js';

/** Name of the one recording that this page keeps. */
const TAKE = 'take';
const LOOK_AGAIN_MS = 2_000;

/** A person reads a text of the station aloud; they need no account. */
export class ReadPage {
  readonly node: HTMLElement;
  readonly #recorder: RecorderPanel;
  readonly #left = element('p', { class: 'hint' });
  readonly #state = element('p', { class: 'progress', role: 'status' });
  readonly #error = element('p', { class: 'error', role: 'alert' });
  readonly #send: HTMLButtonElement;
  readonly #studio: HTMLElement;
  #recording: Recording | null = null;
  #sending = false;
  #waiting = false;
  #timer = 0;

  constructor(
    private readonly api: ReadApi,
    private readonly kept: KeptDraft,
    reading: Reading,
    private readonly texts: SendTexts,
    private readonly language: Language,
  ) {
    this.#recorder = new RecorderPanel(texts, (recording) => void this.#record(recording));
    this.#send = button('primary', texts.readSend, () => void this.#deliver());
    this.#studio = element('section', { class: 'studio' }, this.#recorder.node, this.#error, this.#state, this.#send);
    this.node = element(
      'main',
      { class: 'send read' },
      element(
        'section',
        { class: 'who' },
        element('h1', {}, reading.title),
        element('p', { class: 'name' }, fill(texts.readBy, { name: reading.speakerName })),
        this.#left,
        element('p', { class: 'hint' }, texts.private),
      ),
      element(
        'section',
        { class: 'script', 'aria-label': texts.readText, lang: reading.language },
        ...reading.text.split('\n').map((line) => element('p', {}, line)),
      ),
      this.#studio,
    );
    this.#show(reading);
    void this.#showKept();
    window.addEventListener('online', () => this.#waiting && void this.#deliver());
    window.addEventListener('beforeunload', (event) => this.#sending && event.preventDefault());
  }

  async #record(recording: Recording | null): Promise<void> {
    this.#recording = recording;
    this.#waiting = false;
    write(this.#error, '');
    write(this.#state, '');
    write(this.#send, this.texts.readSend);
    this.#drawSend();
    if (recording) await this.kept.put(TAKE, recording.blob);
    else await this.kept.drop(TAKE);
  }

  async #showKept(): Promise<void> {
    const blob = await this.kept.get(TAKE);
    if (!blob || this.#recording) return;
    this.#recording = { blob, durationMs: 0 };
    this.#recorder.show(this.#recording);
    write(this.#state, this.texts.draftBack);
    this.#drawSend();
  }

  #drawSend(): void {
    this.#send.hidden = this.#recording === null;
    this.#send.disabled = this.#sending;
  }

  async #deliver(): Promise<void> {
    // The second tap of two finds it under way.
    if (this.#sending) return;
    const { texts } = this;
    write(this.#error, '');
    if (this.#recorder.busy) return write(this.#error, texts.stillRecording);
    const recording = this.#recording;
    if (!recording) return write(this.#error, texts.readNothing);
    this.#hold(true);
    try {
      const reading = await this.api.take(recording.blob, (part) =>
        write(this.#state, `${texts.sending} ${Math.floor(part * 100)} %`),
      );
      this.#recording = null;
      this.#recorder.show(null);
      await this.kept.drop(TAKE);
      this.#hold(false);
      write(this.#send, texts.readSend);
      this.#show(reading);
    } catch (error) {
      this.#hold(false);
      this.#waiting = !(error instanceof Refused);
      write(this.#error, error instanceof Refused ? error.message : texts.offline);
      write(this.#state, [texts.stillThere, this.#waiting ? texts.whenOnline : ''].join(' ').trim());
      write(this.#send, texts.sendAgain);
      this.#send.focus();
    }
  }

  #hold(sending: boolean): void {
    this.#sending = sending;
    this.#waiting = false;
    this.#studio.setAttribute('aria-busy', String(sending));
    this.#recorder.hold(sending);
    this.#drawSend();
  }

  #show({ takesLeft, validUntilMs, lastTake }: Reading): void {
    const { texts } = this;
    const left = { takes: takesLeft, day: day(isoDay(validUntilMs)) };
    write(this.#left, takesLeft === 0 ? texts.readNone : fill(texts.readLeft, left));
    this.#recorder.node.hidden = takesLeft === 0;
    this.#drawSend();
    window.clearTimeout(this.#timer);
    if (!lastTake) return;
    write(this.#error, '');
    switch (lastTake.state) {
      case 'ready':
        write(this.#state, fill(texts.readReady, { time: clockTime(lastTake.durationMs ?? 0) }));
        break;
      case 'failed':
        write(this.#state, '');
        write(this.#error, fill(texts.readFailed, { problem: lastTake.problem?.[this.language] ?? '' }));
        break;
      default:
        write(this.#state, `${texts.readReceived} ${texts.readRendering}`);
        this.#timer = window.setTimeout(() => void this.#look(), LOOK_AGAIN_MS);
    }
  }

  /** What became of the last take; a new recording in the meantime is more important. */
  async #look(): Promise<void> {
    const reading = await this.api.reading().catch(() => null);
    if (this.#recording || this.#recorder.busy) return;
    if (reading) this.#show(reading);
    else this.#timer = window.setTimeout(() => void this.#look(), LOOK_AGAIN_MS);
  }
}
