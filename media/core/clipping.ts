/** −0.09 dBFS in 16 bits: what converters and editors leave of a wave that was cut off, also when they scaled it a little. */
const FULL_SCALE = 32_440;
/** A clean wave touches full scale with a sample or two at a time; one that is cut off stays there. */
const LEAST_RUN = 3;

/** Counts the samples that stand in runs at full scale, in each channel of a recording as it was recorded. */
export class Clipping {
  #clipped = 0;
  #samples = 0;
  readonly #runs: number[];

  constructor(private readonly channels: number) {
    this.#runs = new Array<number>(channels).fill(0);
  }

  get clipped(): number {
    return this.#runs.reduce((sum, run) => sum + (run >= LEAST_RUN ? run : 0), this.#clipped);
  }

  get samples(): number {
    return this.#samples;
  }

  /** @param samples interleaved, whole frames */
  push(samples: Int16Array): void {
    this.#samples += samples.length;
    for (let channel = 0; channel < this.channels; channel++) {
      let run = this.#runs[channel] as number;
      for (let at = channel; at < samples.length; at += this.channels) {
        const sample = samples[at] as number;
        if (sample >= FULL_SCALE || sample <= -FULL_SCALE) run++;
        else if (run > 0) {
          if (run >= LEAST_RUN) this.#clipped += run;
          run = 0;
        }
      }
      this.#runs[channel] = run;
    }
  }
}
