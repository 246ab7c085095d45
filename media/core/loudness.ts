/** Steps in which energies are kept; the blocks of R128 are put together from them. */
export const STEP_MS = 10;
/** EBU R128: blocks of 400 ms, one every 100 ms. */
const BLOCK_STEPS = 40;
const HOP_STEPS = 10;
/** EBU Tech 3342: the loudness range looks at windows of 3 s. */
const RANGE_STEPS = 300;
const ABSOLUTE_GATE_LUFS = -70;
const INTEGRATED_GATE_LU = 10;
const RANGE_GATE_LU = 20;
/** What a meter shows for silence. */
export const SILENCE_LUFS = -70;

/**
 * Integrated loudness (ITU-R BS.1770-4) of these steps, each the mean square of 10 ms of the K-weighted signal. Sound shorter than
 * a block is measured with silence behind it.
 */
export function integratedLufs(steps: ArrayLike<number>): number {
  const blocks = windows(steps, BLOCK_STEPS);
  const threshold = Math.max(toLufs(meanAbove(blocks, ABSOLUTE_GATE_LUFS)) - INTEGRATED_GATE_LU, ABSOLUTE_GATE_LUFS);
  return Math.max(SILENCE_LUFS, toLufs(meanAbove(blocks, threshold)));
}

/** Loudness range in LU (EBU Tech 3342); 0 for sound shorter than one window. */
export function loudnessRangeLu(steps: ArrayLike<number>): number {
  if (steps.length < RANGE_STEPS) return 0;
  const shortTerm = windows(steps, RANGE_STEPS);
  const threshold = Math.max(toLufs(meanAbove(shortTerm, ABSOLUTE_GATE_LUFS)) - RANGE_GATE_LU, ABSOLUTE_GATE_LUFS);
  const kept = shortTerm
    .map(toLufs)
    .filter((lufs) => lufs > threshold)
    .sort();
  if (kept.length === 0) return 0;
  const at = (part: number) => kept[Math.round((kept.length - 1) * part)] as number;
  return at(0.95) - at(0.1);
}

function windows(steps: ArrayLike<number>, length: number): Float64Array {
  const count = steps.length < length ? 1 : Math.floor((steps.length - length) / HOP_STEPS) + 1;
  const means = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const from = index * HOP_STEPS;
    const to = Math.min(from + length, steps.length);
    let sum = 0;
    for (let at = from; at < to; at++) sum += steps[at] as number;
    means[index] = sum / length;
  }
  return means;
}

function meanAbove(means: Float64Array, lufs: number): number {
  const least = 10 ** ((lufs + 0.691) / 10);
  let sum = 0;
  let count = 0;
  for (const mean of means) {
    if (mean <= least) continue;
    sum += mean;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

function toLufs(meanSquare: number): number {
  return meanSquare === 0 ? Number.NEGATIVE_INFINITY : -0.691 + 10 * Math.log10(meanSquare);
}
