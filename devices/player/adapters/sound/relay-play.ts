import type { Readable } from 'node:stream';
import type { Log } from '../../logger.js';
import { BYTES_PER_FRAME, FRAMES_PER_MS } from '../../sink/pace.js';
import type { MachineClock } from '../clock.js';
import { atVolume, PRESENCE, type PresenceLimits, PresenceMeter } from '../source/presence.js';
import type { Listening, Sources } from '../source/source.js';
import type { Decoding, FfmpegDecoder } from './decoder.js';
import type { PcmPlay, PcmSink } from './sink.js';
import type { SoundEnd, SoundRequest } from './sound.js';

export interface RelayTimes extends PresenceLimits {
  /** A source that ended is opened again after so long. */
  readonly againMs: number;
}
export const RELAY_TIMES: RelayTimes = { ...PRESENCE, againMs: 5_000 };

export type RelayRequest = SoundRequest & Required<Pick<SoundRequest, 'relay'>>;

const TICK_MS = 50;
const PROGRESS_MS = 250;
/** How often what was heard of the source is told while nothing changes: as much may be lost of it by a crash. */
const TELL_MS = 5_000;
const STALLED_SINK_MS = 10_000;

/**
 * A relay on one sink: from its source while that gives sound, from the stored file, repeated, while it does not. It listens
 * on meanwhile and goes back once the source is heard again. Ends after `relay.relayMs`.
 */
export class RelayPlay {
  readonly #meter: PresenceMeter;
  #play: PcmPlay | null = null;
  #listening: Listening | null = null;
  #stored: Decoding | null = null;
  #storedGives = true;
  /** Frames in the order in which they went to the sink. */
  readonly #runs: { readonly relay: boolean; frames: number }[] = [];
  #written = 0;
  #frames = 0;
  #onAir = true;
  #toldRelay: boolean | null = null;
  #toldMs = 0;
  #progressMs = 0;
  #progressedMonoMs: number;
  #againMonoMs = 0;
  #startedMonoMs: number | null = null;
  #ending = false;
  #over = false;
  #timer: NodeJS.Timeout | null = null;
  #finish: (end: SoundEnd) => void = () => undefined;

  constructor(
    private readonly request: RelayRequest,
    private readonly parts: {
      readonly sources: Sources;
      readonly decoder: FfmpegDecoder;
      readonly clock: Pick<MachineClock, 'monoMs'>;
      readonly log: Log;
    },
    private readonly times: RelayTimes = RELAY_TIMES,
  ) {
    const beginsMonoMs = Math.max(this.#now(), request.atMonoMs ?? 0);
    this.#meter = new PresenceMeter(beginsMonoMs, times);
    this.#progressedMonoMs = beginsMonoMs;
  }

  run(sink: PcmSink): Promise<SoundEnd> {
    const { request } = this;
    return new Promise((finish) => {
      this.#finish = finish;
      this.#play = sink.open(request.name, {
        heard: (frames, startedMonoMs) => this.#heard(frames, startedMonoMs),
        failed: (problem) => void this.#end('failed', problem),
      });
      this.#play.begin(request.atMonoMs ?? 0);
      request.signal.addEventListener('abort', this.#abort, { once: true });
      this.#timer = setInterval(() => this.#tick(), TICK_MS);
      this.#listen();
    });
  }

  readonly #abort = () => void this.#end('stopped');

