import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Reading, readVietnamese } from '../../../media/index.js';
import { MediaTools } from '../audio/media.tools.js';
import { DictionaryService } from './dictionary.service.js';

/** A voice whose maker states no accent is read as the capital speaks. */
const USUAL_ACCENT = 'north';

/** Turns what is written into what will be said, with the words of the area. */
@Injectable()
export class ScriptReader {
  constructor(
    private readonly dictionary: DictionaryService,
    private readonly media: MediaTools,
  ) {}

  /** @param language BCP 47 @param voice id of one, or null for the first of the language */
  async read(
    reader: EntityManager,
    script: {
      readonly text: string;
      readonly language: string;
      readonly voice: string | null;
      readonly areaPath: string;
    },
  ): Promise<Reading> {
    const { text, language, voice, areaPath } = script;
    // Rules of another language are not known: it is spoken as written, sentence by sentence.
    if (language.split('-', 1)[0] !== 'vi') return asWritten(text);
    const accent = this.media.voice(language, voice)?.accent ?? USUAL_ACCENT;
    return readVietnamese(text, { accent, dictionary: await this.dictionary.holding(reader, areaPath) });
  }
}

function asWritten(text: string): Reading {
  const sentences = text.split(/\n+/).flatMap((paragraph) => {
    const parts = paragraph.match(/[^.!?…]+[.!?…]*\s*/g) ?? [];
    const written = parts.map((part) => part.trim()).filter((part) => part !== '');
    return written.map((each, index) => ({
      written: each,
      said: each,
      pause: index === written.length - 1 ? ('paragraph' as const) : ('sentence' as const),
    }));
  });
  return { sentences, replacements: [], doubts: [] };
}
