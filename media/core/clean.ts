import { Biquad, highPass } from './biquad.js';

/**
 * A horn sounds nothing below 200 Hz or so, but wind, hum and handling noise there move its diaphragm and use up the level that the
 * voice needs. Half an octave below the horn's own limit, so that no voice loses its body on better loudspeakers.
 */
const HORN_HIGH_PASS_HZ = 120;
/** 60 dB above full scale: no recorder writes this, only a broken one. */
const LARGEST = 1000;

/** Takes away what is no number and what a horn cannot sound. */
export class Cleaner {
  #repaired = 0;
  readonly #highPass: Biquad | undefined;

  constructor({ sampleRate, highPass: wanted }: { readonly sampleRate: number; readonly highPass: boolean }) {
    this.#highPass = wanted ? new Biquad(highPass(HORN_HIGH_PASS_HZ, sampleRate)) : undefined;
  }

  /** Samples that were not finite numbers, or absurdly large, and became silence. */
  get repaired(): number {
    return this.#repaired;
  }

  /** In place. */
  clean(samples: Float32Array): void {
    this.#repaired += withoutDamage(samples);
    this.#highPass?.filter(samples);
  }
}

/** Replaces what is no sound by silence, in place; a filter behind it would stay broken for ever. @returns how many */
export function withoutDamage(samples: Float32Array): number {
  let damaged = 0;
  for (let at = 0; at < samples.length; at++) {
    // A comparison with NaN is false.
    if (Math.abs(samples[at] as number) <= LARGEST) continue;
    samples[at] = 0;
    damaged++;
  }
  return damaged;
}
