import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { findFfmpeg } from '../../../media/index.js';
import { pngPart } from '../../../media/visual/testing/pictures.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { silentLog } from '../../platform/logging/index.js';
import { MediaTools } from '../audio/media.tools.js';
import {
  heard,
  inPieces,
  librarySuite,
  newestOf,
  type OpenLibrary,
  openLibrary,
  person,
} from '../library.spec-support.js';
import { itemView } from './item.api.js';

const operator = person('Chị Hoa', 'operator');
const colleague = person('Chị Lan', 'operator');
const approver = person('Anh Nam', 'approver');
const neighbour = person('Anh Tư', 'operator', '/p/an-phu/');

/** A grey picture, as a telephone may send it: with the place in it. */
function picture(width = 40, height = 30, grey = 0x80): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const rows = Buffer.alloc((width + 1) * height, grey);
  for (let row = 0; row < height; row++) rows[row * (width + 1)] = 0;
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngPart('IHDR', header),
    pngPart('tEXt', Buffer.from('GPS\0' + '11.53 106.88')),
    pngPart('IDAT', deflateSync(rows)),
    pngPart('IEND', Buffer.alloc(0)),
  ]);
}

let film = Buffer.alloc(0);
let song = Buffer.alloc(0);
beforeAll(async () => {
  const { path: ffmpeg } = await findFfmpeg();
  const folder = await mkdtemp(join(tmpdir(), 'vang-film-'));
  const make = async (name: string, ...args: string[]) => {
    await execa(ffmpeg, ['-v', 'error', '-nostdin', '-f', 'lavfi', '-i', ...args, join(folder, name)]);
    return readFile(join(folder, name));
  };
  film = await make('film.mp4', 'testsrc=s=160x90:r=5:d=2', '-c:v', 'libx264', '-pix_fmt', 'yuv420p');
  song = await make('song.mp4', 'sine=f=440:d=1', '-c:a', 'aac');
  await rm(folder, { recursive: true });
});

