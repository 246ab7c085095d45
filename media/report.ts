/** What a listener would complain of: needed a lot of gain (quá nhỏ), distorted (tiếng bị rè), much noise (nhiều tạp âm). */
export const SOUND_VERDICTS = ['tooQuiet', 'clipped', 'noisy'] as const;
export type SoundVerdict = (typeof SOUND_VERDICTS)[number];

/** What the recording was like, for the person who has to decide whether it is good enough. JSON, stored as it is. */
export interface SoundReport {
  /** Loudness range (EBU Tech 3342) of the cleaned recording. */
  readonly rangeLu: number;
  /** Level of the pauses behind the levelling, RMS in dBFS; null when the pauses are digital silence or there are none. */
  readonly noiseFloorDb: number | null;
  /** Samples of the recording that stand in a run at full scale: the wave was cut off there. */
  readonly clippedSamples: number;
  /** Part of the produced sound in which somebody speaks or something sounds, 0 to 1; the rest are pauses. */
  readonly speechRatio: number;
  /** Silence taken away in front and behind, in milliseconds. */
  readonly trimmedStartMs: number;
  readonly trimmedEndMs: number;
  /** Samples that were no numbers (a damaged float recording) and became silence; only there when there were some. */
  readonly repairedSamples?: number;
  /** Empty means fine. */
  readonly verdict: readonly SoundVerdict[];
}
