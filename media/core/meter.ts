import { Biquads, kWeighting } from './biquad.js';
import { Growing } from './growing.js';
import { integratedLufs, STEP_MS } from './loudness.js';
import { PEAK_MARGIN, TruePeak } from './true-peak.js';

/** ffmpeg's and most other meters look at this rate for true peaks. */
const PEAK_RATE = 192_000;

/** Integrated loudness and true peak of one signal (EBU R128). Silence is −70 LUFS, its peak −Infinity. */
export interface Loudness {
  readonly lufs: number;
  readonly truePeakDb: number;
}

export const toDb = (amplitude: number): number =>
  amplitude === 0 ? Number.NEGATIVE_INFINITY : 20 * Math.log10(amplitude);

/** EBU R128 of a mono signal that comes in pieces. Agrees with ffmpeg's ebur128 within 0.1 (meter.spec.ts). */
export class Meter {
  readonly #weighting: Biquads;
  readonly #peak: TruePeak;
  readonly #step: number;
  readonly #steps = new Growing();
  #sum = 0;
  #inStep = 0;
  #samples = 0;
  readonly #peaks = new Growing();
  #peakInStep = 0;
  #peakSamples = 0;
  /** The last samples of the piece before: a peak may stand between the pieces. */
  #tail = new Float32Array(2 * PEAK_MARGIN);

  constructor(sampleRate: number, { peaks = true } = {}) {
    this.#weighting = new Biquads(...kWeighting(sampleRate));
    this.#peak = new TruePeak(peaks ? Math.max(1, Math.round(PEAK_RATE / sampleRate)) : 1);
    this.#step = (sampleRate * STEP_MS) / 1000;
  }

  get samples(): number {
    return this.#samples;
  }

  push(piece: Float32Array): void {
    this.#samples += piece.length;
    this.#lookForPeaks(piece);
    for (let at = 0; at < piece.length; ) {
      const to = Math.min(piece.length, at + this.#step - this.#inStep);
      this.#sum += this.#weighting.energy(piece, at, to);
      this.#inStep += to - at;
      at = to;
      if (this.#inStep === this.#step) {
        this.#steps.push(this.#sum / this.#step);
        this.#sum = 0;
        this.#inStep = 0;
      }
    }
  }

  /** Highest point of each 10 ms, complete after `read`. */
  get peaks(): Float32Array {
    return this.#peaks.values;
  }

  /** Loudness and true peak of all that was pushed; nothing more may come. */
  read(): Loudness {
    this.#lookForPeaks(new Float32Array(2 * PEAK_MARGIN));
    this.#endPeakStep();
    return { lufs: integratedLufs(this.#steps.values), truePeakDb: toDb(this.#peak.highest) };
  }

  #lookForPeaks(piece: Float32Array): void {
    const joined = new Float32Array(this.#tail.length + piece.length);
    joined.set(this.#tail);
    joined.set(piece, this.#tail.length);
    const end = joined.length - PEAK_MARGIN;
    for (let at = PEAK_MARGIN; at < end; ) {
      const to = Math.min(end, at + this.#step - this.#peakSamples);
      this.#peakInStep = Math.max(this.#peakInStep, this.#peak.between(joined, at, to));
      this.#peakSamples += to - at;
      at = to;
      if (this.#peakSamples === this.#step) this.#endPeakStep();
    }
    this.#tail = joined.slice(joined.length - 2 * PEAK_MARGIN);
  }

  #endPeakStep(): void {
    this.#peaks.push(this.#peakInStep);
    this.#peakInStep = 0;
    this.#peakSamples = 0;
  }
}
