import { element, write } from '../dom.js';
import { whole } from '../format.js';
import { fill } from '../languages.js';
import { RecorderPanel } from '../sound/panel.js';
import type { Recording } from '../sound/recorder.js';
import type { Sender } from './api.js';
import type { Draft, DraftFile } from './draft.js';
import { FileList, fileFault } from './files.js';
import { CONTENT_LANGUAGES, type SendTexts } from './messages.js';
import { openWay, wayButton } from './ways.js';

const ACCEPTED = 'audio/*,.mp3,.m4a,.ogg,.opus,.wav,.webm,.docx,.doc,.pdf,.txt,.md';
const THIRD_PARTIES = ['enrolment', 'recruitment', 'charity'] as const;

type Words = Pick<Draft, 'title' | 'text' | 'wanted' | 'urgent' | 'thirdParty' | 'language'>;

export interface FormActs {
  readonly changed: (words: Words) => void;
  readonly chosen: (file: File) => void;
  /** Null: the recording was deleted. */
  readonly recorded: (recording: Recording | null) => void;
  readonly removed: (file: DraftFile) => void;
}

/** The fields of a request. It shows a draft and tells what changes; it keeps nothing itself. */
export class RequestForm {
  readonly node: HTMLFieldSetElement;
  readonly recorder: RecorderPanel;
  readonly files: FileList;
  readonly #text = element('textarea', { name: 'text', rows: 8 });
  readonly #count = element('p', { class: 'hint count' });
  readonly #title = element('input', { name: 'title', maxlength: 200, autocomplete: 'off' });
  readonly #wanted = element('input', { name: 'wanted', maxlength: 200, autocomplete: 'off' });
  readonly #urgent = element('input', { type: 'checkbox', name: 'urgent' });
  readonly #thirdParty: HTMLSelectElement;
  readonly #language: HTMLSelectElement;
  readonly #fileFault = element('p', { class: 'error', role: 'alert' });
  readonly #parts: Readonly<Record<'text' | 'file' | 'record', HTMLElement>>;
  readonly #buttons: Readonly<Record<'text' | 'file' | 'record', HTMLButtonElement>>;
  readonly #more: HTMLDetailsElement;
  #filesThere = 0;

