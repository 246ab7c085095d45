import { readFile } from 'node:fs/promises';
import type { FileCache } from '../cache.js';
import { MediaProblem } from '../problem.js';
import type { SpeechDriver, SpokenAudio } from './port.js';
import { trimSilence } from './silence.js';
import { chooseVoice, withinRates } from './voice.js';
import { type Pcm, readWav, spokenAudio, writeWav } from './wav.js';

/** Another one when trimming changes: what is cached is trimmed. */
const MAKING = 1;

export interface SentenceRequest {
  readonly driver: SpeechDriver;
  /** Speakable text, as the text reader gives it. */
  readonly said: string;
  /** BCP 47 without a region. */
  readonly language: string;
  readonly settings: { readonly voice?: string | undefined; readonly rate: number };
  readonly cache?: FileCache | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One sentence without silence at its ends, from the cache if it was ever said this way. Throws as the driver does. */
export async function speakSentence(request: SentenceRequest): Promise<SpokenAudio> {
  return spokenAudio(await sentencePcm(request));
}

/** As `speakSentence`, as samples. A voice that gives silence only is `speech.failed`. */
export async function sentencePcm(request: SentenceRequest): Promise<Pcm> {
  const { driver, language, said, cache, signal } = request;
  signal?.throwIfAborted();
  const voice = chooseVoice(driver.voices, { language, voice: request.settings.voice }).id;
  const rate = withinRates(request.settings.rate);
  // A list as JSON: no two different ones give the same key.
  const key = JSON.stringify(['speech', MAKING, driver.id, driver.version, voice, rate, said.normalize('NFC')]);
  const cached = await fromCache(cache, key);
  if (cached !== undefined) return cached;
  const spoken = await driver.speak({ text: said, language, voice, rate, signal });
  const { samples, sampleRate } = readWav(spoken.wav);
  const heard: Pcm = { samples: trimSilence(samples, sampleRate), sampleRate };
  if (heard.samples.length === 0) throw new MediaProblem('speech.failed', 'the synthesizer gave silence');
  await cache?.put(key, writeWav(heard));
  return heard;
}

/** What cannot be read back is made again. */
async function fromCache(cache: FileCache | undefined, key: string): Promise<Pcm | undefined> {
  const path = await cache?.get(key);
  if (typeof path !== 'string') return undefined;
  try {
    return readWav(await readFile(path));
  } catch {
    return undefined;
  }
}
