import type { Log } from '../../logger.js';
import { BYTES_PER_FRAME, FRAMES_PER_MS } from '../../sink/pace.js';
import type { Decoding } from './decoder.js';
import type { PcmPlay, PcmSink } from './sink.js';
import type { SoundEnd, SoundRequest } from './sound.js';

const PROGRESS_MS = 250;
/** A decoder or card that does nothing for so long will not do anything any more. */
const STALLED_MS = 10_000;

/** Carries one decoding to one sink, just as fast as the sink asks: decoding → `open` → `sound`. */
export class OnePlay {
  #frames = 0;
  #started = false;
  #progressMs = 0;
  #over = false;
  #request: SoundRequest | null = null;
  #play: PcmPlay | null = null;
  #finish: (end: SoundEnd) => void = () => undefined;
  readonly #ended = new Promise<SoundEnd>((finish) => {
    this.#finish = finish;
  });
  #stall: NodeJS.Timeout | null = null;

  constructor(
    private readonly name: string,
    private readonly decoding: Decoding,
    private readonly log: Log,
  ) {
    // From the first: Node throws away what a program that has ended left unread, unless somebody waits for it.
    decoding.pcm.on('readable', () => this.#carry());
    decoding.pcm.on('end', () => void this.#decoded());
    void decoding.ended.then((end) => {
      if (!end.ok && end.fault === 'program') void this.#end('failed', end.detail);
    });
  }

  /** It will not sound any more. */
  get over(): boolean {
    return this.#over;
  }

  /** Has a sink to itself. */
  get opened(): boolean {
    return this.#play !== null;
  }

  /** Fills the sink, in silence. Once; again does nothing. */
  open(sink: PcmSink): void {
    if (this.#play || this.#over) return;
    this.#play = sink.open(this.name, {
      heard: (frames, startedMonoMs) => this.#heard(frames, startedMonoMs),
      failed: (problem) => void this.#end('failed', problem),
    });
    this.#carry();
  }

  /** Sounds at the request's instant. */
  sound(request: SoundRequest): Promise<SoundEnd> {
    this.#request = request;
    if (this.#over) return this.#ended;
    request.signal.addEventListener('abort', this.#abort, { once: true });
    this.#watch();
    this.#play?.begin(request.atMonoMs ?? 0);
    return this.#ended;
  }

  /** Was prepared in vain. */
  cancel(): Promise<void> {
    return this.#end('stopped');
  }

  readonly #abort = () => void this.#end('stopped');

  #carry(): void {
    const { pcm } = this.decoding;
    if (this.#over || !this.#play) return;
    for (;;) {
      const held = pcm.readableLength;
      const takes = Math.floor(Math.min(held, this.#play.room()) / BYTES_PER_FRAME) * BYTES_PER_FRAME;
      // Reading nothing asks the pipe for more, or for its end.
      if (held < BYTES_PER_FRAME) return void pcm.read(0);
      if (takes <= 0) return;
      this.#play.write(pcm.read(takes) as Buffer);
    }
  }

  #heard(frames: number, startedMonoMs: number): void {
    if (frames > this.#frames) this.#watch();
    this.#frames = Math.max(this.#frames, frames);
    if (this.#over) return;
    if (!this.#started) {
      this.#started = true;
      this.#request?.onStarted(startedMonoMs);
    }
    const playedMs = this.#playedMs();
    if (playedMs - this.#progressMs >= PROGRESS_MS) {
      this.#progressMs = playedMs;
      this.#request?.onProgress(playedMs);
    }
    this.#carry();
  }

  /** Everything is decoded: the sink plays out what it holds, unless the decoder ended badly. */
  async #decoded(): Promise<void> {
    const end = await this.decoding.ended;
    if (this.#over) return;
    if (!end.ok) return this.#end(end.fault === 'file' ? 'damaged' : 'failed', end.detail);
    const frames = await this.#play?.finish();
    if (this.#over) return;
    this.#frames = Math.max(this.#frames, frames ?? 0);
    // Behind the end of the file there is nothing to hear; a file without any sound at all is damaged.
    if (this.#frames === 0)
      return this.#end((this.#request?.seekMs ?? 0) > 0 ? 'end' : 'damaged', 'no sound in the file');
    return this.#end('end');
  }

  async #end(reason: SoundEnd['reason'], detail?: string): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    if (this.#stall) clearTimeout(this.#stall);
    this.#request?.signal.removeEventListener('abort', this.#abort);
    if (detail) this.log.warn('sound', { play: this.name, reason, detail });
    this.decoding.kill();
    this.decoding.pcm.destroy();
    if (reason !== 'end') this.#frames = Math.max(this.#frames, (await this.#play?.stop()) ?? 0);
    this.#finish({ playedMs: this.#playedMs(), reason });
  }

  #watch(): void {
    if (this.#over || !this.#request) return;
    if (this.#stall) clearTimeout(this.#stall);
    this.#stall = setTimeout(() => void this.#end('failed', 'no progress'), STALLED_MS);
  }

  #playedMs(): number {
    return Math.floor(this.#frames / FRAMES_PER_MS);
  }
}
