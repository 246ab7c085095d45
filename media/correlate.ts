export interface CorrelateRequest {
  /** Mono signed 16-bit samples of equal `sampleRate`. */
  readonly reference: Int16Array;
  readonly recorded: Int16Array;
  readonly sampleRate: number;
  /** How far the recording may be shifted against the reference, either way. */
  readonly maxLagMs?: number;
}

export interface Correlation {
  /** 1: the same sound, at whatever volume. 0: nothing in common, or silence. */
  readonly similarity: number;
  /** Positive when the recording is later than the reference. */
  readonly lagMs: number;
}

/** The lag is looked for in this much of the loudest sound, then confirmed on all of it. */
const EXCERPT_S = 8;
const COARSE_RATE = 4_000;
const HOP_S = 0.5;

/**
 * Normalised cross-correlation at the best lag within ± `maxLagMs` (200 by default). It is normalised by the energy of both
 * signals in whole, not of their overlap only: a player that stopped half-way does not prove the half that it left out.
 */
export function correlate({ reference, recorded, sampleRate, maxLagMs = 200 }: CorrelateRequest): Correlation {
  const norm = Math.sqrt(energy(reference, 0, reference.length) * energy(recorded, 0, recorded.length));
  if (norm === 0) return { similarity: 0, lagMs: 0 };

  const maxLag = Math.round((maxLagMs / 1000) * sampleRate);
  const { from, to } = loudestExcerpt(reference, sampleRate);
  const step = Math.max(1, Math.floor(sampleRate / COARSE_RATE));
  const coarse = step === 1 ? 0 : coarseLag(reference, recorded, from, to, maxLag, step);
  const reach = step === 1 ? maxLag : 2 * step;
  const lag = bestLag(reference, recorded, from, to, coarse - reach, coarse + reach, maxLag);
  const similarity = product(reference, recorded, 0, reference.length, lag) / norm;
  return { similarity: Math.min(1, Math.max(0, similarity)), lagMs: (lag / sampleRate) * 1000 };
}

function bestLag(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  from: number,
  to: number,
  low: number,
  high: number,
  bound: number,
): number {
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let lag = Math.max(low, -bound); lag <= Math.min(high, bound); lag++) {
    const sum = product(a, b, from, to, lag);
    if (sum > most) {
      most = sum;
      best = lag;
    }
  }
  return best;
}

function coarseLag(a: Int16Array, b: Int16Array, from: number, to: number, maxLag: number, step: number): number {
  // Only the part of the recording that the excerpt can meet has to be thinned; both are cut at the same place.
  const start = Math.max(0, from - maxLag);
  const thinA = thin(a, start, to, step);
  const thinB = thin(b, start, to + maxLag, step);
  const skipped = Math.floor((from - start) / step);
  const bound = Math.ceil(maxLag / step);
  return step * bestLag(thinA, thinB, skipped, thinA.length, -bound, bound, bound);
}

/** Sums of `step` neighbours: a low-pass good enough to find the neighbourhood of the peak. */
function thin(samples: Int16Array, from: number, to: number, step: number): Float64Array {
  const end = Math.min(to, samples.length);
  const thinned = new Float64Array(Math.max(0, Math.floor((end - from) / step)));
  for (let at = 0; at < thinned.length; at++) {
    let sum = 0;
    for (let k = 0; k < step; k++) sum += samples[from + at * step + k] ?? 0;
    thinned[at] = sum;
  }
  return thinned;
}

function loudestExcerpt(samples: Int16Array, sampleRate: number): { from: number; to: number } {
  const length = Math.min(samples.length, EXCERPT_S * sampleRate);
  const hop = Math.max(1, Math.round(HOP_S * sampleRate));
  let from = 0;
  let sum = energy(samples, 0, length);
  let most = sum;
  for (let at = hop; at + length <= samples.length; at += hop) {
    sum += energy(samples, at + length - hop, at + length) - energy(samples, at - hop, at);
    if (sum > most) {
      most = sum;
      from = at;
    }
  }
  return { from, to: from + length };
}

function energy(samples: Int16Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at++) {
    const sample = samples[at] as number;
    sum += sample * sample;
  }
  return sum;
}

/** Σ a[i]·b[i+lag] over a's range, as far as b reaches. */
function product(a: ArrayLike<number>, b: ArrayLike<number>, from: number, to: number, lag: number): number {
  let sum = 0;
  const end = Math.min(to, a.length, b.length - lag);
  for (let at = Math.max(from, -lag); at < end; at++) sum += (a[at] as number) * (b[at + lag] as number);
  return sum;
}
