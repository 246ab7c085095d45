/** A sound that nobody hears but that takes its time, in the device's monotonic milliseconds. Plays one at a time. */
export class SilentLoudspeaker {
  #sound: { readonly play: string; readonly startedMonoMs: number; readonly lengthMs: number } | null = null;

  /** When the present sound will be over; null while silent. */
  get endsMonoMs(): number | null {
    return this.#sound && this.#sound.startedMonoMs + this.#sound.lengthMs;
  }

  start(play: string, lengthMs: number, monoMs: number): void {
    this.#sound = { play, startedMonoMs: monoMs, lengthMs };
  }

  /** What has sounded so far; null while silent. */
  progress(monoMs: number): { readonly play: string; readonly playedMs: number } | null {
    if (!this.#sound) return null;
    const { play, startedMonoMs, lengthMs } = this.#sound;
    return { play, playedMs: Math.floor(Math.min(lengthMs, monoMs - startedMonoMs)) };
  }

  /** Falls silent; tells what had sounded. */
  stop(monoMs: number): { readonly play: string; readonly playedMs: number } | null {
    const progress = this.progress(monoMs);
    this.#sound = null;
    return progress;
  }
}
