import type { AUDIO_TYPE } from './limits.js';
import type { SoundReport } from './report.js';

export interface ProducedFile {
  /** A file under a unique name in `outputDir`; from now on the caller's, to move or remove, but not to write into. */
  readonly path: string;
  readonly type: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** The Opus file, with the MP3 of the same sound beside it. */
export interface ProducedAudio extends ProducedFile {
  readonly type: typeof AUDIO_TYPE;
  /** Integer, counted by decoding the produced file. */
  readonly durationMs: number;
  readonly loudness: ProducedLoudness;
  readonly mp3: ProducedFile;
  readonly sound: SoundReport;
  /** Heights of a waveform picture, 0 to 100, one for each equal slice of the sound. */
  readonly peaks: readonly number[];
}

export interface ProducedLoudness {
  /** Of the cleaned recording. */
  readonly inputLufs: number;
  /** Of the Opus file, as its true peak; the MP3 keeps the same bounds. */
  readonly outputLufs: number;
  readonly gainDb: number;
  readonly truePeakDb: number;
  /** Whether a limiter had to hold down peaks; otherwise the gain alone was enough. */
  readonly limited: boolean;
}
