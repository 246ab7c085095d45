const HALF_TAPS = 8;
/** Samples that must stand on each side of the place that is looked at. */
export const PEAK_MARGIN = HALF_TAPS;
/** Between two samples this far below the highest peak so far the wave cannot swing higher than it. */
const WORTH_LOOKING = 0.1;

/**
 * The highest point of the wave between its samples (ITU-R BS.1770-4, annex 2): a low-pass puts `phases` − 1 points between each
 * two samples.
 */
export class TruePeak {
  readonly #filters: readonly Float64Array[];
  #highest = 0;

  constructor(phases: number) {
    this.#filters = Array.from({ length: phases - 1 }, (_, index) => interpolator((index + 1) / phases));
  }

  get highest(): number {
    return this.#highest;
  }

  /** Highest absolute value from sample `from` to sample `to`; around them `PEAK_MARGIN` more samples must stand. */
  between(samples: Float32Array, from: number, to: number): number {
    let peak = 0;
    let last = Math.abs(samples[from] as number);
    for (let at = from; at < to; at++) {
      const next = Math.abs(samples[at + 1] as number);
      const here = Math.max(last, next);
      last = next;
      if (here > peak) peak = here;
      if (here < this.#highest * WORTH_LOOKING || here < peak * 0.5) continue;
      for (const filter of this.#filters) {
        let sum = 0;
        const start = at - HALF_TAPS + 1;
        for (let tap = 0; tap < 2 * HALF_TAPS; tap++) sum += (filter[tap] as number) * (samples[start + tap] as number);
        if (sum < 0) sum = -sum;
        if (sum > peak) peak = sum;
      }
    }
    if (peak > this.#highest) this.#highest = peak;
    return peak;
  }
}

/** A sinc under a window, for the point at this part of the way from one sample to the next. */
function interpolator(part: number): Float64Array {
  const taps = Float64Array.from({ length: 2 * HALF_TAPS }, (_, tap) => {
    const x = tap - (HALF_TAPS - 1) - part;
    const window = Math.cos((Math.PI * x) / (2 * HALF_TAPS)) ** 2;
    return (window * Math.sin(Math.PI * x)) / (Math.PI * x);
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}
