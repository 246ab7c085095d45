import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { CHIMES, MediaProblem } from '../../../media/index.js';
import { AreaService } from '../../areas/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { mediaProblem } from '../audio/media.problems.js';
import { MediaTools } from '../audio/media.tools.js';
import { cleanText, LONGEST_TEXT, textFault } from '../engine/script-text.js';
import { seenItem, versionOf } from '../items/item.queries.js';
import { libraryProblem } from '../problems.js';
import { ScriptReader } from './script.reader.js';
import type { PreviewRequest, ReadingRequest, ReadingView, VoicesView } from './speech.api.js';

/** Lets people read and hear a text before it is kept, levelled or approved. */
@Injectable()
export class SpeechService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly reader: ScriptReader,
    private readonly media: MediaTools,
  ) {}

  voices(): VoicesView {
    const voices = this.media.voices.map(({ id, language, name, accent }) => ({
      id,
      language,
      name,
      accent: accent ?? null,
    }));
    return { voices, chimes: [...CHIMES] };
  }

  /** What will be said. Whoever asks is about to hear it, so the voice is started ahead. */
  async reading(actor: Actor, request: ReadingRequest): Promise<ReadingView> {
    const text = spokenText(request.text);
    const area = await this.areas.get(actor, request.areaId);
    actor.demand('library.read', area.path);
    this.media.warm();
    const { language, voice } = request;
    const reading = await this.database.read((reader) =>
      this.reader.read(reader, { text, language, voice, areaPath: area.path }),
    );
    return {
      text,
      sentences: reading.sentences.map((each) => ({ ...each })),
      replacements: reading.replacements.map((each) => ({ ...each })),
      doubts: reading.doubts.map((each) => ({ ...each })),
    };
  }

  /** A text as it would sound, before it is saved. `hear` gets the path of a WAV file, which is gone when it returns. */
  async preview(
    actor: Actor,
    request: PreviewRequest,
    signal: AbortSignal,
    hear: (path: string) => Promise<void>,
  ): Promise<void> {
    const text = spokenText(request.text);
    const area = await this.areas.get(actor, request.areaId);
    actor.demand('library.write', area.path);
    await this.#speak({ ...request, text, areaPath: area.path }, signal, hear);
  }

  /** A saved script as it sounds, while its levelled audio is still being made. */
  async previewVersion(
    actor: Actor,
    id: string,
    n: number | undefined,
    signal: AbortSignal,
    hear: (path: string) => Promise<void>,
  ): Promise<void> {
    const script = await this.database.read(async (reader) => {
      const item = await seenItem(reader, actor, id);
      const version = await versionOf(reader, id, n ?? item.currentVersion);
      if (version.text === null || version.uploadSha256 !== null) throw libraryProblem('library.audioMissing');
      return { text: version.text, language: item.language, speech: version.speech, areaPath: item.areaPath };
    });
    await this.#speak(script, signal, hear);
  }

  async #speak(
    script: Omit<PreviewRequest, 'areaId'> & { readonly areaPath: string },
    signal: AbortSignal,
    hear: (path: string) => Promise<void>,
  ): Promise<void> {
    const { language, speech } = script;
    const folder = await mkdtemp(join(tmpdir(), 'vang-preview-'));
    try {
      const { sentences } = await this.database.read((reader) =>
        this.reader.read(reader, { ...script, voice: speech?.voice ?? null }),
      );
      const { path } = await this.media.speak({ sentences, language, speech }, folder, signal);
      await hear(path);
    } catch (error) {
      if (error instanceof MediaProblem) throw mediaProblem(error.code);
      throw error;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function spokenText(raw: string): string {
  const text = cleanText(raw);
  const fault = textFault(text);
  if (fault === 'empty') throw libraryProblem('library.textEmpty');
  if (fault === 'tooLong') throw libraryProblem('library.textTooLong', { most: LONGEST_TEXT });
  return text;
}
