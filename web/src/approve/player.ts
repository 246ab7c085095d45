import { button, element, write } from '../dom.js';
import { fill } from '../languages.js';
import { clockTime } from '../sound/levels.js';
import type { ApproveApi, Audio, Version } from './api.js';
import type { ApproveTexts } from './messages.js';
import { heardWhole, sentenceAt, waveOf } from './steps.js';

const SVG = 'http://www.w3.org/2000/svg';

/** The sound of a version: the browser's own player, the picture of the sound, and the sentences that go along with it. */
export class Player {
  readonly node: HTMLElement;
  readonly sentences: HTMLElement | null;
  readonly #audio: HTMLAudioElement;
  readonly #played = drawn('rect', { x: '0', y: '0', width: '0', height: '100' });
  readonly #rows: readonly HTMLElement[];
  readonly #fault = element('p', { class: 'error', role: 'alert' });

  constructor(
    api: ApproveApi,
    itemId: string,
    { n, audio }: Version,
    texts: ApproveTexts,
    /** At the end of the sound: whether all of it was played. */
    ended: (whole: boolean) => void,
  ) {
    this.#audio = element('audio', { controls: true, preload: 'metadata', 'aria-label': texts.sound });
    // Old telephones of Apple play no Opus.
    const format = this.#audio.canPlayType('audio/ogg; codecs=opus') === '' ? 'mp3' : 'opus';
    this.#audio.src = api.audioAddress(itemId, n, format);
    const spoken = audio.spoken ?? [];
    const trimmedMs = audio.sound?.trimmedStartMs ?? 0;
    this.#rows = spoken.map(({ said, startMs }) =>
      button('sentence', said, () => this.#from(Math.max(0, startMs - trimmedMs) / 1_000)),
    );
    this.sentences = spoken.length === 0 ? null : element('ol', { class: 'sentences' }, ...this.#rows.map(listed));
    this.node = element(
      'div',
      { class: 'player' },
      audio.peaks && audio.peaks.length > 0 ? this.#wave(audio.peaks) : null,
      this.#audio,
      this.#fault,
      facts(audio, texts),
    );
    const durationSeconds = () => (audio.durationMs === null ? this.#audio.duration : audio.durationMs / 1_000);
    this.#audio.addEventListener('timeupdate', () => {
      const { currentTime } = this.#audio;
      this.#played.setAttribute('width', String((1_000 * currentTime) / Math.max(durationSeconds(), 0.001)));
      this.#mark(sentenceAt(spoken, currentTime * 1_000, trimmedMs));
    });
    this.#audio.addEventListener('ended', () => {
      this.#mark(-1);
      const { played } = this.#audio;
      const parts = Array.from({ length: played.length }, (_, i) => [played.start(i), played.end(i)] as const);
      ended(heardWhole(parts, durationSeconds()));
    });
    this.#audio.addEventListener('error', () => write(this.#fault, texts.soundUnplayable));
  }

  /** Ends what sounds, e.g. before the page goes elsewhere. */
  close(): void {
    this.#audio.pause();
    this.#audio.removeAttribute('src');
    this.#audio.load();
  }

  #from(seconds: number): void {
    this.#audio.currentTime = seconds;
    // Playing may be refused until somebody touched the page; they just did.
    void this.#audio.play().catch(() => undefined);
  }

  #mark(index: number): void {
    for (const [i, row] of this.#rows.entries()) {
      const sounds = i === index;
      if (sounds === row.hasAttribute('aria-current')) continue;
      if (sounds) row.setAttribute('aria-current', 'true');
      else row.removeAttribute('aria-current');
    }
  }

  /** For the pointer; the keyboard has the browser's own slider below it. */
  #wave(peaks: readonly number[]): Element {
    const path = waveOf(peaks);
    const clip = drawn('clipPath', { id: 'wave-played' }, this.#played);
    const width = String(700 / peaks.length);
    const wave = drawn(
      'svg',
      { class: 'wave', viewBox: '0 0 1000 100', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      clip,
      drawn('path', { d: path, 'stroke-width': width }),
      drawn('path', { d: path, 'stroke-width': width, class: 'played', 'clip-path': 'url(#wave-played)' }),
    );
    wave.addEventListener('click', (event) => {
      const { left, width: whole } = wave.getBoundingClientRect();
      const { duration } = this.#audio;
      if (Number.isFinite(duration)) this.#from((((event as MouseEvent).clientX - left) / whole) * duration);
    });
    return wave;
  }
}

function facts({ durationMs, sound, uploaded }: Audio, texts: ApproveTexts): HTMLElement {
  const complaints = sound?.verdict ?? [];
  return element(
    'ul',
    { class: 'facts' },
    durationMs === null ? null : element('li', {}, fill(texts.lasts, { time: clockTime(durationMs) })),
    ...complaints.map((verdict) => element('li', { class: 'bad' }, `⚠ ${texts[verdict]}`)),
    // What the machine speaks is always so; worth a word only for what a person recorded.
    uploaded && sound && complaints.length === 0 ? element('li', { class: 'good' }, `✓ ${texts.soundFine}`) : null,
  );
}

const listed = (row: HTMLElement): HTMLElement => element('li', {}, row);

function drawn(name: string, attributes: Readonly<Record<string, string>>, ...children: Element[]): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
