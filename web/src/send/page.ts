import { button, element, write } from '../dom.js';
import { day, inSentence, isoDay, shortMoment } from '../format.js';
import { fill } from '../languages.js';
import { recordingName } from '../sound/levels.js';
import type { Recording } from '../sound/recorder.js';
import { Refused } from '../wire.js';
import type { Received, SendApi, Sender } from './api.js';
import { deliver, FileLost } from './delivery.js';
import { type Draft, type DraftFile, EMPTY_DRAFT, hasContent, isWorthKeeping } from './draft.js';
import { RequestForm } from './form.js';
import { type KeptDraft, newKey } from './kept.js';
import type { SendTexts } from './messages.js';
import { SentList } from './sent.js';

/** Đề nghị phát: write, attach or record, send, and see what became of it. */
export class SendPage {
  readonly node: HTMLElement;
  readonly #form: RequestForm;
  readonly #list: SentList;
  readonly #limits = element('p', { class: 'hint' });
  readonly #state = element('p', { class: 'progress', role: 'status' });
  readonly #error = element('p', { class: 'error', role: 'alert' });
  readonly #send: HTMLButtonElement;
  readonly #making: HTMLElement;
  readonly #received = element('section', { class: 'received', tabindex: -1 });
  #draft: Draft;
  #sending = false;
  /** The line was lost in the middle: a network that comes back is reason enough to go on. */
  #waiting = false;

