/** Below this part of the loudest sample (−46 dB) nothing of a word is heard out of a horn. */
const AUDIBLE_PART = 0.005;
/** Kept at both ends, so that a soft consonant keeps its start and a vowel its end. */
const KEPT_MS = 10;

const { abs, max, round } = Math;

/** The part of the samples between the first and the last audible one; nothing when none is. A view, not a copy. */
export function trimSilence(samples: Int16Array, sampleRate: number): Int16Array {
  // Plain loops: minutes of speech pass through here.
  let loudest = 0;
  for (let at = 0; at < samples.length; at++) loudest = max(loudest, abs(samples[at] ?? 0));
  if (loudest === 0) return samples.subarray(0, 0);
  const floor = loudest * AUDIBLE_PART;
  let first = 0;
  while (abs(samples[first] ?? 0) <= floor) first += 1;
  let last = samples.length - 1;
  while (abs(samples[last] ?? 0) <= floor) last -= 1;
  const kept = round((KEPT_MS / 1000) * sampleRate);
  return samples.subarray(max(0, first - kept), last + 1 + kept);
}
