import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { MediaProblem } from '../../../media/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { silentLog } from '../../platform/logging/index.js';
import type { ByteStream } from '../../platform/storage/index.js';
import {
  inPieces,
  librarySuite,
  newestOf,
  type OpenLibrary,
  openLibrary,
  person,
  QuietTools,
  wav,
} from '../library.spec-support.js';
import { MediaTools } from './media.tools.js';

const operator = person('Chị Hoa', 'operator');
const LEASE_MS = 30_000;
const forever = () => new Promise<never>(() => {});

const uploadTo = ({ uploads }: OpenLibrary, id: string, body: ByteStream, type = 'audio/mpeg') =>
  uploads.upload(operator, id, { type, bytes: null, body });

/** Somewhere in the work that a spec waits for. */
function signalled(): { readonly reached: Promise<void>; reach(): void } {
  let reach = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  return { reached, reach: () => reach() };
}

describeOnBothDatabases('audio of content', librarySuite, (open) => {
  let media: QuietTools;
  let opened: OpenLibrary;
  beforeEach(async () => {
    media = new QuietTools();
    opened = await openLibrary(await open(), media);
  });
  afterEach(() => opened.close());

  const recording = () => opened.create(operator, { kind: 'recording', text: null });
  const deeds = async () => {
    const rows: { action: string }[] = await opened.database.read((reader) =>
      reader.query('SELECT action FROM audit_entry ORDER BY id'),
    );
    return rows.map(({ action }) => action);
  };
  /** Everything in the content store, finished or not. */
  const stored = async () => {
    const root = dirname(dirname(dirname(opened.store.path('0'.repeat(64)))));
    const files = await readdir(root, { recursive: true, withFileTypes: true });
    return files
      .filter((file) => file.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort();
  };
  /** Lets the pauses between attempts pass. */
  async function retried(id: string) {
    for (let round = 0; round < 6; round++) {
      await opened.runner.idle();
      opened.clock.advance(20 * 60_000);
      opened.runner.wake();
    }
    return newestOf(await opened.settled(operator, id));
  }
  /** What remains to be done by the process that is started after the first has died. */
  async function afterTheDeathOfTheFirst(id: string) {
    await opened.runner.stop();
    const second = opened.newRunner({ leaseMs: LEASE_MS });
    opened.clock.advance(LEASE_MS + 1);
    await second.start({ concurrency: 1 });
    await second.idle();
    await second.stop();
    return newestOf(await opened.items.get(operator, id));
  }

  it('a recording has no audio until one is uploaded, then its author’s draft gets it', async () => {
    const { id, audioState } = await recording();
    expect(audioState).toBe('none');
    expect(await uploadTo(opened, id, inPieces(wav()))).toMatchObject({ currentVersion: 1, audioState: 'rendering' });
    const { audio } = newestOf(await opened.settled(operator, id));
    expect(audio).toMatchObject({ state: 'ready', uploaded: true, durationMs: 1_500, problem: null });
    expect(await opened.store.has(audio.sha256 ?? '')).toBe(true);
    expect(await deeds()).toEqual(['library.created', 'library.audioUploaded']);
  });

  it('an upload that breaks off leaves nothing behind', async () => {
    const { id } = await recording();
    async function* brokenOff() {
      yield wav();
      throw new Error('aborted');
    }
    await expect(uploadTo(opened, id, brokenOff())).rejects.toMatchObject({ code: 'library.uploadBroken' });
    expect(await stored()).toEqual([]);
    expect(await deeds()).toEqual(['library.created']);
    expect(newestOf(await opened.items.get(operator, id)).audio).toMatchObject({ state: 'none', uploaded: false });
  });

  it.each([
    ['a page', 'text/html', [Buffer.from('x')], 'library.uploadType'],
    ['nothing', 'audio/mpeg', [], 'library.uploadEmpty'],
    ['more than 100 MB', 'audio/mpeg', Array<Buffer>(101).fill(Buffer.alloc(1_000_000)), 'library.uploadTooLarge'],
  ] as const)('refuses %s, and records nothing', async (_, type, body, code) => {
    const { id } = await recording();
    async function* pieces() {
      yield* body;
    }
    await expect(uploadTo(opened, id, pieces(), type)).rejects.toMatchObject({ code });
    expect(await deeds()).toEqual(['library.created']);
  });

  it('what is announced as too large is refused before its first byte', async () => {
    const { id } = await recording();
    async function* untouched(): AsyncGenerator<Uint8Array> {
      yield await Promise.reject(new Error('it was read'));
    }
    const upload = { type: 'audio/mpeg', bytes: 200_000_000, body: untouched() };
    await expect(opened.uploads.upload(operator, id, upload)).rejects.toMatchObject({ code: 'library.uploadTooLarge' });
  });

  it('a file that is at fault is said to be so, once; the next upload is another matter', async () => {
    media.mishaps.push(() => Promise.reject(new MediaProblem('media.notAudio', 'text')));
    const { id } = await recording();
    await uploadTo(opened, id, inPieces(Buffer.from('chữ')));
    expect(await retried(id)).toMatchObject({
      status: 'draft',
      audio: {
        state: 'failed',
        sha256: null,
        problem: { code: 'media.notAudio', vi: expect.stringContaining('không phải tệp âm thanh') },
      },
    });
    expect(media.mishaps).toEqual([]);
    await expect(opened.approvals.submit(operator, id)).rejects.toMatchObject({ code: 'library.audioNotReady' });
    await uploadTo(opened, id, inPieces(wav()));
    expect((await retried(id)).audio).toMatchObject({ state: 'ready', problem: null });
  });

  it('a tool that crashes is given further attempts', async () => {
    media.mishaps.push(
      () => Promise.reject(new MediaProblem('media.toolFailed', 'signal 11')),
      () => Promise.reject(new Error('ENOSPC')),
    );
    const { id } = await opened.create(operator);
    expect((await retried(id)).audio.state).toBe('ready');
  });

  it('in the end it is said, and saving the same text again tries again', async () => {
    for (let attempt = 0; attempt < 5; attempt++) media.mishaps.push(() => Promise.reject(new Error('ENOSPC')));
    const { id } = await opened.create(operator, { text: 'một' });
    expect((await retried(id)).audio).toMatchObject({ state: 'failed', problem: { code: 'media.toolFailed' } });
    await opened.items.setText(operator, id, 'một');
    expect(await retried(id)).toMatchObject({ n: 1, audio: { state: 'ready' } });
  });

  it('a process killed while it made audio: the next one makes it', async () => {
    media.mishaps.push(forever);
    const { id } = await opened.create(operator);
    const { audio } = await afterTheDeathOfTheFirst(id);
    expect(audio).toMatchObject({ state: 'ready', durationMs: 1_500 });
    const mp3 = await opened.audio.file(operator, id, { format: 'mp3' });
    expect(await stored()).toEqual([opened.store.path(audio.sha256 ?? ''), mp3.path].sort());
  });

  it('a process killed between store and database: the next one comes to the same end', async () => {
    const put = opened.store.put.bind(opened.store);
    const bothPut = signalled();
    let puts = 0;
    opened.store.put = async (source) => {
      const kept = await put(source);
      puts += 1;
      if (puts < 2) return kept;
      bothPut.reach();
      return forever();
    };
    const { id } = await opened.create(operator);
    await bothPut.reached;
    opened.store.put = put;
    const before = await stored();
    expect(before).toHaveLength(2);
    const { audio } = await afterTheDeathOfTheFirst(id);
    expect(audio.state).toBe('ready');
    expect(await stored()).toEqual(before);
  });

  it('a process killed in its last attempt: the audio is failed, with the reason, and saving again makes it', async () => {
    const deaths = Array.from({ length: 5 }, () => signalled());
    for (const { reach } of deaths)
      media.mishaps.push(() => {
        reach();
        return forever();
      });
    const { id } = await opened.create(operator);
    await deaths[0]?.reached;
    await opened.runner.stop();
    for (const { reached } of deaths.slice(1)) {
      const next = opened.newRunner({ leaseMs: LEASE_MS });
      opened.clock.advance(LEASE_MS + 1);
      await next.start({ concurrency: 1 });
      await reached;
      await next.stop();
    }
    const { audio } = await afterTheDeathOfTheFirst(id);
    expect(audio).toMatchObject({ state: 'failed', problem: { code: 'job.lost', vi: expect.stringMatching(/\S/) } });
    await opened.items.setText(operator, id, 'Kính thưa bà con!');
    expect((await afterTheDeathOfTheFirst(id)).audio.state).toBe('ready');
  });

  it('cancelled by its author, it is failed with that reason, and nothing else is touched', async () => {
    const begun = signalled();
    media.mishaps.push((signal) => {
      begun.reach();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cancelled'))));
    });
    const { id } = await opened.create(operator);
    await begun.reached;
    const [job] = await opened.database.read<{ id: string; owner_id: string }[]>((reader) =>
      reader.query('SELECT id, owner_id FROM jobs'),
    );
    expect(job?.owner_id).toBe(operator.accountId);
    expect(await opened.jobs.cancel(String(job?.id))).toBe(true);
    const { audio, status } = newestOf(await opened.settled(operator, id));
    expect(audio).toMatchObject({ state: 'failed', problem: { code: 'library.audioCancelled' } });
    expect(status).toBe('draft');
  });

  it('a service that stops while it makes audio goes on after the start', async () => {
    media.mishaps.push(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
    );
    const { id } = await opened.create(operator);
    expect((await afterTheDeathOfTheFirst(id)).audio.state).toBe('ready');
  });

  it('of two uploads the later counts, also when the earlier is ready last', async () => {
    const { id } = await recording();
    let goOn = () => {};
    media.mishaps.push(
      () =>
        new Promise<void>((resolve) => {
          goOn = resolve;
        }),
    );
    await uploadTo(opened, id, inPieces(wav(1_000)));
    while (media.mishaps.length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await uploadTo(opened, id, inPieces(wav(2_000)));
    while (newestOf(await opened.items.get(operator, id)).audio.state !== 'ready')
      await new Promise((resolve) => setTimeout(resolve, 5));
    const later = await opened.items.get(operator, id);
    goOn();
    expect(await opened.settled(operator, id)).toEqual(later);
    expect(media.produced).toBe(2);
  });
});

describeOnBothDatabases('audio of content, with real speech and ffmpeg', librarySuite, (open) => {
  let opened: OpenLibrary;
  beforeEach(async () => {
    const media = new MediaTools(silentLog);
    await media.start({ ffmpegPath: null, cacheDir: null });
    opened = await openLibrary(await open(), media);
  });
  afterEach(() => opened.close());

  it('a script is spoken, levelled, and can be heard', async () => {
    const { id } = await opened.create(operator, { text: 'Kính thưa bà con! Mời bà con đến họp ấp lúc bảy giờ tối.' });
    const { audio } = newestOf(await opened.settled(operator, id));
    expect(audio).toMatchObject({ state: 'ready', type: 'audio/ogg; codecs=opus', problem: null, uploaded: false });
    expect(audio.durationMs).toBeGreaterThan(2_000);
    expect(audio.loudness?.outputLufs).toBeCloseTo(-16, 0);
    const file = await opened.audio.file(operator, id, { format: 'opus' });
    expect(await opened.store.stat(file.sha256)).toEqual({ sha256: audio.sha256, bytes: audio.bytes });
  });

  it('case 4: only what is audio, whole and of known length becomes ready', async () => {
    const { id } = await opened.create(operator, { kind: 'recording', text: null });
    const audioOf = async (body: Uint8Array, type: string) => {
      await uploadTo(opened, id, inPieces(body), type);
      return newestOf(await opened.settled(operator, id)).audio;
    };
    expect(await audioOf(Buffer.from('Thông báo họp ấp.\n'.repeat(500)), 'audio/mpeg')).toMatchObject({
      state: 'failed',
      durationMs: null,
      problem: { code: 'media.notAudio' },
    });
    const whole = wav(3_000);
    expect(await audioOf(whole.subarray(0, whole.length / 2), 'audio/wav')).toMatchObject({
      state: 'failed',
      durationMs: null,
      problem: { code: 'media.truncated' },
    });
    expect(await audioOf(whole, 'application/octet-stream')).toMatchObject({ state: 'ready', problem: null });
    const { audio } = newestOf(await opened.items.get(operator, id));
    expect(Math.abs((audio.durationMs ?? 0) - 3_000)).toBeLessThanOrEqual(60);
  });
});
