import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import {
  EspeakNgDriver,
  type FfmpegTool,
  findFfmpeg,
  MediaProblem,
  type ProducedAudio,
  produceAudio,
  type SpeechDriver,
} from '../../media/index.js';
import { LOG, type Log } from '../platform/logging/index.js';

export interface Script {
  readonly text: string;
  /** BCP 47. */
  readonly language: string;
}

/** The programs that make audio: ffmpeg, and the voice. */
@Injectable()
export class MediaTools {
  // Starts nothing before the first text.
  readonly #voice: SpeechDriver = new EspeakNgDriver();
  #ffmpeg: FfmpegTool | null = null;

  constructor(@Inject(LOG) private readonly log: Log) {}

  /**
   * Finds ffmpeg, once. A configured one that does not work stops the start; without any the service still runs, and says
   * so when audio is to be made.
   */
  async start({ ffmpegPath }: { readonly ffmpegPath: string | null }): Promise<void> {
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

  /** Ends the voice, also in the middle of a sentence. */
  async stop(): Promise<void> {
    this.#ffmpeg = null;
    await this.#voice.close();
  }

  /** A voice is used only for its own language, whatever the region. @param language BCP 47 */
  speaks(language: string): boolean {
    return this.#voice.languages.includes(spokenLanguage(language));
  }

  /** Speaks the text into a new file in `folder`. @returns its path */
  async speak(script: Script, folder: string, signal: AbortSignal): Promise<string> {
    const { wav } = await this.#voice.speak({ text: script.text, language: spokenLanguage(script.language), signal });
    const path = join(folder, 'spoken.wav');
    await writeFile(path, wav);
    return path;
  }

  /** Cleans, levels and encodes; the result is a new file in `folder`. */
  async produce(input: string, folder: string, signal: AbortSignal): Promise<ProducedAudio> {
    if (!this.#ffmpeg) throw new MediaProblem('media.toolMissing', 'no ffmpeg was found at the start');
    return produceAudio({ tool: this.#ffmpeg, input, outputDir: folder, signal });
  }
}

const spokenLanguage = (language: string): string => language.split('-', 1)[0] ?? language;
