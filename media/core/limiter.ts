/** The gain stays down this long before and behind a peak: with both it covers one period of the deepest voice and never bends a single wave. */
const LOOKAHEAD_MS = 5;
/** Ramp of the gain: its mean over so many milliseconds on each side, shorter than the lookahead. */
const RAMP_MS = 4;
/** How fast the gain comes back: faster distorts a deep voice, slower leaves holes behind loud syllables. */
const RELEASE_MS = 30;
/** Of a peak this long ago the gain keeps less than a millionth. */
const WARM_UP_MS = 1000;

/**
 * Gain of a limiter for each millisecond from `from` to `to`: the one that keeps every true peak, lifted by `gain`, at or below
 * `ceiling`. Between the middles of two milliseconds the gain runs straight. It depends on the peaks around only, so that a long
 * recording can be worked on in parts.
 */
export function limiterGains(
  peaks: ArrayLike<number>,
  {
    from,
    to,
    gain,
    ceiling,
  }: { readonly from: number; readonly to: number; readonly gain: number; readonly ceiling: number },
): Float32Array {
  const start = Math.max(0, from - WARM_UP_MS);
  const count = to - start + RAMP_MS;
  const needed = lowestAround(peaks, start, count, ceiling / gain);
  const back = 1 - Math.exp(-1 / RELEASE_MS);
  let last = 1;
  for (let at = 0; at < count; at++) {
    last = Math.min(needed[at] as number, last + (1 - last) * back);
    needed[at] = last;
  }
  return rampsOf(needed, from - start, to - start);
}

/** The least gain that any millisecond within the lookahead needs. */
function lowestAround(peaks: ArrayLike<number>, start: number, count: number, highest: number): Float32Array {
  const lowest = new Float32Array(count).fill(1);
  const first = Math.max(0, start - LOOKAHEAD_MS);
  const end = Math.min(peaks.length, start + count + LOOKAHEAD_MS);
  for (let peak = first; peak < end; peak++) {
    if ((peaks[peak] as number) <= highest) continue;
    const needed = highest / (peaks[peak] as number);
    const to = Math.min(count, peak - start + LOOKAHEAD_MS + 1);
    for (let at = Math.max(0, peak - start - LOOKAHEAD_MS); at < to; at++) {
      if ((lowest[at] as number) > needed) lowest[at] = needed;
    }
  }
  return lowest;
}

function rampsOf(gains: Float32Array, from: number, to: number): Float32Array {
  const smooth = new Float32Array(to - from);
  const last = gains.length - 1;
  for (let at = from; at < to; at++) {
    let sum = 0;
    for (let near = at - RAMP_MS; near <= at + RAMP_MS; near++)
      sum += gains[Math.max(0, Math.min(near, last))] as number;
    smooth[at - from] = sum / (2 * RAMP_MS + 1);
  }
  return smooth;
}

/**
 * Applies a gain and the limiter's gains to samples, in place. `gains[0]` belongs to the millisecond before the first sample,
 * and one more stands behind the last.
 */
export function applyGains(samples: Float32Array, gains: Float32Array, gain: number, samplesPerMs: number): void {
  for (let at = 0; at < samples.length; at++) {
    const place = (at + 0.5) / samplesPerMs + 0.5;
    const index = Math.floor(place);
    const left = gains[index] as number;
    const right = gains[index + 1] as number;
    samples[at] = (samples[at] as number) * gain * (left + (right - left) * (place - index));
  }
}
