/** Loudness of everything on air, measured on the stored mono files (EBU R128 / ITU-R BS.1770). */
export const TARGET_LUFS = -16;
/** No stored file has a true peak above this: horn drivers and cheap amplifiers clip early. */
export const MAX_TRUE_PEAK_DB = -1.5;
/** Below this nobody spoke: lifting it to −16 would need over 44 dB of gain and broadcast the noise of the room. */
export const SILENT_BELOW_LUFS = -60;

/**
 * Everything is worked on at this rate. What lies above 12 kHz no horn sounds and neither codec can carry at its bit rate; taken
 * away at the start, it is missing in the measuring as well, so that both files come out as loud as was computed.
 */
export const SAMPLE_RATE = 24_000;
export const SAMPLES_PER_MS = SAMPLE_RATE / 1000;
export const OPUS_BITRATE = 24_000;
export const MP3_BITRATE = 48_000;
export const AUDIO_TYPE = 'audio/ogg; codecs=opus';
export const MP3_TYPE = 'audio/mpeg';

export interface AudioLimits {
  /** Shortest and longest recording accepted, in milliseconds of decoded sound. */
  readonly minDurationMs: number;
  readonly maxDurationMs: number;
  readonly maxInputBytes: number;
  /** Of each of the two files. */
  readonly maxOutputBytes: number;
  /** Longest time a single run of ffmpeg may take. */
  readonly runTimeoutMs: number;
}

export const DEFAULT_LIMITS: AudioLimits = {
  minDurationMs: 300,
  maxDurationMs: 4 * 3_600_000,
  // A WAV cannot state more than 4 GiB.
  maxInputBytes: 4 * 1024 ** 3,
  // 4 h at 48 kbit/s are 86 MB, at 24 kbit/s 43 MB; variable bit rate may go above that, never to the double.
  maxOutputBytes: 96 * 1024 ** 2,
  runTimeoutMs: 15 * 60_000,
};
