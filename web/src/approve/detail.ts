import { element, write } from '../dom.js';
import { shortMoment } from '../format.js';
import { fill, type Language } from '../languages.js';
import type { ApproveApi, Item, Version, Waiting } from './api.js';
import { DecisionBar } from './decide.js';
import type { ApproveTexts } from './messages.js';
import { Player } from './player.js';
import { hashesOf, mustBeHeard } from './steps.js';

const LOOK_AGAIN_MS = 1_500;

export interface DetailActs {
  /** A decision was taken: what to say of it. */
  readonly decided: (words: string) => void;
  /** The item has changed. */
  readonly reload: () => void;
}

/** One version: what is read beside what is heard, and the decision. */
export class Detail {
  readonly node: HTMLElement;
  readonly #player: Player | null;
  readonly #bar: DecisionBar | null;
  #timer = 0;

  constructor(
    private readonly api: ApproveApi,
    private readonly item: Item,
    private readonly version: Version,
    mine: Waiting | null,
    private readonly texts: ApproveTexts,
    private readonly language: Language,
    private readonly acts: DetailActs,
    wordsOf: (problem: unknown) => string,
  ) {
    const { audio, metadata } = version;
    const ready = audio.state === 'ready';
    this.#player = ready ? new Player(api, item.id, version, texts, (whole) => void this.#listened(whole)) : null;
    this.#bar = mine && new DecisionBar(item.kind, version, mine, texts, this.#decisions(metadata.title), wordsOf);
    this.node = element(
      'article',
      { class: 'item', 'data-status': version.status },
      element('h1', { tabindex: -1 }, metadata.title),
      this.#about(mine),
      this.#sound(),
      this.#media(),
      element('div', { class: 'sides' }, this.#text(), this.#spoken()),
      this.#bar?.checklist ?? null,
      this.#bar ? this.#bar.node : this.#verdict(),
    );
    if (audio.state === 'rendering') this.#timer = window.setTimeout(() => void this.#look(), LOOK_AGAIN_MS);
  }

  focus(): void {
    this.node.querySelector<HTMLElement>('h1')?.focus();
  }

  close(): void {
    window.clearTimeout(this.#timer);
    this.#player?.close();
  }

  #decisions(title: string) {
    const { api, item, version, texts, acts } = this;
    return {
      approve: async (checklist: Parameters<ApproveApi['approve']>[1]['checklist']) => {
        await api.approve(item.id, { version: version.n, ...hashesOf(version), checklist });
        acts.decided(fill(texts.approved, { title }));
      },
      reject: async (how: 'return' | 'refuse', reason: string) => {
        await api.reject(item.id, how, reason, version.n);
        acts.decided(fill(how === 'return' ? texts.returned : texts.refused, { title }));
      },
      correct: async (text: string) => {
        await api.correct(item.id, text, version.n, version.textSha256 ?? '');
        acts.reload();
      },
    };
  }

  /** Only what must be heard is told to the service. */
  async #listened(whole: boolean): Promise<void> {
    const { sha256 } = this.version.audio;
    if (!this.#bar || !mustBeHeard(this.version) || sha256 === null) return;
    try {
      if (whole) await this.api.heard(this.item.id, this.version.n, sha256);
      this.#bar.listened(whole);
    } catch (problem) {
      this.#bar.say(problem);
    }
  }

  /** Until the sound is made, or found impossible; a line that is down for a moment ends nothing. */
  async #look(): Promise<void> {
    const item = await this.api.item(this.item.id).catch(() => null);
    const now = item?.versions.find(({ n }) => n === this.version.n);
    if (now && now.audio.state !== 'rendering') this.acts.reload();
    else if (this.node.isConnected) this.#timer = window.setTimeout(() => void this.#look(), LOOK_AGAIN_MS);
  }

  #about(mine: Waiting | null): HTMLElement {
    const { texts, item } = this;
    const { author, correctedBy, submittedAtMs, metadata, speakerName, airedByName, reviewDueAtMs } = this.version;
    const named = (text: string, name: string | null | undefined) => (name ? fill(text, { name }) : null);
    const lines = [
      named(texts.author, author.name),
      named(texts.corrected, correctedBy?.name),
      submittedAtMs === null ? null : fill(texts.submitted, { time: shortMoment(submittedAtMs) }),
      named(texts.asked, item.requestId === null ? null : metadata.sourceOffice),
      named(texts.sponsor, metadata.sponsor),
      named(texts.speaker, speakerName),
      named(texts.onBehalf, mine?.onBehalfOf?.name),
    ].filter((line): line is string => line !== null);
    const due = reviewDueAtMs === null ? null : fill(texts.due, { time: shortMoment(reviewDueAtMs) });
    return element(
      'div',
      { class: 'about' },
      element('ul', { class: 'facts' }, ...lines.map((line) => element('li', {}, line))),
      due ? element('p', { class: 'due' }, due) : null,
      airedByName && due ? element('p', { class: 'due' }, fill(texts.provisional, { name: airedByName })) : null,
    );
  }

  #sound(): HTMLElement | null {
    const { texts } = this;
    const { state, problem } = this.version.audio;
    switch (state) {
      case 'ready':
        return this.#player?.node ?? null;
      case 'rendering':
        return element('p', { class: 'progress', role: 'status', 'aria-busy': 'true' }, texts.rendering);
      case 'failed': {
        const words = problem?.[this.language] ?? '';
        return element('p', { class: 'error', role: 'alert' }, fill(texts.soundFailed, { problem: words }));
      }
      default:
        return null;
    }
  }

  #media(): HTMLElement | null {
    const { content, n } = this.version;
    const src = this.api.mediaAddress(this.item.id, n);
    switch (content?.kind) {
      case 'relay':
        return element('p', { class: 'stream' }, fill(this.texts.stream, { address: content.streamUrl ?? '' }));
      case 'picture':
        return element('img', { class: 'media', src, alt: fill(this.texts.file, { name: content.fileName ?? '' }) });
      case 'video':
        return element('video', { class: 'media', src, controls: true, preload: 'metadata' });
      default:
        return null;
    }
  }

  #text(): HTMLElement {
    const { texts, item } = this;
    const { text } = this.version;
    const lines = (text ?? '').split('\n').filter((line) => line.trim() !== '');
    return element(
      'section',
      { class: 'text' },
      element('h2', {}, texts.text),
      element('div', { lang: item.language }, ...lines.map((line) => element('p', {}, line))),
      text ? null : element('p', { class: 'hint' }, texts.noText),
    );
  }

  #spoken(): HTMLElement | null {
    const sentences = this.#player?.sentences;
    if (!sentences) return null;
    const { texts } = this;
    return element(
      'section',
      { class: 'spoken-text' },
      element('h2', {}, texts.spoken),
      element('p', { class: 'hint' }, texts.spokenHint),
      sentences,
    );
  }

  /** For who may only read: what became of it. */
  #verdict(): HTMLElement {
    const { texts } = this;
    const { status, statusReason, approver, decidedAtMs } = this.version;
    const by = approver && decidedAtMs !== null ? { name: approver.name, time: shortMoment(decidedAtMs) } : null;
    const words = element('p', { class: 'outcome', role: 'status' });
    write(words, [texts.status[status] ?? status, by ? `(${fill(texts.decidedBy, by)})` : ''].join(' ').trim());
    return element(
      'section',
      { class: 'decide' },
      words,
      statusReason ? element('p', {}, fill(texts.statusReason, { reason: statusReason })) : null,
      status === 'pending' || status === 'provisional' ? element('p', { class: 'hint' }, texts.notMine) : null,
    );
  }
}
