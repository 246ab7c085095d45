import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { EspeakNgDriver, type EspeakNgOptions, findFfmpeg, produceAudio } from '../index.js';
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
    // The silence at its ends is trimmed.
    expect(Math.abs(audio.durationMs - spoken.durationMs)).toBeLessThan(600);
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

test('each accent is a voice of Vietnamese', () => {
  expect(driver.languages).toEqual(['vi']);
  expect(driver.voices.map(({ id, language, accent }) => [id, language, accent])).toEqual([
    ['vi', 'vi', 'north'],
    ['vi-vn-x-central', 'vi', 'central'],
    ['vi-vn-x-south', 'vi', 'south'],
  ]);
});

describe('text that is no text', () => {
  test.each([
    ['SSML', '<speak><audio src="http://192.0.2.1/a.wav"/><break time="60s"/>xin chào</speak>'],
    ['phonemes', "[[h@l'oU]] xin ]] chào [["],
    ['a NUL, a command sign and an escape', 'xin\0 \u0001 \u001b[31m chào'],
    ['a right-to-left override', 'xin \u202echào\u202c'],
    ['emoji', 'xin chào 👨‍👩‍👧 🇻🇳 bà con'],
    ['an option', '-f /etc/passwd --stdin'],
  ])('%s is words or nothing', async (_, text) => {
    expect((await driver.speak({ text, language: 'vi' })).durationMs).toBeLessThan(15_000);
  });
  test.each([
    ['1 MB in one line', 'a'.repeat(1_000_000), 'speech.textTooLong'],
    ['only signs', '?! … — “”', 'speech.textEmpty'],
    ['only emoji', '👍👍', 'speech.textEmpty'],
    ['only invisible signs', '\u200b\u202e\ufeff', 'speech.textEmpty'],
  ])('%s is refused', async (_, text, code) => {
    await expect(driver.speak({ text, language: 'vi' })).rejects.toMatchObject({ code });
  });
});

describe('a speaker that stays', () => {
  /** Takes a second, on a loaded machine longer. */
  const LONG = `${NOTICE} `.repeat(100);
  const drivers: EspeakNgDriver[] = [];
  const open = (options: EspeakNgOptions = {}) => {
    const opened = new EspeakNgDriver(options);
    drivers.push(opened);
    return opened;
  };
  // Only the speakers of the driver under test are then there.
  beforeAll(() => driver.close());
  afterEach(async () => {
    await Promise.all(drivers.splice(0).map((each) => each.close()));
    expect(speakers()).toEqual([]);
  });

  test('says one text after the other, each as if it were the first', async () => {
    const texts = [NOTICE, 'xin chào', NOTICE, 'Đắk Nông có mưa to.', 'xin chào'];
    const first = new Map<string, string>();
    for (const text of new Set(texts)) first.set(text, sum((await open().speak({ text, language: 'vi' })).wav));
    const one = open({ speakers: 1 });
    const voices = one.voices.map(({ id }) => id);
    const spoken = [];
    for (const [index, text] of texts.entries()) {
      await one.speak({ text: 'giữa hai câu', language: 'vi', voice: voices[index % 3] ?? 'vi', rate: 1 + index / 5 });
      spoken.push(await one.speak({ text, language: 'vi' }));
    }
    expect(spoken.map(({ wav }) => sum(wav))).toEqual(texts.map((text) => first.get(text)));
  });

  test('is started ahead, and by the first text only once', async () => {
    const warm = open({ speakers: 1 });
    await Promise.all([warm.warm(), warm.warm()]);
    const before = speakers();
    expect(before).toHaveLength(1);
    await warm.speak({ text: 'xin chào', language: 'vi' });
    await warm.warm();
    expect(speakers()).toEqual(before);
  });

  test('ends when it had no work for its time, and another one starts with the next text', async () => {
    const idle = open({ idleMs: 20 });
    await idle.speak({ text: 'xin chào', language: 'vi' });
    await until(() => speakers().length === 0 || undefined);
    expect((await idle.speak({ text: 'xin chào', language: 'vi' })).durationMs).toBeGreaterThan(200);
  });

  test('killed while it rests, is replaced', async () => {
    const killed = open();
    await killed.warm();
    for (const pid of speakers()) process.kill(pid, 'SIGKILL');
    expect((await killed.speak({ text: 'xin chào', language: 'vi' })).durationMs).toBeGreaterThan(200);
  });

  test('killed in the middle of a text, is replaced, and the text said again from its start', async () => {
    const killed = open({ speakers: 1 });
    await killed.warm();
    const [pid = 0] = speakers();
    const long = killed.speak({ text: LONG, language: 'vi' });
    const next = killed.speak({ text: 'xin chào', language: 'vi' });
    setImmediate(() => process.kill(pid, 'SIGKILL'));
    expect((await long).durationMs).toBeGreaterThan(100_000);
    expect((await next).durationMs).toBeGreaterThan(200);
    expect(speakers()).not.toContain(pid);
  });

  test('killed twice in the same text, gives that text up; the others are said', async () => {
    const killed = open({ speakers: 1 });
    await killed.warm();
    const long = killed.speak({ text: LONG, language: 'vi' }).catch((error: unknown) => error);
    const next = killed.speak({ text: 'xin chào', language: 'vi' });
    const [first = 0] = speakers();
    process.kill(first, 'SIGKILL');
    const second = await until(() => speakers().find((pid) => pid !== first));
    await killed.warm();
    process.kill(second, 'SIGKILL');
    expect(await long).toMatchObject({ code: 'speech.failed', detail: 'the speaker ended (SIGKILL)' });
    expect((await next).durationMs).toBeGreaterThan(200);
  });

  test('that hangs over its time is given up, and the next text said', async () => {
    const slow = open({ speakers: 1, timeoutMs: 3_000 });
    await slow.warm();
    const [pid = 0] = speakers();
    process.kill(pid, 'SIGSTOP');
    const stuck = slow.speak({ text: 'xin chào', language: 'vi' });
    await expect(stuck).rejects.toMatchObject({ code: 'speech.failed', detail: 'over 3000 ms' });
    await until(() => !speakers().includes(pid) || undefined);
    expect((await slow.speak({ text: 'xin chào', language: 'vi' })).durationMs).toBeGreaterThan(200);
  });
});

const sum = (wav: Uint8Array) => createHash('sha256').update(wav).digest('hex');

async function until<T>(found: () => T | undefined): Promise<T> {
  for (;;) {
    const value = found();
    if (value !== undefined) return value;
    await new Promise((soon) => setTimeout(soon, 5));
  }
}

/** Ids of this process's own speakers, also of dead ones that nobody collected (zombies, which have no command line). */
function speakers(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        const parent = /\) . (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
        return Number(parent) === process.pid && (command === '' || command.includes('espeak-ng.speaker'));
      } catch {
        // Gone in between.
        return false;
      }
    })
    .map(Number);
}

describe('the work of the voice', () => {
  const driver = new EspeakNgDriver({ speakers: 1 });
  afterAll(() => driver.close());
  /** With a speaker that runs already, what follows is all speaking. */
  const started = () => driver.warm();

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
