import { BYTES_PER_FRAME, FRAMES_PER_MS } from '../../sink/pace.js';

/** Below this RMS of 16-bit samples nothing is spoken or sung (-54 dBFS: the hum of an open line is less, a whisper more). */
export const QUIET_RMS = 65;

export interface PresenceLimits {
  /** Without samples for so long: stalled. */
  readonly stalledMs: number;
  /** Quiet for so long: silent. No pause of a speaker lasts as long. */
  readonly silentMs: number;
  /** Loud again for so long: back. */
  readonly backMs: number;
}

export const PRESENCE: PresenceLimits = { stalledMs: 3_000, silentMs: 10_000, backMs: 1_000 };

export type Presence = 'heard' | 'stalled' | 'silent';

/** Judges a source by its samples: does it give sound? Pure but for what it remembers; instants are monotonic ms. */
export class PresenceMeter {
  #presence: Presence = 'heard';
  #lastMs: number;
  #quietFrames = 0;
  #loudFrames = 0;

  constructor(
    nowMs: number,
    private readonly limits: PresenceLimits = PRESENCE,
  ) {
    this.#lastMs = nowMs;
  }

  /** How much of what came last was quiet, ms of sound. */
  get quietMs(): number {
    return this.#quietFrames / FRAMES_PER_MS;
  }

  /** It is known to be gone, e.g. its connection has ended. */
  lost(): void {
    this.#presence = 'stalled';
    this.#loudFrames = 0;
    this.#quietFrames = 0;
  }

  take(pcm: Buffer, nowMs: number): Presence {
    const frames = Math.floor(pcm.length / BYTES_PER_FRAME);
    if (frames === 0) return this.look(nowMs);
    const quiet = rmsOf(pcm) < QUIET_RMS;
    // After a gap it begins anew: what was heard before says nothing of now.
    if (nowMs - this.#lastMs > this.limits.stalledMs) this.#loudFrames = 0;
    this.#lastMs = nowMs;
    this.#quietFrames = quiet ? this.#quietFrames + frames : 0;
    this.#loudFrames = quiet ? 0 : this.#loudFrames + frames;
    return this.look(nowMs);
  }

  /** To be asked now and then, for what does not come. */
  look(nowMs: number): Presence {
    const { stalledMs, silentMs, backMs } = this.limits;
    if (nowMs - this.#lastMs > stalledMs) this.#presence = 'stalled';
    else if (this.quietMs >= silentMs) this.#presence = 'silent';
    else if (this.#presence !== 'heard' && this.#loudFrames >= backMs * FRAMES_PER_MS) this.#presence = 'heard';
    return this.#presence;
  }
}

/** Root of the mean square of 16-bit samples, without their mean (a cheap card has an offset). 0 for none. */
export function rmsOf(pcm: Buffer): number {
  const frames = Math.floor(pcm.length / BYTES_PER_FRAME);
  if (frames === 0) return 0;
  let sum = 0;
  let squares = 0;
  for (let frame = 0; frame < frames; frame++) {
    const sample = pcm.readInt16LE(frame * BYTES_PER_FRAME);
    sum += sample;
    squares += sample * sample;
  }
  return Math.sqrt(Math.max(0, squares / frames - (sum / frames) ** 2));
}

/** @param volume percent of the amplitude; 100 leaves the samples as they are, more may reach their limits */
export function atVolume(pcm: Buffer, volume: number): Buffer {
  if (volume === 100) return pcm;
  const changed = Buffer.alloc(pcm.length);
  for (let at = 0; at + 1 < pcm.length; at += BYTES_PER_FRAME) {
    const sample = Math.round((pcm.readInt16LE(at) * volume) / 100);
    changed.writeInt16LE(Math.max(-32_768, Math.min(32_767, sample)), at);
  }
  return changed;
}