  #now(): number {
    return this.parts.clock.monoMs();
  }

  #tick(): void {
    const nowMs = this.#now();
    const { relayMs } = this.request.relay;
    const endsMonoMs = (this.#startedMonoMs ?? Math.max(this.#progressedMonoMs, this.request.atMonoMs ?? 0)) + relayMs;
    if (nowMs >= endsMonoMs) return void this.#playOut();
    if ((this.#play?.room() ?? 0) <= 0 && nowMs - this.#progressedMonoMs > STALLED_SINK_MS)
      return void this.#end('failed', 'no progress');
    if (!this.#listening && nowMs >= this.#againMonoMs) this.#listen();
    this.#follow();
    this.#carry();
  }

  #listen(): void {
    const listening = this.parts.sources.open(this.request.relay.source);
    if (!listening) {
      this.#againMonoMs = Number.POSITIVE_INFINITY;
      return this.#lost('this device has no such source');
    }
    this.#listening = listening;
    listening.pcm.on('readable', () => this.#carry());
    void listening.ended.then((why) => {
      // What it gave before it ended is in the pipe still.
      if (this.#listening === listening) setImmediate(() => this.#listening === listening && this.#lost(why));
    });
  }

  #lost(why: string): void {
    if (this.#over) return;
    this.parts.log.warn('relay', { play: this.request.name, problem: why });
    this.#listening?.close();
    this.#listening?.pcm.destroy();
    this.#listening = null;
    if (this.#againMonoMs !== Number.POSITIVE_INFINITY) this.#againMonoMs = this.#now() + this.times.againMs;
    this.#meter.lost();
    this.#follow();
  }

  /** Goes over to the stored sound, or back. */
  #follow(): void {
    const presence = this.#meter.look(this.#now());
    const onAir = presence === 'heard';
    if (onAir !== this.#onAir) {
      this.#onAir = onAir;
      this.parts.log.info('relay', { play: this.request.name, presence });
      // Nobody was heard in the silence by which it was recognised.
      if (presence === 'silent') this.#unhear(this.#meter.quietMs);
      if (onAir) this.#drop();
      this.#tell();
    }
    // A stream that hangs is asked anew; a card that is silent goes on being listened to.
    if (presence === 'stalled' && this.#listening && this.#now() >= this.#againMonoMs) this.#reopen();
    if (!this.#onAir && !this.#stored && this.#storedGives) this.#repeat();
  }

  #reopen(): void {
    this.#againMonoMs = this.#now() + Math.max(this.times.againMs, this.times.stalledMs);
    const hung = this.#listening;
    this.#listening = null;
    hung?.close();
    hung?.pcm.destroy();
    this.#listen();
  }

  #repeat(): void {
    const decoding = this.parts.decoder.decode(this.request.path, 0, 100);
    this.#stored = decoding;
    let gave = false;
    decoding.pcm.on('readable', () => {
      gave ||= decoding.pcm.readableLength > 0;
      this.#carry();
    });
    const over = (detail?: string) => {
      if (this.#stored !== decoding) return;
      this.#stored = null;
      this.#storedGives = gave;
      if (detail) this.parts.log.warn('sound', { play: this.request.name, detail });
      if (!this.#over) this.#follow();
    };
    decoding.pcm.on('end', () => over());
    void decoding.ended.then((end) => {
      if (!end.ok) over(end.detail);
    });
  }

  #drop(): void {
    const stored = this.#stored;
    this.#stored = null;
    stored?.kill();
    stored?.pcm.destroy();
  }

  #carry(): void {
    if (this.#over || !this.#play) return;
    const source = this.#listening?.pcm;
    if (source) {
      if (this.#onAir) this.#pour(source, true);
      else
        for (
          let pcm = wholeFrames(source, Number.POSITIVE_INFINITY);
          pcm;
          pcm = wholeFrames(source, Number.POSITIVE_INFINITY)
        )
          this.#meter.take(pcm, this.#now());
    }
    if (!this.#onAir && this.#stored) this.#pour(this.#stored.pcm, false);
  }

  #pour(pcm: Readable, relay: boolean): void {
    const most = this.request.relay.relayMs * FRAMES_PER_MS;
    for (;;) {
      const room = Math.min(this.#play?.room() ?? 0, (most - this.#written) * BYTES_PER_FRAME);
      const piece = wholeFrames(pcm, room);
      if (!piece) break;
      if (relay) this.#meter.take(piece, this.#now());
      this.#play?.write(atVolume(piece, this.request.volume));
      this.#written += piece.length / BYTES_PER_FRAME;
      const run = this.#runs.at(-1);
      if (run?.relay === relay) run.frames += piece.length / BYTES_PER_FRAME;
      else this.#runs.push({ relay, frames: piece.length / BYTES_PER_FRAME });
    }
    if (this.#written >= most) void this.#playOut();
  }

  /** The last run was not heard for its last `ms`. */
  #unhear(ms: number): void {
    const last = this.#runs.at(-1);
    if (!last?.relay) return;
    const quiet = Math.min(last.frames, Math.round(ms * FRAMES_PER_MS));
    last.frames -= quiet;
    this.#runs.push({ relay: false, frames: quiet });
  }

  #relayHeardMs(): number {
    let left = this.#frames;
    let heard = 0;
    for (const { relay, frames } of this.#runs) {
      const consumed = Math.min(left, frames);
      if (relay) heard += consumed;
      left -= consumed;
    }
    return Math.floor(heard / FRAMES_PER_MS);
  }

  #heard(frames: number, startedMonoMs: number): void {
    if (frames > this.#frames) this.#progressedMonoMs = this.#now();
    this.#frames = Math.max(this.#frames, frames);
    if (this.#over) return;
    if (this.#startedMonoMs === null) {
      this.#startedMonoMs = startedMonoMs;
      this.request.onStarted(startedMonoMs);
      this.#tell();
    }
    const playedMs = Math.floor(this.#frames / FRAMES_PER_MS);
    if (playedMs - this.#progressMs >= PROGRESS_MS) {
      this.#progressMs = playedMs;
      this.request.onProgress(playedMs);
    }
    if (playedMs - this.#toldMs >= TELL_MS) this.#tell();
    this.#carry();
  }

  #tell(): void {
    // Nothing is told of a play that has not begun.
    if (this.#startedMonoMs === null) return;
    const heardMs = this.#relayHeardMs();
    if (this.#toldRelay === this.#onAir && !this.#onAir) return;
    this.#toldRelay = this.#onAir;
    this.#toldMs = Math.floor(this.#frames / FRAMES_PER_MS);
    this.request.onRelay?.(this.#onAir, heardMs);
  }

  async #playOut(): Promise<void> {
    if (this.#ending || this.#over) return;
    this.#ending = true;
    if (this.#timer) clearInterval(this.#timer);
    const frames = await this.#play?.finish();
    if (this.#over) return;
    this.#frames = Math.max(this.#frames, frames ?? 0);
    if (this.#frames === 0) return this.#end('failed', 'neither the source nor the stored sound gave anything');
    return this.#end('end');
  }

  async #end(reason: SoundEnd['reason'], detail?: string): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    if (this.#timer) clearInterval(this.#timer);
    this.request.signal.removeEventListener('abort', this.#abort);
    if (detail) this.parts.log.warn('sound', { play: this.request.name, reason, detail });
    const listening = this.#listening;
    this.#listening = null;
    listening?.close();
    listening?.pcm.destroy();
    this.#drop();
    if (reason !== 'end') this.#frames = Math.max(this.#frames, (await this.#play?.stop()) ?? 0);
    if (this.#startedMonoMs !== null) this.request.onRelay?.(this.#onAir, this.#relayHeardMs());
    this.#finish({ playedMs: Math.floor(this.#frames / FRAMES_PER_MS), reason });
  }
}

/** At most `most` bytes of it, in whole frames; null: there are none now. */
function wholeFrames(pcm: Readable, most: number): Buffer | null {
  const held = pcm.readableLength;
  const takes = Math.floor(Math.min(held, most) / BYTES_PER_FRAME) * BYTES_PER_FRAME;
  // Reading nothing asks the pipe for more, or for its end.
  if (held < BYTES_PER_FRAME) pcm.read(0);
  return takes > 0 ? (pcm.read(takes) as Buffer) : null;
}
