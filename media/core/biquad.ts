/** Coefficients of a filter of second order, a0 = 1. */
export interface BiquadCoefficients {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** High-pass of 12 dB per octave without a hump (Butterworth); R. Bristow-Johnson, Audio EQ Cookbook. */
export function highPass(frequency: number, sampleRate: number): BiquadCoefficients {
  const w = (2 * Math.PI * frequency) / sampleRate;
  const alpha = Math.sin(w) / Math.SQRT2;
  const cos = Math.cos(w);
  const a0 = 1 + alpha;
  const b0 = (1 + cos) / 2 / a0;
  return { b0, b1: -2 * b0, b2: b0, a1: (-2 * cos) / a0, a2: (1 - alpha) / a0 };
}

/**
 * The two filters of K weighting (ITU-R BS.1770-4, annex 1) for any sample rate. The recommendation lists coefficients for 48 kHz
 * only; these are the analogue filters behind them, as libebur128 and ffmpeg use them.
 */
export function kWeighting(sampleRate: number): readonly [BiquadCoefficients, BiquadCoefficients] {
  const shelf = () => {
    const k = Math.tan((Math.PI * 1681.974450955533) / sampleRate);
    const q = 0.7071752369554196;
    const high = 10 ** (3.999843853973347 / 20);
    const band = high ** 0.4996667741545416;
    const a0 = 1 + k / q + k * k;
    return {
      b0: (high + (band * k) / q + k * k) / a0,
      b1: (2 * (k * k - high)) / a0,
      b2: (high - (band * k) / q + k * k) / a0,
      a1: (2 * (k * k - 1)) / a0,
      a2: (1 - k / q + k * k) / a0,
    };
  };
  const low = () => {
    const k = Math.tan((Math.PI * 38.13547087602444) / sampleRate);
    const q = 0.5003270373238773;
    const a0 = 1 + k / q + k * k;
    return { b0: 1, b1: -2, b2: 1, a1: (2 * (k * k - 1)) / a0, a2: (1 - k / q + k * k) / a0 };
  };
  return [shelf(), low()];
}

/** Two filters in a row, with memory: pieces of one signal may be given one after another. */
export class Biquads {
  #s1 = 0;
  #s2 = 0;
  #t1 = 0;
  #t2 = 0;

  constructor(
    private readonly first: BiquadCoefficients,
    private readonly second: BiquadCoefficients,
  ) {}

  /** Sum of the squares of the filtered samples from `from` to `to`. */
  energy(samples: Float32Array, from: number, to: number): number {
    const { b0, b1, b2, a1, a2 } = this.first;
    const { b0: c0, b1: c1, b2: c2, a1: d1, a2: d2 } = this.second;
    let s1 = this.#s1;
    let s2 = this.#s2;
    let t1 = this.#t1;
    let t2 = this.#t2;
    let sum = 0;
    for (let at = from; at < to; at++) {
      const x = samples[at] as number;
      const y = b0 * x + s1;
      s1 = b1 * x - a1 * y + s2;
      s2 = b2 * x - a2 * y;
      const z = c0 * y + t1;
      t1 = c1 * y - d1 * z + t2;
      t2 = c2 * y - d2 * z;
      sum += z * z;
    }
    // Behind the end of a sound the memory fades into numbers so small that processors become slow with them.
    this.#s1 = awake(s1);
    this.#s2 = awake(s2);
    this.#t1 = awake(t1);
    this.#t2 = awake(t2);
    return sum;
  }
}

/** One filter, in place. */
export class Biquad {
  #s1 = 0;
  #s2 = 0;

  constructor(private readonly coefficients: BiquadCoefficients) {}

  filter(samples: Float32Array): void {
    const { b0, b1, b2, a1, a2 } = this.coefficients;
    let s1 = this.#s1;
    let s2 = this.#s2;
    for (let at = 0; at < samples.length; at++) {
      const x = samples[at] as number;
      const y = b0 * x + s1;
      s1 = b1 * x - a1 * y + s2;
      s2 = b2 * x - a2 * y;
      samples[at] = y;
    }
    this.#s1 = awake(s1);
    this.#s2 = awake(s2);
  }
}

const awake = (value: number): number => (Math.abs(value) < 1e-30 ? 0 : value);
