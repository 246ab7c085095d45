import { Biquads, kWeighting } from './biquad.js';
import { Growing } from './growing.js';
import { STEP_MS } from './loudness.js';
import { PEAK_MARGIN, TruePeak } from './true-peak.js';

/** Everything that later steps decide by, so that the sound itself is not read again for it. */
export interface Analysis {
  readonly samples: number;
  /** Mean square of the K-weighted signal in each 10 ms. */
  readonly weighted: Float32Array;
  /** Mean square of the signal in each 10 ms. */
  readonly power: Float32Array;
  /** True peak in each millisecond, the last one shorter. */
  readonly peaks: Float32Array;
}

/** Four points for each sample: enough to plan by, and the product is measured more finely. */
const PHASES = 4;

/** Reads a mono signal once, piece by piece. */
export class Analyser {
  readonly #weighting: Biquads;
  readonly #peak = new TruePeak(PHASES);
  readonly #ms: number;
  readonly #weighted = new Growing();
  readonly #power = new Growing();
  readonly #peaks = new Growing();
  #samples = 0;
  #weightedSum = 0;
  #powerSum = 0;
  #msInStep = 0;
  /** What was not looked at yet, behind as many samples as the interpolation looks back. */
  #held = new Float32Array(PEAK_MARGIN);

  /** @param sampleRate whole samples per millisecond */
  constructor(sampleRate: number) {
    this.#weighting = new Biquads(...kWeighting(sampleRate));
    this.#ms = sampleRate / 1000;
  }

  push(piece: Float32Array): void {
    this.#samples += piece.length;
    this.#look(piece, false);
  }

  end(): Analysis {
    this.#look(new Float32Array(PEAK_MARGIN), true);
    if (this.#msInStep > 0) this.#endStep();
    return {
      samples: this.#samples,
      weighted: this.#weighted.values,
      power: this.#power.values,
      peaks: this.#peaks.values,
    };
  }

  #look(piece: Float32Array, last: boolean): void {
    const joined = new Float32Array(this.#held.length + piece.length);
    joined.set(this.#held);
    joined.set(piece, this.#held.length);
    const end = joined.length - PEAK_MARGIN;
    let at = PEAK_MARGIN;
    for (; at + this.#ms <= end; at += this.#ms) this.#millisecond(joined, at, at + this.#ms);
    if (last && at < end) this.#millisecond(joined, at, end);
    this.#held = joined.slice(at - PEAK_MARGIN);
  }

  #millisecond(samples: Float32Array, from: number, to: number): void {
    this.#peaks.push(this.#peak.between(samples, from, to));
    this.#weightedSum += this.#weighting.energy(samples, from, to);
    let power = 0;
    for (let at = from; at < to; at++) power += (samples[at] as number) ** 2;
    this.#powerSum += power;
    if (++this.#msInStep === STEP_MS) this.#endStep();
  }

  #endStep(): void {
    this.#weighted.push(this.#weightedSum / (this.#ms * STEP_MS));
    this.#power.push(this.#powerSum / (this.#ms * STEP_MS));
    this.#weightedSum = 0;
    this.#powerSum = 0;
    this.#msInStep = 0;
  }
}

/** The part of an analysis between two steps. */
export function partOf(analysis: Analysis, from: number, to: number, sampleRate: number): Analysis {
  const ms = sampleRate / 1000;
  const first = from * STEP_MS;
  return {
    samples: Math.min(to * STEP_MS * ms, analysis.samples) - first * ms,
    weighted: analysis.weighted.subarray(from, to),
    power: analysis.power.subarray(from, to),
    peaks: analysis.peaks.subarray(first, to * STEP_MS),
  };
}
