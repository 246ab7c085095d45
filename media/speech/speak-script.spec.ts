import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { FileCache } from '../cache.js';
import { recordingFolder } from '../testing/recordings.js';
import { EspeakNgDriver } from './espeak-ng.driver.js';
import type { SpeechDriver, SpeechRequest } from './port.js';
import {
  CHIMES,
  DEFAULT_SPEECH,
  type ScriptRequest,
  type ScriptSentence,
  type SpeechSettings,
  speakScript,
  speakSentence,
} from './speak-script.js';
import { readWav, writeWav } from './wav.js';

const SCRIPT: readonly ScriptSentence[] = [
  { said: 'Kính thưa bà con.', pause: 'paragraph' },
  { said: 'Ngày mai tiêm phòng cho đàn gia súc.', pause: 'sentence' },
  { said: 'Mời bà con đưa trâu bò đến nhà văn hóa.', pause: 'sentence' },
];

const engine = new EspeakNgDriver();
/** The real voice, with a list of what it was asked for. */
const asked: SpeechRequest[] = [];
const driver: SpeechDriver = {
  id: engine.id,
  version: engine.version,
  languages: engine.languages,
  voices: engine.voices,
  speak(request) {
    asked.push(request);
    return engine.speak(request);
  },
  warm: () => engine.warm(),
  close: () => engine.close(),
};

let folder: Awaited<ReturnType<typeof recordingFolder>>;
let caches = 0;

beforeAll(async () => {
  folder = await recordingFolder();
  await engine.warm();
});
afterEach(() => {
  asked.length = 0;
});
afterAll(async () => {
  await engine.close();
  await folder.remove();
});

const newCache = () => new FileCache({ folder: join(folder.path, `cache-${++caches}`), maxBytes: 100_000_000 });

function speak(settings: Partial<SpeechSettings> = {}, more: Partial<ScriptRequest> = {}) {
  const outputDir = join(folder.path, 'out');
  return speakScript({
    driver,
    sentences: SCRIPT,
    language: 'vi',
    settings: { ...DEFAULT_SPEECH, ...settings },
    outputDir,
    ...more,
  });
}

const sum = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
const texts = () => asked.map(({ text }) => text);

/** Times are rounded one by one. */
const expectMs = (found: number, wanted: number) => expect(Math.abs(found - wanted)).toBeLessThanOrEqual(2);