  constructor(
    private readonly sender: Sender,
    private readonly texts: SendTexts,
    private readonly acts: FormActs,
  ) {
    this.recorder = new RecorderPanel(texts, acts.recorded);
    this.files = new FileList(texts, acts.removed);
    this.#thirdParty = element(
      'select',
      { name: 'thirdParty' },
      element('option', { value: '' }, texts.thirdPartyNone),
      ...THIRD_PARTIES.map((kind) => element('option', { value: kind }, texts[kind])),
    );
    this.#language = element(
      'select',
      { name: 'language' },
      ...CONTENT_LANGUAGES.map(([code, name]) => element('option', { value: code }, name)),
    );
    this.#text.setAttribute('maxlength', String(sender.longestText));
    this.#parts = {
      text: this.#textPart(),
      file: this.#filePart(),
      record: element('section', { class: 'part' }, this.recorder.node),
    };
    this.#buttons = {
      text: wayButton('text', texts.wayText, this.#parts.text),
      file: wayButton('file', texts.wayFile, this.#parts.file),
      record: wayButton('record', texts.wayRecord, this.#parts.record),
    };
    this.#more = this.#moreFields();
    this.node = element(
      'fieldset',
      { class: 'request' },
      element('legend', {}, texts.ways),
      element('div', { class: 'ways' }, this.#buttons.text, this.#buttons.file, this.#buttons.record),
      this.#parts.text,
      this.#parts.file,
      this.#parts.record,
      this.files.node,
      this.#fileFault,
      this.#more,
    );
    this.node.addEventListener('input', ({ target }) => {
      if (target instanceof HTMLInputElement && target.type === 'file') return;
      this.#countLetters();
      acts.changed(this.#words());
    });
  }

  /** Fills the fields and opens the parts that hold something. */
  show(draft: Draft): void {
    this.#text.value = draft.text;
    this.#title.value = draft.title;
    this.#wanted.value = draft.wanted;
    this.#urgent.checked = draft.urgent;
    this.#thirdParty.value = draft.thirdParty;
    this.#language.value = draft.language;
    if (draft.title || draft.wanted || draft.urgent || draft.thirdParty || draft.language !== 'vi')
      this.#more.open = true;
    openWay(this.#buttons.text, this.#parts.text, draft.text !== '');
    openWay(
      this.#buttons.file,
      this.#parts.file,
      draft.files.some(({ from }) => from === 'chosen'),
    );
    openWay(
      this.#buttons.record,
      this.#parts.record,
      draft.files.some(({ from }) => from === 'recorded'),
    );
    this.#countLetters();
    this.showFiles(draft.files);
  }

  showFiles(files: readonly DraftFile[]): void {
    this.#filesThere = files.length;
    this.files.show(files);
  }

  /** To where something is missing. */
  focus(): void {
    this.#buttons.text.focus();
  }

  #words(): Words {
    return {
      text: this.#text.value,
      title: this.#title.value,
      wanted: this.#wanted.value,
      urgent: this.#urgent.checked,
      thirdParty: this.#thirdParty.value,
      language: this.#language.value,
    };
  }

  #countLetters(): void {
    const { longestText } = this.sender;
    const parameters = { count: whole(this.#text.value.length), most: whole(longestText) };
    write(this.#count, fill(this.texts.textCount, parameters));
  }

  #textPart(): HTMLElement {
    const { texts } = this;
    this.#text.setAttribute('aria-describedby', 'text-hint');
    return element(
      'section',
      { class: 'part' },
      element('label', {}, element('span', {}, texts.text), this.#text),
      element('p', { class: 'hint', id: 'text-hint' }, texts.textHint),
      this.#count,
    );
  }

  #filePart(): HTMLElement {
    const { texts, sender } = this;
    const most = Math.floor(sender.mostFileBytes / 1_000_000);
    return element(
      'section',
      { class: 'part' },
      this.#chooser(texts.files, 'files', { multiple: true, accept: ACCEPTED }),
      // The telephone's own recorder works without HTTPS; elsewhere this is one more way to choose a file.
      this.#chooser(texts.phoneRecorder, 'recorder', { accept: 'audio/*', capture: 'user' }),
      element('p', { class: 'hint' }, fill(texts.filesHint, { most, files: sender.mostFiles })),
    );
  }

  #chooser(label: string, name: string, attributes: Record<string, string | boolean>): HTMLElement {
    const input = element('input', { type: 'file', name, ...attributes });
    input.addEventListener('change', () => {
      write(this.#fileFault, '');
      for (const file of input.files ?? []) this.#choose(file);
      // The same file may be chosen again after it was taken away.
      input.value = '';
    });
    return element('label', { class: `chooser by-${name}` }, element('span', {}, label), input);
  }

  #choose(file: File): void {
    const fault = fileFault(file, this.#filesThere, this.sender, this.texts);
    if (fault) write(this.#fileFault, fault);
    else this.acts.chosen(file);
  }

  #moreFields(): HTMLDetailsElement {
    const { texts } = this;
    const field = (label: string, input: HTMLElement, hint: string | null = null) =>
      element(
        'div',
        { class: 'field' },
        element('label', {}, element('span', {}, label), input),
        hint ? element('p', { class: 'hint' }, hint) : null,
      );
    return element(
      'details',
      { class: 'more' },
      element('summary', {}, texts.more),
      element('label', { class: 'tick' }, this.#urgent, element('span', {}, texts.urgent)),
      field(texts.requestTitle, this.#title),
      field(texts.wanted, this.#wanted, texts.wantedHint),
      field(texts.thirdParty, this.#thirdParty),
      field(texts.language, this.#language),
    );
  }
}
