import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PiperModel, readPiperModel } from './piper.model.js';
import { type PiperText, piperKept, piperPerText } from './piper.process.js';
import type { SpeechDriver, SpeechRequest, SpeechVoice, SpokenAudio } from './port.js';
import { Speakers } from './speakers.js';
import { speakableText } from './text.js';
import { chooseVoice, withinRates } from './voice.js';
import { readSpokenWav } from './wav.js';

export interface PiperSettings {
  /** Path or name of the program. */
  readonly executable: string;
  /** Path of an .onnx file; its description lies beside it as .onnx.json. */
  readonly model: string;
  /** `kept`: the model stays loaded between texts, which needs Piper in C++ (--json-input). */
  readonly mode?: 'perText' | 'kept';
  readonly idleMs?: number;
  readonly timeoutMs?: number;
  readonly speakers?: number;
}

/** Piper (neural voices) as a program on this machine. Its voice speaks the one language of its model. */
export class PiperDriver implements SpeechDriver {
  readonly id = 'piper';
  readonly version: string;
  readonly languages: readonly string[];
  readonly voices: readonly SpeechVoice[];

  private readonly speakers: Speakers<PiperText>;

  private constructor(
    { executable, model, mode = 'perText', ...options }: PiperSettings,
    private readonly described: PiperModel,
    private readonly folder: string,
  ) {
    this.version = described.version;
    this.voices = [described.voice];
    this.languages = [described.voice.language];
    this.speakers = new Speakers({
      most: options.speakers ?? 1,
      idleMs: options.idleMs ?? 300_000,
      timeoutMs: options.timeoutMs ?? 300_000,
      // The pace is an option of the process.
      settingOf: ({ lengthScale }) => (mode === 'kept' ? String(lengthScale) : ''),
      start: ({ lengthScale }) =>
        mode === 'kept' ? piperKept(executable, { model, lengthScale }) : piperPerText(executable, model),
    });
  }

  /** Reads what the model says of itself; starts nothing yet. Throws `speech.failed` when the model cannot be used. */
  static async open(settings: PiperSettings): Promise<PiperDriver> {
    const described = await readPiperModel(settings.model);
    return new PiperDriver(settings, described, await mkdtemp(join(tmpdir(), 'vang-piper-')));
  }

  async speak({ text, language, voice, rate, signal }: SpeechRequest): Promise<SpokenAudio> {
    signal?.throwIfAborted();
    chooseVoice(this.voices, { language, voice });
    return readSpokenWav(await this.speakers.speak(this.order(speakableText(text), rate), signal));
  }

  warm(): Promise<void> {
    return this.speakers.warm(this.order('', 1));
  }

  async close(): Promise<void> {
    await this.speakers.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private order(text: string, rate: number | undefined): PiperText {
    const lengthScale = this.described.lengthScale / withinRates(rate);
    return { text, lengthScale, outputFile: join(this.folder, `${randomUUID()}.wav`) };
  }
}
