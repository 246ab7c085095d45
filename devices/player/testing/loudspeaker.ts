import type { CoreEffect, CoreEvent } from '../core/index.js';

/** What a listener would note. */
export interface Sounded {
  readonly play: string;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly volume: number;
}

interface Sound {
  readonly play: string;
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

const START_MS = 40;
const STOP_MS = 5;
const PROGRESS_MS = 250;

/** Sounds in the time of a test world: begins a little after it is asked, and can only sound one thing at a time. */
export class Loudspeaker {
  readonly sounded: Sounded[] = [];
  #sound: Sound | null = null;

  constructor(private readonly world: Surroundings) {}

  start({ play, seekMs, volume }: Extract<CoreEffect, { type: 'startSound' }>, lengthMs: number): void {
    const sound: Sound = { play, lengthMs: Math.max(0, lengthMs - seekMs), volume, startedMs: null };
    if (this.#sound) throw new Error(`${play} would sound over ${this.#sound.play}`);
    this.#sound = sound;
    this.world.later(START_MS, () => {
      if (this.#sound !== sound) return;
      sound.startedMs = this.world.now();
      this.world.feed({ type: 'soundStarted', play, atMonoMs: this.world.monoMs() });
      this.#progress(sound, sound.startedMs);
      this.world.later(sound.lengthMs, () => this.#sound === sound && this.end('end'));
    });
  }

  stop(play: string): void {
    this.world.later(STOP_MS, () => this.#sound?.play === play && this.end('stopped'));
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
      volume: sound.volume,
    });
  }

  #progress(sound: Sound, startedMs: number): void {
    this.world.later(PROGRESS_MS, () => {
      if (this.#sound !== sound) return;
      this.world.feed({ type: 'soundProgress', play: sound.play, playedMs: this.world.now() - startedMs });
      this.#progress(sound, startedMs);
    });
  }
}
