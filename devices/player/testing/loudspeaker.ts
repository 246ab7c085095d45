import type { CoreEffect, CoreEvent } from '../core/index.js';

/** What a listener would note. */
export interface Sounded {
  readonly play: string;
  readonly startedMs: number;
  readonly endedMs: number;
  /** Where in the item it began. */
  readonly seekMs: number;
  readonly volume: number;
}

/** Milliseconds of the item that were heard at least once. */
export function heardMs(sounded: readonly Sounded[], play: string): number {
  const runs = sounded
    .filter((each) => each.play === play)
    .map(({ seekMs, startedMs, endedMs }) => ({ from: seekMs, until: seekMs + endedMs - startedMs }))
    .sort((a, b) => a.from - b.from);
  let until = 0;
  let heard = 0;
  for (const run of runs) {
    heard += Math.max(0, run.until - Math.max(until, run.from));
    until = Math.max(until, run.until);
  }
  return heard;
}

interface Sound {
  readonly play: string;
  readonly seekMs: number;
  readonly lengthMs: number;
  readonly volume: number;
  startedMs: number | null;
}

interface Surroundings {
  now(): number;
  monoMs(): number;
  later(afterMs: number, run: () => void): void;
  feed(event: CoreEvent): void;
}

/** How long the output takes to begin, to fall silent, and between two reports, ms. */
export interface Latency {
  readonly startMs: number;
  readonly stopMs: number;
  readonly progressMs: number;
}

/** Sounds in the time of a test world: begins a little after it is asked, and can only sound one thing at a time. */
export class Loudspeaker {
  readonly sounded: Sounded[] = [];
  latency: Latency = { startMs: 40, stopMs: 5, progressMs: 250 };
  #sound: Sound | null = null;

  constructor(private readonly world: Surroundings) {}

  start({ play, seekMs, volume }: Extract<CoreEffect, { type: 'startSound' }>, lengthMs: number): void {
    const sound: Sound = { play, seekMs, lengthMs: Math.max(0, lengthMs - seekMs), volume, startedMs: null };
    if (this.#sound) throw new Error(`${play} would sound over ${this.#sound.play}`);
    this.#sound = sound;
    this.world.later(this.latency.startMs, () => {
      if (this.#sound !== sound) return;
      sound.startedMs = this.world.now();
      this.world.feed({ type: 'soundStarted', play, atMonoMs: this.world.monoMs() });
      this.#progress(sound, sound.startedMs);
      this.world.later(sound.lengthMs, () => this.#sound === sound && this.end('end'));
    });
  }

  stop(play: string): void {
    this.world.later(this.latency.stopMs, () => this.#sound?.play === play && this.end('stopped'));
  }

  end(reason: Extract<CoreEvent, { type: 'soundEnded' }>['reason']): void {
    const sound = this.#sound;
    if (!sound) return;
    this.hush();
    const playedMs = sound.startedMs === null ? 0 : this.world.now() - sound.startedMs;
    this.world.feed({ type: 'soundEnded', play: sound.play, playedMs, reason });
  }

  /** Silent, and nobody is told: the player has just died. */
  hush(): void {
    const sound = this.#sound;
    this.#sound = null;
    if (!sound || sound.startedMs === null) return;
    this.sounded.push({
      play: sound.play,
      startedMs: sound.startedMs,
      endedMs: this.world.now(),
      seekMs: sound.seekMs,
      volume: sound.volume,
    });
  }

  #progress(sound: Sound, startedMs: number): void {
    this.world.later(this.latency.progressMs, () => {
      if (this.#sound !== sound) return;
      this.world.feed({ type: 'soundProgress', play: sound.play, playedMs: this.world.now() - startedMs });
      this.#progress(sound, startedMs);
    });
  }
}
