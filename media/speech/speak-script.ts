import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FileCache } from '../cache.js';
import { MediaProblem } from '../problem.js';
import { type ChimeName, chime } from './chimes.js';
import type { SpeechDriver } from './port.js';
import type { SpeechSettings } from './settings.js';
import { sentencePcm } from './speak-sentence.js';
import { hasWord, MAX_TEXT_LENGTH } from './text.js';
import type { Pcm } from './wav.js';
import { WavFile } from './wav-file.js';

export { CHIMES, type ChimeName, isChime } from './chimes.js';
export { DEFAULT_SPEECH, type SpeechSettings } from './settings.js';
export { type SentenceRequest, speakSentence } from './speak-sentence.js';

export interface ScriptSentence {
  /** Speakable text; one without a word is a pause. */
  readonly said: string;
  /** What follows it. */
  readonly pause: 'sentence' | 'paragraph';
}

export interface ScriptRequest {
  readonly driver: SpeechDriver;
  readonly sentences: readonly ScriptSentence[];
  /** BCP 47 without a region. */
  readonly language: string;
  readonly settings: SpeechSettings;
  /** With it, a sentence that was said before costs nothing. */
  readonly cache?: FileCache | undefined;
  /** Made when missing. */
  readonly outputDir: string;
  readonly signal?: AbortSignal | undefined;
  /** Sentences that are done, of all. */
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

export interface SpokenSentence {
  readonly said: string;
  readonly startMs: number;
  readonly endMs: number;
}

export interface SpokenScript {
  /** WAV, mono, 16 bit, under a unique name in `outputDir`; from now on the caller's, to move or remove. */
  readonly path: string;
  /** Integer, counted from the samples. */
  readonly durationMs: number;
  /** Of the first reading, in the order asked for. */
  readonly sentences: readonly SpokenSentence[];
}

/** What is said may be longer than what was written: numbers and abbreviations in full. */
const MAX_SAID_LENGTH = 3 * MAX_TEXT_LENGTH;
/** So many are asked for ahead: enough to keep two speakers busy, few enough that others' texts do not wait long. */
const AHEAD = 8;
const CHIME_GAP_MS = 500;

/**
 * Speaks a script sentence by sentence into one file, joined to the sample: the same sentences and settings give the same bytes.
 * Memory holds a few sentences, never the script. Throws as the driver does; then no file is left.
 */
export async function speakScript(request: ScriptRequest): Promise<SpokenScript> {
  const { sentences, signal } = request;
  signal?.throwIfAborted();
  const length = sentences.reduce((sum, { said }) => sum + said.length, 0);
  if (length > MAX_SAID_LENGTH) {
    throw new MediaProblem('speech.textTooLong', `${length} characters to be said, at most ${MAX_SAID_LENGTH}`);
  }
  if (!sentences.some(({ said }) => hasWord(said)))
    throw new MediaProblem('speech.textEmpty', 'the script has no word');
  await mkdir(request.outputDir, { recursive: true });
  const path = join(resolve(request.outputDir), `.speaking-${randomUUID()}.wav`);
  try {
    const file = await WavFile.create(path);
    try {
      const spoken = await writeScript(request, file);
      return { path, durationMs: await file.finish(), sentences: spoken };
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function writeScript(request: ScriptRequest, file: WavFile): Promise<SpokenSentence[]> {
  const { settings } = request;
  const spoken: SpokenSentence[] = [];
  let reading: number | undefined;
  let pauseMs = 0;
  for await (const { said, pause, audio } of inOrder(request)) {
    const { samples, sampleRate } = audio;
    if (samples.length > 0) {
      if (reading === undefined) {
        file.setRate(sampleRate);
        await writeChime(file, settings.chimeBefore, 'before');
        reading = file.samples;
      }
      await file.pause(pauseMs);
      pauseMs = 0;
    }
    const startMs = file.durationMs;
    await file.append(samples, sampleRate);
    spoken.push({ said, startMs, endMs: file.durationMs });
    const own = pause === 'paragraph' ? settings.paragraphPauseMs : settings.pauseMs;
    if (reading !== undefined) pauseMs = Math.max(pauseMs, own);
    request.onProgress?.(spoken.length, request.sentences.length);
    request.signal?.throwIfAborted();
  }
  const end = file.samples;
  if (settings.repeat === 2) {
    await file.pause(settings.repeatPauseMs);
    await file.repeat(reading ?? end, end);
  }
  await writeChime(file, settings.chimeAfter, 'after');
  return spoken;
}

interface Said extends ScriptSentence {
  readonly audio: Pcm;
}

const NOTHING: Pcm = { samples: new Int16Array(0), sampleRate: 0 };

/** The sentences one after the other, while the next ones are already being said. Left early, it waits until those have stopped. */
async function* inOrder({ sentences, signal, ...request }: ScriptRequest): AsyncGenerator<Said> {
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const say = async (sentence: ScriptSentence): Promise<Said> => {
    const { said } = sentence;
    if (!hasWord(said)) return { ...sentence, audio: NOTHING };
    return { ...sentence, audio: await sentencePcm({ ...request, said, signal: either }) };
  };
  const ahead: Promise<Said>[] = [];
  try {
    for (let index = 0, asked = 0; index < sentences.length; index++) {
      for (const sentence of sentences.slice(asked, index + AHEAD)) {
        const saying = say(sentence);
        // A failure is heard of when its turn comes.
        saying.catch(() => {});
        ahead.push(saying);
        asked += 1;
      }
      const [first] = ahead;
      if (first !== undefined) yield await first;
      ahead.shift();
    }
  } finally {
    stop.abort();
    await Promise.allSettled(ahead);
  }
}

async function writeChime(file: WavFile, name: ChimeName | 'none', place: 'before' | 'after'): Promise<void> {
  if (name === 'none') return;
  if (place === 'after') await file.pause(CHIME_GAP_MS);
  await file.append(chime(name, file.sampleRate), file.sampleRate);
  if (place === 'before') await file.pause(CHIME_GAP_MS);
}