describeOnBothDatabases('pictures and videos for boards', librarySuite, (open) => {
  let opened: OpenLibrary;
  beforeEach(async () => {
    const media = new MediaTools(silentLog);
    await media.start({ ffmpegPath: null, cacheDir: null });
    opened = await openLibrary(await open(), media);
  });
  afterEach(() => opened.close());

  const create = (kind: 'picture' | 'video') => opened.create(operator, { kind, text: 'Ảnh chợ quê' });
  const send = (
    id: string,
    bytes: Buffer,
    { actor = operator, type = 'application/octet-stream', announced = null as number | null, name = '' } = {},
  ) => opened.visuals.upload(actor, id, { type, bytes: announced, body: inPieces(bytes) }, name);
  const stored = async (id: string, version?: number) =>
    readFile((await opened.visuals.file(operator, id, version)).path);

  it('a picture is kept clean, under its right name, and frozen by its approval', async () => {
    const { id } = await create('picture');
    const item = itemView.parse(await send(id, picture(), { type: 'image/jpeg', name: 'C:\\ảnh\\Chợ quê.JPG' }));
    expect(item).toMatchObject({ currentVersion: 1, status: 'draft', audioState: 'none' });
    expect(newestOf(item).content).toMatchObject({
      kind: 'picture',
      type: 'image/png',
      fileName: 'Chợ quê.png',
      width: 40,
      height: 30,
      durationMs: null,
    });
    expect((await stored(id)).includes('GPS')).toBe(false);
    const pending = await opened.approvals.submit(operator, id);
    expect(await opened.approvals.approve(approver, id, heard(pending))).toMatchObject({ approvedVersion: 1 });
    const next = await send(id, picture(50, 30));
    expect(next).toMatchObject({ currentVersion: 2, status: 'draft', approvedVersion: 1 });
    expect(next.versions[0]?.contentSha256).toBe(newestOf(pending).contentSha256);
    expect(newestOf(next).contentSha256).not.toBe(newestOf(pending).contentSha256);
  });

  it('an approver who looked at another picture approves nothing', async () => {
    const { id } = await create('picture');
    await send(id, picture());
    const seen = heard(await opened.approvals.submit(operator, id));
    await send(id, picture(50, 30));
    await opened.approvals.submit(operator, id);
    await expect(opened.approvals.approve(approver, id, seen)).rejects.toMatchObject({
      code: 'library.changedMeanwhile',
    });
  });

  it('every other file is a new version; the old ones are still shown; the same one changes nothing', async () => {
    const { id } = await create('picture');
    await send(id, picture(40, 30));
    const first = await stored(id);
    expect((await send(id, picture(40, 30))).currentVersion).toBe(1);
    expect((await send(id, picture(41, 30))).currentVersion).toBe(2);
    expect((await send(id, picture(42, 30), { actor: colleague })).versions.at(-1)).toMatchObject({
      n: 3,
      author: { name: 'Chị Lan' },
      content: { width: 42 },
    });
    const renamed = await opened.items.setText(operator, id, 'Chú thích khác');
    expect(newestOf(renamed)).toMatchObject({ n: 4, content: { width: 42 } });
    expect((await stored(id, 1)).equals(first)).toBe(true);
    expect((await stored(id, 4)).equals(await stored(id, 3))).toBe(true);
  });

  it('a video is measured and kept; its approval needs the file', async () => {
    const { id } = await create('video');
    await expect(opened.approvals.submit(operator, id)).rejects.toMatchObject({ code: 'library.fileMissing' });
    const { content } = newestOf(itemView.parse(await send(id, film, { type: 'video/mp4', name: 'hội làng.mp4' })));
    expect(content).toMatchObject({
      kind: 'video',
      type: 'video/mp4',
      fileName: 'hội làng.mp4',
      width: 160,
      height: 90,
    });
    expect(content?.kind === 'video' && content.durationMs).toBe(2_000);
    expect(await opened.approvals.submit(operator, id)).toMatchObject({ status: 'pending' });
    await expect(opened.visuals.file(neighbour, id, undefined)).rejects.toMatchObject({ code: 'library.itemUnknown' });
  });

  it('approved, it may be scheduled for boards, and is no sound; a text for boards likewise', async () => {
    const [photo, clip] = [(await create('picture')).id, (await create('video')).id];
    await send(photo, picture());
    await send(clip, film, { type: 'video/mp4' });
    const { id: words } = await opened.create(operator, { kind: 'boardText', text: 'Họp thôn' });
    const { id: draft } = await create('picture');
    await send(draft, picture());
    for (const id of [photo, clip, words])
      await opened.approvals.approve(approver, id, heard(await opened.approvals.submit(operator, id)));
    const ids = [photo, clip, words, draft, photo, 'no-such-item'];
    const found = await opened.database.read((reader) => opened.library.schedulable(reader, ids));
    expect([...found].map(([id, { visual, audio }]) => [id, visual, audio]).sort()).toEqual(
      [
        [photo, { kind: 'picture', durationMs: null }, undefined],
        [clip, { kind: 'video', durationMs: 2_000 }, undefined],
        [words, { kind: 'text', durationMs: null }, undefined],
      ].sort(),
    );
    expect(found.get(photo)).toMatchObject({ id: photo, version: 1, language: 'vi', approval: 'before' });
    expect(await opened.database.read((reader) => opened.library.airable(reader, ids))).toEqual(new Map());
    const inAll = await opened.database.read((reader) => opened.library.schedulableInAllLanguages(reader, ids));
    expect([...inAll.keys()].sort()).toEqual([photo, clip, words].sort());
  });

  it('many videos at once are packed one after the other, a bad one among them', async () => {
    const ids = await Promise.all([1, 2, 3].map(async () => (await create('video')).id));
    const [first = '', bad = '', last = ''] = ids;
    const ends = await Promise.allSettled([send(first, film), send(bad, song), send(last, film)]);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(ends[1]).toMatchObject({ reason: { code: 'video.noPicture', status: 422 } });
  });

  it('what is refused leaves the item and the store as they were', async () => {
    const [drawn, filmed] = [(await create('picture')).id, (await create('video')).id];
    const { id: script } = await opened.create(operator, { kind: 'boardText', text: 'Họp thôn' });
    const html = Buffer.from('<!doctype html><script>alert(1)</script>');
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>');
    const attempts: [() => Promise<unknown>, string][] = [
      [() => send(drawn, html, { type: 'text/html' }), 'library.mediaType'],
      [() => send(drawn, html, { type: 'image/png' }), 'picture.unknown'],
      [() => send(drawn, svg, { type: 'image/svg+xml' }), 'picture.unknown'],
      [() => send(drawn, film, { type: 'video/mp4' }), 'picture.unknown'],
      [() => send(drawn, picture().subarray(0, 60)), 'picture.truncated'],
      [() => send(drawn, Buffer.alloc(0)), 'library.uploadEmpty'],
      [() => send(drawn, picture(), { announced: 10_000_001 }), 'library.mediaTooLarge'],
      [() => send(drawn, Buffer.alloc(10_000_001)), 'library.mediaTooLarge'],
      [() => send(drawn, picture(), { actor: neighbour }), 'library.itemUnknown'],
      [() => send(drawn, picture(), { actor: approver }), 'right.missing'],
      [() => send(filmed, picture()), 'video.unknown'],
      [() => send(filmed, song), 'video.noPicture'],
      [() => send(filmed, film.subarray(0, film.length - 100)), 'video.truncated'],
      [() => send(filmed, Buffer.alloc(0)), 'library.uploadEmpty'],
      [() => send(script, picture()), 'library.kindWrong'],
      [() => opened.visuals.file(operator, drawn, undefined), 'library.mediaMissing'],
    ];
    for (const [attempt, code] of attempts) await expect(attempt()).rejects.toMatchObject({ code });
    const broken = async function* () {
      yield picture().subarray(0, 50);
      throw new Error('connection lost');
    };
    for (const id of [drawn, filmed])
      await expect(
        opened.visuals.upload(operator, id, { type: 'image/png', bytes: null, body: broken() }),
      ).rejects.toMatchObject({ code: 'library.uploadBroken' });
    for (const id of [drawn, filmed])
      expect(await opened.items.get(operator, id)).toMatchObject({ currentVersion: 1, versions: [{ content: null }] });
  });

  it('sound is not uploaded to a picture, nor is a picture spoken', async () => {
    const { id } = await create('picture');
    const upload = { type: 'audio/wav', bytes: null, body: inPieces(Buffer.alloc(10)) };
    await expect(opened.uploads.upload(operator, id, upload)).rejects.toMatchObject({ code: 'library.kindWrong' });
    await expect(opened.items.setSpeech(operator, id, null)).rejects.toMatchObject({ code: 'library.kindWrong' });
  });
});