  constructor(
    private readonly api: SendApi,
    private readonly kept: KeptDraft,
    sender: Sender,
    private readonly texts: SendTexts,
  ) {
    this.#draft = kept.load();
    this.#form = new RequestForm(sender, texts, {
      changed: (words) => this.#keep({ ...this.#draft, ...words }),
      chosen: (file) => void this.#add(file, { from: 'chosen', fileName: file.name, durationMs: null }),
      recorded: (recording) => void this.#record(recording),
      removed: (file) => void this.#remove(file),
    });
    this.#list = new SentList(texts, () => this.refresh());
    this.#send = button('primary', texts.send, () => void this.#deliver());
    this.#making = element('div', { class: 'making' }, this.#form.node, this.#error, this.#state, this.#send);
    this.#received.hidden = true;
    this.node = element(
      'main',
      { class: 'send' },
      element(
        'section',
        { class: 'who' },
        element('h1', {}, texts.title),
        element('p', {}, fill(texts.area, { area: inSentence(sender.areaName) })),
        element('p', { class: 'name' }, fill(texts.sender, { name: sender.senderName })),
        this.#limits,
        element('p', { class: 'hint' }, texts.private),
      ),
      this.#making,
      this.#received,
      this.#list.node,
    );
    this.#showSender(sender);
    this.#form.show(this.#draft);
    if (isWorthKeeping(this.#draft)) write(this.#state, texts.draftBack);
    void this.#showKeptRecording();
    window.addEventListener('online', () => this.#waiting && void this.#deliver());
    window.addEventListener('beforeunload', (event) => this.#sending && event.preventDefault());
  }

  async refresh(): Promise<void> {
    this.#showSender(await this.api.sender());
  }

  #showSender(sender: Sender): void {
    const left = { left: sender.leftToday, day: day(isoDay(sender.validUntilMs)) };
    write(this.#limits, fill(this.texts.limits, left));
    this.#list.show(sender.requests);
  }

  #keep(draft: Draft): void {
    this.#draft = draft;
    this.kept.save(draft);
    write(this.#error, '');
    write(this.#state, isWorthKeeping(draft) ? this.texts.kept : '');
    this.#waiting = false;
    write(this.#send, this.texts.send);
  }

  async #add(blob: Blob, file: Pick<DraftFile, 'from' | 'fileName' | 'durationMs'>): Promise<void> {
    const n = newKey();
    this.#keep({ ...this.#draft, files: [...this.#draft.files, { ...file, n, bytes: blob.size, sentId: null }] });
    this.#form.showFiles(this.#draft.files);
    await this.kept.put(n, blob);
  }

  async #remove(file: DraftFile): Promise<void> {
    this.#keep({ ...this.#draft, files: this.#draft.files.filter(({ n }) => n !== file.n) });
    this.#form.showFiles(this.#draft.files);
    if (file.from === 'recorded') this.#form.recorder.show(null);
    this.#form.focus();
    await this.kept.drop(file.n);
  }

  /** There is one recording at most: a new one takes the place of the last. */
  async #record(recording: Recording | null): Promise<void> {
    const last = this.#draft.files.find(({ from }) => from === 'recorded');
    if (last) {
      this.#keep({ ...this.#draft, files: this.#draft.files.filter(({ n }) => n !== last.n) });
      this.#form.showFiles(this.#draft.files);
      await this.kept.drop(last.n);
    }
    if (!recording) return;
    const { blob, durationMs } = recording;
    await this.#add(blob, { from: 'recorded', fileName: recordingName(blob.type, 1), durationMs });
  }

  async #showKeptRecording(): Promise<void> {
    const file = this.#draft.files.find(({ from }) => from === 'recorded');
    const blob = file && (await this.kept.get(file.n));
    if (file && blob) this.#form.recorder.show({ blob, durationMs: file.durationMs ?? 0 });
  }

  async #deliver(): Promise<void> {
    // The second tap of two finds it under way.
    if (this.#sending) return;
    const { texts } = this;
    write(this.#error, '');
    if (this.#form.recorder.busy) return write(this.#error, texts.stillRecording);
    if (!hasContent(this.#draft)) {
      write(this.#error, texts.nothing);
      return this.#form.focus();
    }
    this.#hold(true);
    write(this.#state, texts.sending);
    try {
      const received = await deliver(this.api, this.kept, this.#draft, {
        changed: (draft) => {
          this.#draft = draft;
          this.kept.save(draft);
        },
        progress: (n, part) => this.#form.files.progress(n, part),
      });
      await this.#forget();
      this.#show(received);
      this.#hold(false);
      await this.refresh().catch(() => undefined);
    } catch (error) {
      this.#hold(false);
      this.#fail(error);
    }
  }

  #hold(sending: boolean): void {
    this.#sending = sending;
    this.#waiting = false;
    this.#form.node.disabled = sending;
    this.#send.disabled = sending;
    this.#making.setAttribute('aria-busy', String(sending));
  }

  #fail(error: unknown): void {
    const { texts } = this;
    const refused = error instanceof Refused;
    this.#waiting = !refused && !(error instanceof FileLost);
    const why = refused
      ? error.message
      : error instanceof FileLost
        ? fill(texts.fileLost, { name: error.fileName })
        : texts.offline;
    write(this.#error, why);
    write(this.#state, [texts.stillThere, this.#waiting ? texts.whenOnline : ''].join(' ').trim());
    write(this.#send, texts.sendAgain);
    this.#form.showFiles(this.#draft.files);
    this.#send.focus();
  }

  async #forget(): Promise<void> {
    const { files } = this.#draft;
    this.#draft = EMPTY_DRAFT;
    this.kept.forget();
    for (const { n } of files) await this.kept.drop(n);
  }

  #show({ title, receivedAtMs, notes }: Received): void {
    const { texts } = this;
    this.#making.hidden = true;
    this.#form.recorder.show(null);
    this.#received.replaceChildren(
      element('h2', {}, `✓ ${texts.received}`),
      element('p', {}, fill(texts.receivedBody, { title, time: shortMoment(receivedAtMs) })),
      ...notes.map((note) => element('p', { class: 'hint' }, texts[NOTE_TEXT[note]])),
      button('primary', texts.another, () => this.#startAnew()),
    );
    this.#received.hidden = false;
    this.#received.focus();
  }

  #startAnew(): void {
    this.#received.hidden = true;
    this.#making.hidden = false;
    this.#form.show(this.#draft);
    write(this.#state, '');
    write(this.#send, this.texts.send);
    this.#form.focus();
  }
}

const NOTE_TEXT = {
  controlCharactersRemoved: 'noteControlCharactersRemoved',
  bidiRemoved: 'noteBidiRemoved',
  emojiKept: 'noteEmojiKept',
} as const;
