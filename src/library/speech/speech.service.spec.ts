import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CHIMES } from '../../../media/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { silentLog } from '../../platform/logging/index.js';
import { MediaTools } from '../audio/media.tools.js';
import { librarySuite, newestOf, type OpenLibrary, openLibrary, person } from '../library.spec-support.js';
import { previewRequest, voicesView } from './speech.api.js';

const operator = person('Chị Hoa', 'operator');
const monitor = person('Anh Tư', 'monitor');

/** Samples of a plain WAV, in milliseconds. */
const durationOf = (wav: Buffer): number => ((wav.length - 44) / 2 / wav.readUInt32LE(24)) * 1_000;

describeOnBothDatabases('hearing a text before it is levelled, with a real voice', librarySuite, (open) => {
  let opened: OpenLibrary;
  let cacheDir: string;
  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'vang-voice-'));
    const media = new MediaTools(silentLog);
    await media.start({ ffmpegPath: null, cacheDir });
    opened = await openLibrary(await open(), media);
  });
  afterAll(async () => {
    await opened.close();
    await rm(cacheDir, { recursive: true, force: true });
  });

  async function heard(text: string, speech: object | null = null, actor = operator): Promise<Buffer> {
    let wav = Buffer.alloc(0);
    const request = previewRequest.parse({ areaId: 'an-khuong', text, speech });
    await opened.speech.preview(actor, request, new AbortController().signal, async (path) => {
      wav = await readFile(path);
    });
    return wav;
  }

  it('a sentence is heard, read as the reader says', async () => {
    const digits = await heard('Họp lúc 19:30 ngày 5/3.');
    expect(digits.toString('latin1', 0, 4)).toBe('RIFF');
    expect(durationOf(digits)).toBeGreaterThan(1_500);
  });

  it('slow speech, reading twice and chimes are settings', async () => {
    const text = 'Kính thưa bà con!';
    const usual = durationOf(await heard(text));
    expect(durationOf(await heard(text, { rate: 0.7 }))).toBeGreaterThan(usual * 1.15);
    expect(durationOf(await heard(text, { repeat: 2 }))).toBeGreaterThan(usual * 2);
    expect(durationOf(await heard(text, { chimeBefore: CHIMES[0], chimeAfter: CHIMES[0] }))).toBeGreaterThan(
      usual + 2_000,
    );
  });

  it('another accent sounds otherwise; the voices are listed', async () => {
    const { voices, chimes } = voicesView.parse(opened.speech.voices());
    expect(voices.map(({ accent }) => accent)).toEqual(['north', 'central', 'south']);
    expect(chimes).toEqual([...CHIMES]);
    const south = voices.find(({ accent }) => accent === 'south');
    expect(await heard('Kính thưa bà con!', { voice: south?.id })).not.toEqual(await heard('Kính thưa bà con!'));
  });

  it('a saved script is heard by its item, and the levelled audio says what was said and when', async () => {
    const { id } = await opened.create(operator, { text: 'UBND xã thông báo. Mời bà con đến họp.' });
    let bytes = 0;
    await opened.speech.previewVersion(monitor, id, undefined, new AbortController().signal, async (path) => {
      bytes = (await readFile(path)).length;
    });
    expect(bytes).toBeGreaterThan(44);
    const { audio } = newestOf(await opened.settled(operator, id));
    expect(audio.spoken).toHaveLength(2);
    expect(audio.spoken?.[0]?.said).toMatch(/[Ủủ]y ban nhân dân xã thông báo/);
    expect(audio.spoken?.[1]?.endMs).toBeLessThanOrEqual((audio.durationMs ?? 0) + 500);
    expect(audio.peaks?.length).toBeGreaterThan(10);
    expect(audio.sound?.verdict).toEqual([]);
  });

  it('a chime nobody knows, an unknown voice, and a text without words are refused with their reason', async () => {
    expect(previewRequest.safeParse({ areaId: 'a', text: 'a', speech: { chimeBefore: 'còi' } }).success).toBe(false);
    await expect(heard('Kính thưa!', { voice: 'không-có' })).rejects.toMatchObject({
      code: 'speech.languageUnsupported',
    });
    await expect(heard('!!!')).rejects.toMatchObject({ code: 'speech.textEmpty' });
    await expect(heard(' ')).rejects.toMatchObject({ code: 'library.textEmpty' });
    await expect(heard('Kính thưa!', null, monitor)).rejects.toMatchObject({ code: 'right.missing' });
  });
});