/** The longest run of near silence between two moments, in milliseconds. */
async function silenceMs(path: string, fromMs: number, toMs: number): Promise<number> {
  const { samples, sampleRate } = readWav(await readFile(path));
  const at = (ms: number) => Math.round((ms / 1000) * sampleRate);
  let [longest, run] = [0, 0];
  for (const sample of samples.subarray(at(fromMs), at(toMs))) {
    run = Math.abs(sample) < 60 ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  return (longest / sampleRate) * 1000;
}

describe('a script', () => {
  test('is its sentences one after the other, with the times of each', async () => {
    const script = await speak();
    expect(script.sentences.map(({ said }) => said)).toEqual(SCRIPT.map(({ said }) => said));
    const [first, second, third] = script.sentences;
    expect(first?.startMs).toBe(0);
    expectMs((second?.startMs ?? 0) - (first?.endMs ?? 0), DEFAULT_SPEECH.paragraphPauseMs);
    expectMs((third?.startMs ?? 0) - (second?.endMs ?? 0), DEFAULT_SPEECH.pauseMs);
    expect(script.durationMs).toBe(third?.endMs);
    const { samples, sampleRate } = readWav(await readFile(script.path));
    expect(Math.round((samples.length / sampleRate) * 1000)).toBe(script.durationMs);
  });

  test('has the pauses that were set, not those of the voice besides', async () => {
    const { path, durationMs } = await speak({ pauseMs: 600, paragraphPauseMs: 600 });
    const longest = await silenceMs(path, 0, durationMs);
    expect(longest).toBeGreaterThanOrEqual(590);
    expect(longest).toBeLessThan(660);
  });

  test('of the same sentences and settings has the same bytes, with a cache or without', async () => {
    const cache = newCache();
    const settings = { chimeBefore: 'bell', repeat: 2, rate: 0.8 } as const;
    const made = [];
    for (const more of [{}, { cache }, { cache }]) made.push(await speak(settings, more));
    const sums = await Promise.all(made.map(({ path }) => sum(path)));
    expect(new Set(sums).size).toBe(1);
    expect(made[1]?.sentences).toEqual(made[0]?.sentences);
  });

  test('read twice is the same reading twice; the times are of the first', async () => {
    const once = await speak();
    const twice = await speak({ repeat: 2, repeatPauseMs: 1500 });
    expectMs(twice.durationMs, 2 * once.durationMs + 1500);
    expect(twice.sentences).toEqual(once.sentences);
    const { samples, sampleRate } = readWav(await readFile(twice.path));
    const reading = readWav(await readFile(once.path)).samples;
    const bytes = (part: Int16Array) => Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    const again = samples.subarray(reading.length + sampleRate * 1.5);
    expect(Buffer.compare(bytes(again), bytes(reading))).toBe(0);
  });

  test.each(CHIMES)('may have the chime %s before and after', async (name) => {
    const plain = await speak();
    const before = await speak({ chimeBefore: name });
    const both = await speak({ chimeBefore: name, chimeAfter: name });
    const shift = (before.sentences[0]?.startMs ?? 0) - (plain.sentences[0]?.startMs ?? 0);
    expect(shift).toBeGreaterThan(1000);
    expectMs(both.durationMs - plain.durationMs, 2 * shift);
    expect(await silenceMs(before.path, 0, shift)).toBeGreaterThanOrEqual(500);
  });

  test('slower and in another accent is another sound', async () => {
    const [normal, slow, south] = [await speak(), await speak({ rate: 0.8 }), await speak({ voice: 'vi-vn-x-south' })];
    expect(slow.durationMs).toBeGreaterThan(normal.durationMs * 1.1);
    expect(await sum(south.path)).not.toBe(await sum(normal.path));
  });

  test('tells how far it is', async () => {
    const progress: string[] = [];
    await speak({}, { onProgress: (done, of) => progress.push(`${done}/${of}`) });
    expect(progress).toEqual(['1/3', '2/3', '3/3']);
  });

  test('with a line that has no word pauses there', async () => {
    const [first, second] = SCRIPT;
    const lines = [{ said: '…', pause: 'sentence' }, first, { said: '— ! —', pause: 'paragraph' }, second] as const;
    const sentences = lines.filter((line) => line !== undefined);
    const script = await speak({}, { sentences });
    const [dots, spoken, dash, last] = script.sentences;
    expect([dots?.startMs, dots?.endMs, spoken?.startMs]).toEqual([0, 0, 0]);
    expect(dash?.startMs).toBe(dash?.endMs);
    expectMs((last?.startMs ?? 0) - (spoken?.endMs ?? 0), DEFAULT_SPEECH.paragraphPauseMs);
  });
});

describe('a changed sentence', () => {
  test('costs one sentence', async () => {
    const cache = newCache();
    await speak({}, { cache });
    asked.length = 0;
    const changed = SCRIPT.map((sentence, at) => (at === 1 ? { ...sentence, said: 'Ngày kia tiêm phòng.' } : sentence));
    await speak({ pauseMs: 500, repeat: 2 }, { cache, sentences: changed });
    expect(texts()).toEqual(['Ngày kia tiêm phòng.']);
  });

  test('heard alone before is not made again for the script', async () => {
    const cache = newCache();
    const [, said] = SCRIPT.map((sentence) => sentence.said);
    const heard = await speakSentence({ driver, said: said ?? '', language: 'vi', settings: DEFAULT_SPEECH, cache });
    expect(heard.durationMs).toBeGreaterThan(1000);
    asked.length = 0;
    await speak({}, { cache });
    expect(texts()).not.toContain(said);
  });

  test.each<[string, Partial<SpeechSettings>, Partial<SpeechDriver>]>([
    ['another voice', { voice: 'vi-vn-x-central' }, {}],
    ['another rate', { rate: 0.8 }, {}],
    ['another version of the driver', {}, { version: '2' }],
    ['another driver', {}, { id: 'other' }],
  ])('%s makes all anew', async (_, settings, other) => {
    const cache = newCache();
    await speak({}, { cache });
    asked.length = 0;
    await speak(settings, { cache, driver: { ...driver, ...other } });
    expect(texts()).toHaveLength(SCRIPT.length);
  });

  test('whose stored sound was damaged is made again', async () => {
    const cache = newCache();
    const before = await speak({}, { cache });
    const stored = (await readdir(folder.path, { recursive: true })).filter((name) =>
      name.startsWith(`cache-${caches}/`),
    );
    for (const name of stored.filter((each) => each.split('/').length === 3))
      await writeFile(join(folder.path, name), 'x');
    asked.length = 0;
    const after = await speak({}, { cache });
    expect(texts()).toHaveLength(SCRIPT.length);
    expect(await sum(after.path)).toBe(await sum(before.path));
  });
});

describe('a script that cannot be spoken leaves no file', () => {
  const left = async () => (await readdir(join(folder.path, 'out'))).length;
  /** The same voice, but one sentence fails. */
  const failing = (fail: SpeechDriver['speak']): SpeechDriver => ({
    ...driver,
    speak: (request) => (request.text === SCRIPT[1]?.said ? fail(request) : driver.speak(request)),
  });
  const pcm = (samples: Int16Array, sampleRate: number) => async () => ({
    wav: writeWav({ samples, sampleRate }),
    sampleRate,
    durationMs: 0,
  });

  test.each<[string, Partial<ScriptRequest>, string]>([
    ['no sentence', { sentences: [] }, 'speech.textEmpty'],
    ['no word', { sentences: [{ said: '…!', pause: 'sentence' }] }, 'speech.textEmpty'],
    ['one sentence of 1 MB', { sentences: [{ said: 'a'.repeat(1_000_000), pause: 'sentence' }] }, 'speech.textTooLong'],
    [
      'sentences of 70,000 characters',
      { sentences: Array.from({ length: 70 }, () => ({ said: 'a'.repeat(1000), pause: 'sentence' })) },
      'speech.textTooLong',
    ],
    ['a language without a voice', { language: 'km' }, 'speech.languageUnsupported'],
    ['silence of the voice', { driver: failing(pcm(new Int16Array(9000), 22_050)) }, 'speech.failed'],
    ['sentences of two rates', { driver: failing(pcm(new Int16Array(9000).fill(99), 16_000)) }, 'speech.failed'],
  ])('%s', async (_, more, code) => {
    await speak();
    const before = await left();
    await expect(speak({}, more)).rejects.toMatchObject({ code });
    expect(await left()).toBe(before);
  });

  test('a voice that fails in one sentence: the ones after it are not waited for', async () => {
    const stopped: string[] = [];
    const hanging = failing(async () => {
      throw new TypeError('no service');
    });
    const speaking = speak(
      {},
      {
        driver: {
          ...hanging,
          // The last sentence never ends by itself.
          speak: (request) =>
            request.text === SCRIPT[2]?.said
              ? new Promise((_, reject) =>
                  request.signal?.addEventListener('abort', () => {
                    stopped.push(request.text);
                    reject(request.signal?.reason);
                  }),
                )
              : hanging.speak(request),
        },
      },
    );
    await expect(speaking).rejects.toThrow('no service');
    expect(stopped).toEqual([SCRIPT[2]?.said]);
  });

  test('an abort between two sentences ends it with its reason; a script beside it goes on', async () => {
    await speak();
    const before = await left();
    const stop = new AbortController();
    const beside = speak();
    const aborted = speak({}, { signal: stop.signal, onProgress: () => stop.abort(new Error('no longer wanted')) });
    await expect(aborted).rejects.toThrow('no longer wanted');
    expect((await beside).sentences).toHaveLength(3);
    expect(await left()).toBe(before + 1);
  });
});

test('a long script is written as it is spoken and holds others up for a few sentences only', async () => {
  const sentences = Array.from({ length: 150 }, (_, at) => ({
    said: `Câu thứ ${at}, mời bà con đến nhà văn hóa nghe phổ biến chính sách mới.`,
    pause: 'sentence' as const,
  }));
  let done = 0;
  let doneWhenHeard = 0;
  const { path, durationMs } = await speak(
    {},
    {
      sentences,
      onProgress(count) {
        done = count;
        if (count === 10) {
          const preview = { driver, said: 'Xin chào.', language: 'vi', settings: DEFAULT_SPEECH };
          void speakSentence(preview).then(() => {
            doneWhenHeard = done;
          });
        }
      },
    },
  );
  expect(durationMs).toBeGreaterThan(300_000);
  expect(readWav(await readFile(path)).samples.length).toBeGreaterThan(6_000_000);
  expect(doneWhenHeard).toBeGreaterThan(0);
  expect(doneWhenHeard).toBeLessThan(60);
});
