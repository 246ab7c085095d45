import { type Loudness, Meter } from './core/meter.js';
import { SAMPLE_RATE, SILENT_BELOW_LUFS } from './limits.js';
import { MediaProblem } from './problem.js';

/** Which signal of a recording becomes the mono one. */
export type MonoSource = 'mix' | 'left' | 'right';

/**
 * A mix that lies this far below the louder channel lost sound by cancelling. A voice on one channel alone lies 6.02 LU
 * below, which is no loss.
 */
const CANCELLED_LU = 7;

/** Takes the mix, unless one channel is silent or the two cancel each other (a microphone wired in opposite phase). */
export function chooseMono(lufs: Readonly<Record<MonoSource, number>>): MonoSource {
  const louder = lufs.left >= lufs.right ? 'left' : 'right';
  if (lufs[louder] < SILENT_BELOW_LUFS) throw new MediaProblem('media.silent', `loudness ${lufs[louder]} LUFS`);
  if (Math.min(lufs.left, lufs.right) < SILENT_BELOW_LUFS) return louder;
  return lufs[louder] - lufs.mix > CANCELLED_LU ? louder : 'mix';
}

/** One signal of interleaved stereo. */
export function monoOf(stereo: Float32Array, source: MonoSource): Float32Array {
  const mono = new Float32Array(stereo.length >> 1);
  const left = source === 'right' ? 0 : source === 'mix' ? 0.5 : 1;
  const right = source === 'left' ? 0 : source === 'mix' ? 0.5 : 1;
  for (let at = 0; at < mono.length; at++) {
    mono[at] = left * (stereo[2 * at] as number) + right * (stereo[2 * at + 1] as number);
  }
  return mono;
}

/** Measures the three candidates of a stereo recording that comes in pieces. */
export class MonoChoice {
  readonly #meters = { mix: meter(), left: meter(), right: meter() };

  push(stereo: Float32Array): void {
    for (const source of ['mix', 'left', 'right'] as const) this.#meters[source].push(monoOf(stereo, source));
  }

  choose(): MonoSource {
    const lufs = (source: MonoSource): Loudness['lufs'] => this.#meters[source].read().lufs;
    return chooseMono({ mix: lufs('mix'), left: lufs('left'), right: lufs('right') });
  }
}

const meter = () => new Meter(SAMPLE_RATE, { peaks: false });
