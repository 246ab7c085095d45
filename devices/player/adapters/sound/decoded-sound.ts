import type { Log } from '../../logger.js';
import { BYTES_PER_FRAME, FRAMES_PER_MS } from '../../sink/pace.js';
import type { Decoding, FfmpegDecoder } from './decoder.js';
import type { PcmPlay, PcmSink } from './sink.js';
import type { SoundEnd, SoundOutput, SoundRequest } from './sound.js';

const PROGRESS_MS = 250;
/** A decoder or card that does nothing for so long will not do anything any more. */
const STALLED_MS = 10_000;

/** ffmpeg decodes, a sink consumes, this carries from one to the other just as fast as the sink asks. */
export class DecodedSound implements SoundOutput {
  constructor(
    private readonly decoder: FfmpegDecoder,
    private readonly sink: PcmSink,
    private readonly log: Log,
  ) {}

  play(request: SoundRequest): Promise<SoundEnd> {
    if (request.signal.aborted) return Promise.resolve({ playedMs: 0, reason: 'stopped' });
    const decoding = this.decoder.decode(request.path, request.seekMs, request.volume);
    return new OnePlay(request, decoding, this.sink, this.log).run();
  }
}

class OnePlay {
  #frames = 0;
  #started = false;
  #progressMs = 0;
  #over = false;
  #play: PcmPlay | null = null;
  #finish: (end: SoundEnd) => void = () => undefined;
  #stall: NodeJS.Timeout | null = null;

  constructor(
    private readonly request: SoundRequest,
    private readonly decoding: Decoding,
    private readonly sink: PcmSink,
    private readonly log: Log,
  ) {}

  run(): Promise<SoundEnd> {
    const { request, decoding } = this;
    return new Promise((finish) => {
      this.#finish = finish;
      this.#play = this.sink.open(request.name, {
        heard: (frames, startedMonoMs) => this.#heard(frames, startedMonoMs),
        failed: (problem) => void this.#end('failed', problem),
      });
      request.signal.addEventListener('abort', this.#abort, { once: true });
      this.#watch();
      decoding.pcm.on('readable', () => this.#carry());
      decoding.pcm.on('end', () => void this.#decoded());
      void decoding.ended.then((end) => {
        if (!end.ok && end.fault === 'program') void this.#end('failed', end.detail);
      });
    });
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
      this.request.onStarted(startedMonoMs);
    }
    const playedMs = this.#playedMs();
    if (playedMs - this.#progressMs >= PROGRESS_MS) {
      this.#progressMs = playedMs;
      this.request.onProgress(playedMs);
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
    if (this.#frames === 0) return this.#end(this.request.seekMs > 0 ? 'end' : 'damaged', 'no sound in the file');
    return this.#end('end');
  }

  async #end(reason: SoundEnd['reason'], detail?: string): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    if (this.#stall) clearTimeout(this.#stall);
    this.request.signal.removeEventListener('abort', this.#abort);
    if (detail) this.log.warn('sound', { play: this.request.name, reason, detail });
    this.decoding.kill();
    this.decoding.pcm.destroy();
    if (reason !== 'end') this.#frames = Math.max(this.#frames, (await this.#play?.stop()) ?? 0);
    this.#finish({ playedMs: this.#playedMs(), reason });
  }

  #watch(): void {
    if (this.#over) return;
    if (this.#stall) clearTimeout(this.#stall);
    this.#stall = setTimeout(() => void this.#end('failed', 'no progress'), STALLED_MS);
  }

  #playedMs(): number {
    return Math.floor(this.#frames / FRAMES_PER_MS);
  }
}
