/** Two falling tones, three rising tones, one bell. */
export const CHIMES = ['dingDong', 'threeTones', 'bell'] as const;
export type ChimeName = (typeof CHIMES)[number];

export function isChime(name: string): name is ChimeName {
  return CHIMES.some((known) => known === name);
}

interface Tone {
  readonly hz: number;
  readonly startMs: number;
  /** Until it has fallen to about a third. */
  readonly decayMs: number;
}

interface Chime {
  readonly durationMs: number;
  readonly tones: readonly Tone[];
}

/** Pitches between 440 and 1,320 Hz: what a horn of 400 Hz to 6 kHz carries farthest without hurting close by. */
const SCORES: Readonly<Record<ChimeName, Chime>> = {
  dingDong: {
    durationMs: 1700,
    tones: [
      { hz: 659.26, startMs: 0, decayMs: 320 },
      { hz: 523.25, startMs: 550, decayMs: 380 },
    ],
  },
  threeTones: {
    durationMs: 1900,
    tones: [
      { hz: 523.25, startMs: 0, decayMs: 260 },
      { hz: 659.26, startMs: 350, decayMs: 260 },
      { hz: 783.99, startMs: 700, decayMs: 400 },
    ],
  },
  bell: { durationMs: 1600, tones: [{ hz: 880, startMs: 0, decayMs: 420 }] },
};

/** Strength of the overtones of a struck bar; higher ones die sooner. */
const OVERTONES = [
  [1, 1],
  [2, 0.35],
  [3, 0.12],
] as const;
/** Peak of one tone (−6 dB): about as loud as the voice that follows. */
const PEAK = 0.5 * 32_767;
const { exp, max, min, PI, round, sin } = Math;
/** Tones neither start nor end with a click. */
const ATTACK_MS = 5;
const RELEASE_MS = 60;

/** Mono, 16 bit; the same samples each time. */
export function chime(name: ChimeName, sampleRate: number): Int16Array {
  const { durationMs, tones } = SCORES[name];
  const mixed = new Float64Array(round((durationMs / 1000) * sampleRate));
  const strength = OVERTONES.reduce((sum, [, part]) => sum + part, 0);
  for (const { hz, startMs, decayMs } of tones) {
    const start = round((startMs / 1000) * sampleRate);
    for (let at = start; at < mixed.length; at++) {
      const seconds = (at - start) / sampleRate;
      const attack = min(1, (seconds * 1000) / ATTACK_MS);
      let value = 0;
      for (const [order, part] of OVERTONES) {
        const fall = exp((-seconds * 1000 * order) / decayMs);
        value += part * fall * sin(2 * PI * hz * order * seconds);
      }
      mixed[at] = (mixed[at] ?? 0) + (attack * value) / strength;
    }
  }
  return Int16Array.from(mixed, (value, at) => {
    const release = min(1, ((mixed.length - 1 - at) * 1000) / (RELEASE_MS * sampleRate));
    return round(max(-1, min(1, value)) * release * PEAK);
  });
}
