/** The audio engine's public surface; other rooms import nothing else of `media/`. */
export { type CorrelateRequest, type Correlation, correlate } from './correlate.js';
export { type DecodeRequest, decodeToPcm } from './decode.js';
export {
  AUDIO_TYPE,
  type AudioLimits,
  DEFAULT_LIMITS,
  MAX_TRUE_PEAK_DB,
  SILENT_BELOW_LUFS,
  TARGET_LUFS,
} from './limits.js';
export { MEDIA_PROBLEM_CODES, MediaProblem, type MediaProblemCode } from './problem.js';
export { type ProducedAudio, type ProducedLoudness, type ProduceRequest, produceAudio } from './produce.js';
export { EspeakNgDriver } from './speech/espeak-ng.driver.js';
export type { SpeechDriver, SpeechRequest, SpeechVoice, SpokenAudio } from './speech/port.js';
export { MAX_TEXT_LENGTH } from './speech/text.js';
export { bundledFfmpeg, type FfmpegTool, findFfmpeg } from './tool.js';
