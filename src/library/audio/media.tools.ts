import { Inject, Injectable } from '@nestjs/common';
import {
  type CleanSettings,
  cleanVideo,
  DEFAULT_SPEECH,
  EspeakNgDriver,
  type FfmpegTool,
  FileCache,
  findFfmpeg,
  isChime,
  MediaProblem,
  type ProducedAudio,
  produceAudio,
  type ScriptSentence,
  type SpeechDriver,
  type SpeechSettings,
  type SpeechVoice,
  type SpokenScript,
  speakScript,
  type Video,
} from '../../../media/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import type { SpeechChoice } from '../engine/speech-choice.js';

/** A day of work of a content office; what was used longest ago goes first. */
const SENTENCES_KEPT_BYTES = 512 * 1024 ** 2;
const SOUNDS_KEPT_BYTES = 512 * 1024 ** 2;

export interface Script {
  /** What is said, as the reader gave it. */
  readonly sentences: readonly ScriptSentence[];
  /** BCP 47. */
  readonly language: string;
  /** Null: the usual way. */
  readonly speech: SpeechChoice | null;
}

export interface MediaSettings {
  readonly ffmpegPath: string | null;
  /** Folder for what can be made again; null: nothing is kept. */
  readonly cacheDir: string | null;
  /** Voices beside the one that is always there; the first with a language is the usual one of that language. */
  readonly voices?: readonly SpeechDriver[];
}

/** The programs that make audio: ffmpeg, and the voices. */
@Injectable()
export class MediaTools {
  // Starts nothing before the first text.
  #drivers: readonly SpeechDriver[] = [new EspeakNgDriver()];
  #ffmpeg: FfmpegTool | null = null;
  #sentences: FileCache | undefined;
  #sounds: FileCache | undefined;

  constructor(@Inject(LOG) private readonly log: Log) {}

  /**
   * Finds ffmpeg, once. A configured one that does not work stops the start; without any the service still runs, and says
   * so when audio is to be made.
   */
  async start({ ffmpegPath, cacheDir, voices = [] }: MediaSettings): Promise<void> {
    this.#drivers = [...voices, ...this.#drivers];
    if (cacheDir !== null) {
      this.#sentences = new FileCache({ folder: `${cacheDir}/sentences`, maxBytes: SENTENCES_KEPT_BYTES });
      this.#sounds = new FileCache({ folder: `${cacheDir}/sounds`, maxBytes: SOUNDS_KEPT_BYTES });
    }
    try {
      const ffmpeg = await findFfmpeg(ffmpegPath === null ? {} : { explicitPath: ffmpegPath });
      if (ffmpeg.source === 'bundled')
        this.log.warn(
          { ...ffmpeg },
          'the ffmpeg of 2018 that npm carries is used: install a current one, or set FFMPEG_PATH',
        );
      this.#ffmpeg = ffmpeg;
    } catch (error) {
      if (ffmpegPath !== null) throw error;
      this.log.error({ err: error }, 'no ffmpeg: no audio can be made until it is installed and the service restarted');
    }
  }

  /** Ends the voices, also in the middle of a sentence. */
  async stop(): Promise<void> {
    this.#ffmpeg = null;
    await Promise.all(this.#drivers.map((driver) => driver.close()));
  }

  /** Of all drivers; the first of a language is its usual one. */
  get voices(): readonly SpeechVoice[] {
    return this.#drivers.flatMap((driver) => driver.voices);
  }

  /** The voice of this id, or the usual one of the language; a voice speaks only its own. @param language BCP 47 */
  voice(language: string, id: string | null): SpeechVoice | null {
    const spoken = spokenLanguage(language);
    return this.voices.find((voice) => voice.language === spoken && (id === null || voice.id === id)) ?? null;
  }

  /** A voice is used only for its own language, whatever the region. @param language BCP 47 */
  speaks(language: string): boolean {
    return this.voice(language, null) !== null;
  }

  /** Somebody is writing: starts the usual voice, so that the first sentence need not wait for it. */
  warm(): void {
    const [usual] = this.#drivers;
    void usual?.warm().catch((error: unknown) => this.log.warn({ err: error }, 'the voice could not be started ahead'));
  }

  /** Speaks the sentences into a new file in `folder`. */
  async speak(
    { sentences, language, speech }: Script,
    folder: string,
    signal: AbortSignal,
    onProgress?: (done: number, of: number) => void,
  ): Promise<SpokenScript> {
    const voice = this.voice(language, speech?.voice ?? null);
    const driver = this.#drivers.find(({ voices }) => voices.some(({ id }) => id === voice?.id));
    if (!voice || !driver)
      throw new MediaProblem('speech.languageUnsupported', `no voice ${speech?.voice ?? ''} for ${language}`);
    return speakScript({
      driver,
      sentences,
      language: voice.language,
      settings: settingsOf(speech, voice),
      cache: this.#sentences,
      outputDir: folder,
      signal,
      onProgress,
    });
  }

  /** Cleans, levels and encodes; the results are new files in `folder`. @param clean what is not done as usual */
  async produce(
    input: string,
    folder: string,
    signal: AbortSignal,
    clean?: Partial<CleanSettings>,
  ): Promise<ProducedAudio> {
    if (!this.#ffmpeg) throw new MediaProblem('media.toolMissing', 'no ffmpeg was found at the start');
    return produceAudio({ tool: this.#ffmpeg, input, outputDir: folder, signal, cache: this.#sounds, clean });
  }

  /** Packs a short video anew for boards; the result is a new file in `folder`. */
  async video(input: string, folder: string): Promise<Video> {
    if (!this.#ffmpeg) throw new MediaProblem('media.toolMissing', 'no ffmpeg was found at the start');
    return cleanVideo({ tool: this.#ffmpeg, input, outputDir: folder });
  }
}

function settingsOf(speech: SpeechChoice | null, voice: SpeechVoice): SpeechSettings {
  if (speech === null) return { ...DEFAULT_SPEECH, voice: voice.id };
  const { rate, pauseMs, paragraphPauseMs, repeat, chimeBefore, chimeAfter } = speech;
  return {
    ...DEFAULT_SPEECH,
    voice: voice.id,
    rate,
    pauseMs,
    paragraphPauseMs,
    repeat,
    // A chime that this version does not know any more is left out: the words matter.
    chimeBefore: isChime(chimeBefore) ? chimeBefore : 'none',
    chimeAfter: isChime(chimeAfter) ? chimeAfter : 'none',
  };
}

const spokenLanguage = (language: string): string => language.split('-', 1)[0] ?? language;
