/** Mono PCM, signed 16 bit little-endian, at this rate, is what every sink takes. */
export const FRAMES_PER_MS = 48;
export const BYTES_PER_FRAME = 2;

/**
 * Takes frames at the pace of a sound card's crystal, which is the monotonic clock here. A card that ran dry does not
 * catch up: what came late sounds late.
 */
export class Pace {
  #baseMs: number | null = null;
  #consumed = 0;

  /** Frames consumed since the first. */
  get consumed(): number {
    return this.#consumed;
  }

  /** How many of the `available` frames are consumed up to `nowMs` (monotonic). The clock starts at the first frame. */
  take(nowMs: number, available: number): number {
    if (this.#baseMs === null) {
      if (available > 0) this.#baseMs = nowMs;
      return 0;
    }
    const due = Math.max(0, Math.floor((nowMs - this.#baseMs) * FRAMES_PER_MS) - this.#consumed);
    const taken = Math.min(due, available);
    this.#consumed += taken;
    if (taken < due) this.#baseMs = nowMs - this.#consumed / FRAMES_PER_MS;
    return taken;
  }
}
