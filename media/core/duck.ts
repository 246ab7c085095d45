import { STEP_MS } from './loudness.js';

/** A codec spreads a wave over its frame; so far around an excess the sound is lowered with it. */
const AROUND_MS = 20;
/** 4 dB: a click of the codec goes with any change of the sound there, not by making a hole. */
const MOST = 1.585;

/**
 * The peaks for a limiter that also lowers the sound where the product of the last try went above `highest`, by as much as it did and
 * `more` (a factor). Everywhere else the sound stays as it was: an excess of the codec in one word is no reason to limit all others.
 * `product` has the highest point of each 10 ms; `held` is the peak from which on the limiter worked.
 */
export function duckedPeaks(
  peaks: Float32Array,
  product: ArrayLike<number>,
  { highest, more, held }: { readonly highest: number; readonly more: number; readonly held: number },
): Float32Array {
  const lowered = new Map<number, number>();
  for (let step = 0; step < product.length; step++) {
    if ((product[step] as number) <= highest) continue;
    const by = Math.min(MOST, ((product[step] as number) / highest) * more);
    const to = Math.min(peaks.length, (step + 1) * STEP_MS + AROUND_MS);
    for (let ms = Math.max(0, step * STEP_MS - AROUND_MS); ms < to; ms++) {
      lowered.set(ms, Math.max(by, lowered.get(ms) ?? 1));
    }
  }
  const ducked = peaks.slice();
  for (const [ms, by] of lowered) ducked[ms] = Math.max(peaks[ms] as number, held) * by;
  return ducked;
}
