import type { Log } from '../../logger.js';
import type { MachineClock } from '../clock.js';
import type { Sources } from '../source/source.js';
import type { FfmpegDecoder } from './decoder.js';
import { LoudnessSink } from './loudness.js';
import { OnePlay } from './one-play.js';
import { RELAY_TIMES, RelayPlay, type RelayTimes } from './relay-play.js';
import type { PcmSink } from './sink.js';
import type { NextSound, SoundEnd, SoundOutput, SoundRequest } from './sound.js';
import { soundTone } from './tone.js';

const NO_RELAYS = { sources: { open: () => null }, clock: { monoMs: () => performance.now() } };

/**
 * ffmpeg decodes, a sink consumes. What is expected next is decoded ahead into a sink that stays silent, so that its start
 * costs no more than one message to the sink.
 */
export class DecodedSound implements SoundOutput {
  #next: { readonly sound: NextSound; readonly play: OnePlay } | null = null;
  readonly #asked = new Map<string, number>();
  readonly #sink: LoudnessSink;
  #sounding = 0;

  constructor(
    private readonly decoder: FfmpegDecoder,
    sink: PcmSink,
    private readonly log: Log,
    /** Where relays come from; without it their stored sound is played. */
    private readonly relays: { readonly sources: Sources; readonly clock: Pick<MachineClock, 'monoMs'> } = NO_RELAYS,
    private readonly times: RelayTimes = RELAY_TIMES,
  ) {
    this.#sink = new LoudnessSink(sink);
  }

  prepare(sound: NextSound | null): void {
    const held = this.#next;
    if (sound && held && same(sound, held.sound)) return;
    this.#next = null;
    if (held) void held.play.cancel();
    if (!sound) return;
    const play = new OnePlay(sound.name, this.decoder.decode(sound.path, 0, sound.volume), this.log);
    this.#next = { sound, play };
    if (this.#sink.shared || this.#sounding === 0) play.open(this.#sink);
  }

  async play(request: SoundRequest): Promise<SoundEnd> {
    if (request.signal.aborted) return { playedMs: 0, reason: 'stopped' };
    this.#sounding += 1;
    this.#asked.set(request.name, request.volume);
    try {
      const { relay } = request;
      if (relay) {
        if (!this.#sink.shared) await this.#freeCard();
        const { decoder, log } = this;
        const parts = { ...this.relays, decoder, log };
        return await new RelayPlay({ ...request, relay }, parts, this.times).run(this.#sink);
      }
      const play = this.#taken(request);
      if (!this.#sink.shared) await this.#freeCard();
      play.open(this.#sink);
      return await play.sound(request);
    } finally {
      this.#sounding -= 1;
      this.#asked.delete(request.name);
      if (this.#sounding === 0) this.#next?.play.open(this.#sink);
    }
  }

  setVolume(name: string, volume: number): void {
    const asked = this.#asked.get(name);
    // What was asked to be silent has nothing in it that could be made louder.
    if (asked) this.#sink.set(name, (volume / asked) * 100);
  }

  async tone(volume: number, durationMs: number): Promise<boolean> {
    if (this.#sounding > 0) return false;
    if (!this.#sink.shared) await this.#freeCard();
    return soundTone(this.#sink, volume, durationMs);
  }

  /** Something else than expected sounds: the card that was opened for the expected one is given back. */
  async #freeCard(): Promise<void> {
    const held = this.#next;
    if (!held?.play.opened) return;
    this.#next = null;
    await held.play.cancel();
  }

  /** What was prepared for this very request, if it still stands; else a fresh one, whose fault is then the true one. */
  #taken(request: SoundRequest): OnePlay {
    const held = this.#next;
    if (held && request.seekMs === 0 && same(request, held.sound)) {
      this.#next = null;
      if (!held.play.over) return held.play;
    }
    return new OnePlay(request.name, this.decoder.decode(request.path, request.seekMs, request.volume), this.log);
  }
}

const same = (a: NextSound, b: NextSound): boolean => a.name === b.name && a.path === b.path && a.volume === b.volume;
