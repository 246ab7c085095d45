/** The audio engine's public surface; other rooms import nothing else of `media/`. */
export { FileCache } from './cache.js';
export { type Container, identify } from './container/identify.js';
export { type CorrelateRequest, type Correlation, correlate } from './correlate.js';
export { type DecodeRequest, decodeToPcm } from './decode.js';
export {
  AUDIO_TYPE,
  type AudioLimits,
  DEFAULT_LIMITS,
  MAX_TRUE_PEAK_DB,
  MP3_TYPE,
  SILENT_BELOW_LUFS,
  TARGET_LUFS,
} from './limits.js';
export { MEDIA_PROBLEM_CODES, MediaProblem, type MediaProblemCode } from './problem.js';
export { type ProduceRequest, produceAudio } from './produce.js';
export type { ProducedAudio, ProducedFile, ProducedLoudness } from './produced.js';
export type { CleanSettings } from './recording.js';
export { SOUND_VERDICTS, type SoundReport, type SoundVerdict } from './report.js';
// speech
export { EspeakNgDriver, type EspeakNgOptions } from './speech/espeak-ng.driver.js';
export { HttpSpeechDriver, type HttpSpeechSettings } from './speech/http.driver.js';
export { openSpeechDriver, type SpeechDriverSettings } from './speech/open-driver.js';
export { PiperDriver, type PiperSettings } from './speech/piper.driver.js';
export type { Accent, SpeechDriver, SpeechRequest, SpeechVoice, SpokenAudio } from './speech/port.js';
// reader
export {
  BUILT_IN_DICTIONARY,
  type DictionaryEntry,
  type Doubt,
  type Reading,
  type ReadingOptions,
  type ReadSentence,
  type Replacement,
  readVietnamese,
} from './speech/reader/index.js';
export {
  CHIMES,
  type ChimeName,
  DEFAULT_SPEECH,
  isChime,
  type ScriptRequest,
  type ScriptSentence,
  type SentenceRequest,
  type SpeechSettings,
  type SpokenScript,
  type SpokenSentence,
  speakScript,
  speakSentence,
} from './speech/speak-script.js';
export { standbySound } from './speech/standby.js';
export { MAX_TEXT_LENGTH } from './speech/text.js';
export { bundledFfmpeg, type FfmpegTool, findFfmpeg } from './tool.js';
// visual
export { cleanPicture } from './visual/picture.js';
export { MOST_PICTURE_SIDE, type Picture } from './visual/pixels.js';
export { VISUAL_PROBLEM_CODES, VisualProblem, type VisualProblemCode } from './visual/problem.js';
export { cleanVideo, MOST_VIDEO_MS, type Video } from './visual/video.js';
