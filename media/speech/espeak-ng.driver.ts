import { createRequire } from 'node:module';
import { type EspeakText, startEspeakSpeaker } from './espeak-ng.process.js';
import type { SpeechDriver, SpeechRequest, SpeechVoice, SpokenAudio } from './port.js';
import { Speakers } from './speakers.js';
import { speakableText } from './text.js';
import { chooseVoice, withinRates } from './voice.js';
import { readSpokenWav } from './wav.js';

/** At this setting of espeak-ng a Vietnamese notice is read at about 200 syllables a minute, the pace of an announcer. */
const NORMAL_WORDS_PER_MINUTE = 140;

export interface EspeakNgOptions {
  /** A speaker without work ends after this; it holds about 150 MB. */
  readonly idleMs?: number;
  /** At most so many processes speak at once. */
  readonly speakers?: number;
  /** The longest text takes a few seconds; a speaker that needs longer hangs. */
  readonly timeoutMs?: number;
}

/** `file`: with the path of the voice espeak-ng does not search hundreds of others for its name (15 ms for each text). */
interface EspeakVoice extends SpeechVoice {
  readonly file: string;
}

const VOICES: readonly EspeakVoice[] = [
  { id: 'vi', language: 'vi', name: 'Giọng miền Bắc', accent: 'north', file: 'aav/vi' },
  {
    id: 'vi-vn-x-central',
    language: 'vi',
    name: 'Giọng miền Trung',
    accent: 'central',
    file: 'aav/vi-VN-x-central',
  },
  { id: 'vi-vn-x-south', language: 'vi', name: 'Giọng miền Nam', accent: 'south', file: 'aav/vi-VN-x-south' },
];

/**
 * espeak-ng with its three Vietnamese accents, offline, in processes of its own: it neither holds up the caller's event loop nor
 * burdens its memory, and can be ended in the middle of a word. One starts with a text or by `warm` and stays for the next.
 */
export class EspeakNgDriver implements SpeechDriver {
  readonly id = 'espeak-ng';
  readonly version = `${engineVersion()}/${NORMAL_WORDS_PER_MINUTE}`;
  readonly languages: readonly string[] = ['vi'];
  readonly voices: readonly SpeechVoice[] = VOICES;

  private readonly speakers: Speakers<EspeakText>;

  constructor({ idleMs = 300_000, speakers = 2, timeoutMs = 120_000 }: EspeakNgOptions = {}) {
    this.speakers = new Speakers({
      most: speakers,
      idleMs,
      timeoutMs,
      // Voice and speed travel with each text.
      settingOf: () => '',
      start: startEspeakSpeaker,
    });
  }

  async speak({ text, language, voice, rate, signal }: SpeechRequest): Promise<SpokenAudio> {
    signal?.throwIfAborted();
    const { file } = chooseVoice(VOICES, { language, voice });
    const wordsPerMinute = Math.round(NORMAL_WORDS_PER_MINUTE * withinRates(rate));
    return readSpokenWav(await this.speakers.speak({ voice: file, wordsPerMinute, text: speakableText(text) }, signal));
  }

  warm(): Promise<void> {
    return this.speakers.warm({ voice: 'aav/vi', wordsPerMinute: NORMAL_WORDS_PER_MINUTE, text: '' });
  }

  close(): Promise<void> {
    return this.speakers.close();
  }
}

function engineVersion(): string {
  const { version } = createRequire(import.meta.url)('espeak-ng/package.json') as { readonly version: string };
  return version;
}
