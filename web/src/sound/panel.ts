import { button, element, write } from '../dom.js';
import { fill } from '../languages.js';
import { barLength, clockTime, type Loudness } from './levels.js';
import { type Heard, NoMicrophone, obstacle, Recorder, type Recording } from './recorder.js';
import type { SoundTexts } from './texts.js';

const MOST_MINUTES = 10;
const MOST_MS = MOST_MINUTES * 60_000;

const LOUDNESS_TEXT = { good: 'levelGood', faint: 'levelFaint', overloaded: 'levelOverloaded' } as const;

/** Records, plays back, records again. The recording before stays until a new one is whole. */
export class RecorderPanel {
  readonly node: HTMLElement;
  readonly #start: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #drop: HTMLButtonElement;
  readonly #delete: HTMLButtonElement;
  readonly #level = element('span', { class: 'level', 'aria-hidden': 'true' }, element('span', {}));
  readonly #loudness = element('span', { class: 'loudness', role: 'status' });
  readonly #time = element('span', { class: 'time', role: 'timer' });
  readonly #now = element('div', { class: 'now' }, this.#time, this.#level, this.#loudness);
  readonly #said = element('p', { class: 'said', role: 'status' });
  readonly #fault = element('p', { class: 'error', role: 'alert' });
  readonly #player: HTMLAudioElement;
  #recorder: Recorder | null = null;
  #asking = false;
  #dropping = false;
  #taken: Recording | null = null;
  #address = '';

  constructor(
    private readonly texts: SoundTexts,
    /** Null: it was deleted. */
    private readonly changed: (recording: Recording | null) => void,
  ) {
    this.#start = button('start', texts.recordStart, () => void this.#record());
    this.#stop = button('stop', texts.recordStop, () => this.#recorder?.stop());
    this.#drop = button('link', texts.recordKeepOld, () => {
      this.#dropping = true;
      this.#recorder?.stop();
    });
    this.#delete = button('link', texts.recordDelete, () => {
      this.show(null);
      this.changed(null);
      this.#start.focus();
    });
    this.#player = element('audio', { controls: true, 'aria-label': texts.listenAgain });
    const hint = fill(texts.recordHint, { minutes: MOST_MINUTES });
    this.node = element(
      'div',
      { class: 'recorder' },
      element('p', { class: 'hint' }, hint),
      this.#fault,
      this.#now,
      this.#said,
      this.#player,
      element('div', { class: 'actions' }, this.#start, this.#stop, this.#delete, this.#drop),
    );
    const fault = obstacle();
    if (fault) this.#tell(fault);
    // Leaving in the middle would lose what was said.
    window.addEventListener('beforeunload', (event) => this.#recorder && event.preventDefault());
    this.#draw();
  }

  get busy(): boolean {
    return this.#asking || this.#recorder !== null;
  }

  /** Nothing may change while it is sent. */
  hold(held: boolean): void {
    for (const each of [this.#start, this.#delete]) each.disabled = held;
    if (!held) this.#offer();
  }

  /** What is there already, e.g. from before a reload. */
  show(recording: Recording | null): void {
    if (this.#address !== '') URL.revokeObjectURL(this.#address);
    this.#taken = recording;
    this.#address = recording ? URL.createObjectURL(recording.blob) : '';
    if (recording) this.#player.src = this.#address;
    else this.#player.removeAttribute('src');
    write(this.#said, recording ? fill(this.texts.recorded, { time: clockTime(recording.durationMs) }) : '');
    this.#draw();
  }

  async #record(): Promise<void> {
    if (this.busy) return;
    this.#asking = true;
    this.#dropping = false;
    this.#player.pause();
    write(this.#fault, '');
    write(this.#said, this.texts.recordAsking);
    this.#draw();
    try {
      this.#recorder = await Recorder.start(MOST_MS, (now) => this.#heard(now));
      this.#asking = false;
      write(this.#said, this.texts.recording);
      this.#draw();
      this.#stop.focus();
      const recording = await this.#recorder.done;
      this.#recorder = null;
      if (this.#dropping) this.show(this.#taken);
      else {
        this.show(recording);
        this.changed(recording);
        if (recording.durationMs >= MOST_MS) write(this.#said, fill(this.texts.recordLimit, { minutes: MOST_MINUTES }));
      }
    } catch (error) {
      this.#recorder = null;
      this.show(this.#taken);
      this.#tell(error instanceof NoMicrophone ? error.fault : 'failed');
    } finally {
      this.#asking = false;
      this.#draw();
      (this.#taken ? this.#player : this.#start).focus();
    }
  }

  #heard({ elapsedMs, db, loudness }: Heard): void {
    const time = { elapsed: clockTime(elapsedMs), most: clockTime(MOST_MS) };
    write(this.#time, fill(this.texts.recordTime, time));
    this.#level.style.setProperty('--level', String(barLength(db)));
    this.#show(loudness);
  }

  #show(loudness: Loudness): void {
    this.#now.dataset.loudness = loudness;
    write(this.#loudness, this.texts[LOUDNESS_TEXT[loudness]]);
  }

  #tell(fault: keyof SoundTexts['microphone']): void {
    write(this.#fault, this.texts.microphone[fault]);
    this.#offer();
  }

  /** A button that cannot work is not shown. */
  #offer(): void {
    const fault = obstacle();
    this.#start.hidden = this.#recorder !== null || fault !== null;
    this.#start.disabled = this.#asking;
  }

  #draw(): void {
    const running = this.#recorder !== null;
    this.node.dataset.state = running ? 'recording' : this.#taken ? 'taken' : 'idle';
    this.#now.hidden = !running;
    this.#stop.hidden = !running;
    this.#drop.hidden = !running || this.#taken === null;
    this.#player.hidden = running || this.#taken === null;
    this.#delete.hidden = this.#player.hidden;
    this.#offer();
    write(this.#start, this.#taken ? this.texts.recordAgain : this.texts.recordStart);
  }
}
