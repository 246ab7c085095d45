import { atVolume } from '../source/presence.js';
import type { PcmPlay, PcmSink, SinkListener } from './sink.js';

/** A sink whose plays can be made louder or softer while they sound. */
export class LoudnessSink implements PcmSink {
  /** Percent of what is written, by play; absent: as it is. */
  readonly #percents = new Map<string, number>();

  constructor(private readonly sink: PcmSink) {}

  get shared(): boolean {
    return this.sink.shared;
  }

  open(name: string, listener: SinkListener): PcmPlay {
    const play = this.sink.open(name, listener);
    const percentOf = () => this.#percents.get(name) ?? 100;
    const over = () => this.#percents.delete(name);
    return {
      begin: (atMonoMs) => play.begin(atMonoMs),
      room: () => play.room(),
      write: (pcm) => play.write(atVolume(pcm, percentOf())),
      finish: () => play.finish().finally(over),
      stop: () => play.stop().finally(over),
    };
  }

  /** From the next samples on: what the sink holds already (0.2 s) sounds as it was. */
  set(name: string, percent: number): void {
    this.#percents.set(name, percent);
  }
}
