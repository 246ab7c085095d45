import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EspeakNgDriver, findFfmpeg, produceAudio } from '../index.js';
import { recordingFolder } from '../testing/recordings.js';

const NOTICE = 'Kính thưa bà con, hôm nay ủy ban nhân dân xã thông báo lịch tiêm phòng cho đàn gia súc.';
const driver = new EspeakNgDriver();
let folder: Awaited<ReturnType<typeof recordingFolder>>;

beforeAll(async () => {
  folder = await recordingFolder();
});
afterAll(async () => {
  await driver.close();
  await folder.remove();
});

describe('a typed notice', () => {
  test('is spoken and can go on air', async () => {
    const spoken = await driver.speak({ text: NOTICE, language: 'vi' });
    expect(spoken.durationMs).toBeGreaterThan(3000);
    const input = join(folder.path, 'notice.wav');
    await writeFile(input, spoken.wav);
    const audio = await produceAudio({ tool: await findFfmpeg(), input, outputDir: folder.path });
    expect(Math.abs(audio.durationMs - spoken.durationMs)).toBeLessThanOrEqual(1);
    expect(Math.abs(audio.loudness.outputLufs + 16)).toBeLessThanOrEqual(0.5);
  });

  test('sounds different in each of the three accents, and the same each time', async () => {
    const spoken = await Promise.all(
      driver.voices.map(({ id }) => driver.speak({ text: NOTICE, language: 'vi', voice: id })),
    );
    const again = await driver.speak({ text: NOTICE, language: 'vi' });
    expect(new Set(spoken.map(({ wav }) => Buffer.from(wav).toString('base64'))).size).toBe(3);
    expect(Buffer.from(again.wav).equals(Buffer.from(spoken[0]?.wav ?? []))).toBe(true);
  });

  test('sounds the same typed in NFC and in NFD', async () => {
    const nfc = await driver.speak({ text: NOTICE.normalize('NFC'), language: 'vi' });
    const nfd = await driver.speak({ text: NOTICE.normalize('NFD'), language: 'vi' });
    expect(Buffer.from(nfd.wav).equals(Buffer.from(nfc.wav))).toBe(true);
  });

  test('is spoken slower at a lower rate', async () => {
    const normal = await driver.speak({ text: NOTICE, language: 'vi' });
    const slow = await driver.speak({ text: NOTICE, language: 'vi', rate: 0.7 });
    expect(slow.durationMs).toBeGreaterThan(normal.durationMs * 1.2);
  });

  test('that looks like an option or markup is only text', async () => {
    const spoken = await driver.speak({ text: '--version <break time="60s"/> [[h@loU]] xin chào', language: 'vi' });
    expect(spoken.durationMs).toBeLessThan(15_000);
  });
});

describe('a voice speaks its own language only', () => {
  test.each([
    ['Khmer', { text: 'xin chào', language: 'km' }],
    ['an unknown voice', { text: 'xin chào', language: 'vi', voice: 'en' }],
  ])('%s is refused', async (_, request) => {
    await expect(driver.speak(request)).rejects.toMatchObject({ code: 'speech.languageUnsupported' });
  });
});

describe('the thread of the voice', () => {
  /** With a speaker that runs already, what follows is all speaking. */
  const started = () => driver.speak({ text: 'xin chào', language: 'vi' });

  test('never holds up the caller', async () => {
    await started();
    let beats = 0;
    const beat = setInterval(() => {
      beats += 1;
    }, 5);
    await driver.speak({ text: `${NOTICE} `.repeat(100), language: 'vi' });
    clearInterval(beat);
    // In the caller's thread there would be none: it takes seconds in one piece. A slow machine only makes it more of them.
    expect(beats).toBeGreaterThan(10);
  });

  test('is given up on abort, and the next text gets a fresh one', async () => {
    await started();
    const stop = new AbortController();
    // Takes seconds, on a loaded machine longer: the abort comes in the middle of it.
    const speaking = driver.speak({ text: `${NOTICE} `.repeat(220), language: 'vi', signal: stop.signal });
    const next = driver.speak({ text: 'xin chào', language: 'vi' });
    setTimeout(() => stop.abort(new Error('no longer wanted')), 50);
    await expect(speaking).rejects.toThrow('no longer wanted');
    expect((await next).durationMs).toBeGreaterThan(200);
  });

  test('closed, it refuses what is waiting and what comes', async () => {
    const closing = new EspeakNgDriver();
    const first = closing.speak({ text: NOTICE, language: 'vi' });
    const second = closing.speak({ text: NOTICE, language: 'vi' });
    const refused = Promise.allSettled([first, second]);
    await new Promise((soon) => setImmediate(soon));
    await closing.close();
    for (const outcome of await refused) expect(outcome).toMatchObject({ reason: { code: 'speech.failed' } });
    await expect(closing.speak({ text: NOTICE, language: 'vi' })).rejects.toMatchObject({ code: 'speech.failed' });
  });
});
