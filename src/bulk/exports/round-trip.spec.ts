import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { readArchive } from '../../../documents/index.js';
import { documentFolder } from '../../../documents/testing/folder.js';
import { zip } from '../../../documents/testing/zip.js';
import { png } from '../../../media/visual/testing/pictures.js';
import { BulkRoom, everyTable, Item, ItemVersion, type ItemView, told, wav } from '../../../test/support/bulk-room.js';
import { createPostgresDatabase, describeOnBothDatabases } from '../../../test/support/databases.js';
import type { ArchivedItem } from '../../library/index.js';
import { Database, newId } from '../../platform/database/index.js';
import { silentLog } from '../../platform/logging/index.js';
import { EXPORT_KEPT_MS } from '../engine/limits.js';
import { ExportService } from '../index.js';
import { libraryFile } from '../library-file.js';
import type { ExportView } from './export.api.js';

/** A database of the kind that the suite does not run on. */
async function otherKind(database: Database, folder: string): Promise<Database> {
  const place =
    database.kind === 'sqlite'
      ? { url: await createPostgresDatabase(`vang_${newId()}`) }
      : { file: join(folder, `${newId()}.db`) };
  const other = new Database({ ...everyTable, ...place }, silentLog);
  await other.start();
  return other;
}

/** Everything in an archive, by name. */
async function unpacked(bytes: Uint8Array): Promise<Map<string, Buffer>> {
  const folder = await documentFolder();
  const files = new Map<string, Buffer>();
  await readArchive({
    path: await folder.put(bytes),
    onEntry: async (entry) => {
      files.set(entry.name, await buffer(await entry.open()));
    },
    onRefused: ({ name, code }) => {
      throw new Error(`${name}: ${code}`);
    },
  });
  await folder.remove();
  return files;
}

const library = (files: ReadonlyMap<string, Buffer>) =>
  libraryFile.parse(JSON.parse(String(files.get('vang-library.json'))));

/** What an item says, without the ids and decisions of the place where it is. */
const said = (items: readonly ArchivedItem[]) =>
  items
    .map(({ id: _id, groupId, origin: _origin, approvedVersion: _approved, planLineId: _line, versions, ...rest }) => ({
      ...rest,
      group: items
        .filter((each) => each.groupId === groupId)
        .map(({ language }) => language)
        .sort(),
      versions: versions.map(
        ({ status: _s, statusReason: _r, approverName: _a, onBehalfOf: _o, decidedAtMs: _d, ...version }) => version,
      ),
    }))
    .sort((a, b) => title(a).localeCompare(title(b)));
const title = ({ versions }: Pick<ArchivedItem, 'versions'> | { versions: { metadata: { title: string } }[] }) =>
  versions.at(-1)?.metadata.title ?? '';

describeOnBothDatabases('a library goes elsewhere and comes back', everyTable, (open) => {
  let folder: string;
  let here: BulkRoom;
  let there: BulkRoom;
  let other: Database;
  const sound = Buffer.concat([Buffer.from('OggS'), randomBytes(90_000)]);
  const recorded = wav(1_500);
  const drawing = png({ width: 2, height: 1, raw: Buffer.from([0, 10, 200]) });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vang-round-'));
    const database = await open();
    other = await otherKind(database, folder);
    here = await BulkRoom.open(database);
    there = await BulkRoom.open(other);
    await fill(here);
  });
  afterAll(async () => {
    await here.close();
    await there.close();
    await other.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Two versions, one of them approved, with sound; two languages; a recording; a relay; a text that looks like a formula. */
  async function fill(room: BulkRoom): Promise<void> {
    const areaId = (await room.station.area('ak')).id;
    const create = async (request: object) =>
      (await room.as<ItemView>('hoa', 'POST', '/api/items', { areaId, ...request })).body;
    const first = await create({
      kind: 'script',
      title: 'Vay vốn nuôi dê',
      text: 'Kính thưa bà con!',
      topic: 'vốn vay',
    });
    await room.as('hoa', 'PUT', `/api/items/${first.id}/text`, { text: 'Kính thưa bà con, có vốn mới!' });
    await create({ kind: 'script', title: 'Bản Stiêng', text: 'Bunuh', language: 'sti', languageOf: first.id });
    await create({ kind: 'boardText', title: '=HYPERLINK("http://x")', text: '@họp' });
    await create({ kind: 'relay', title: 'Tiếp âm đài tỉnh', streamUrl: 'https://radio.example.vn/live' });
    await room.imported({ 'Ca khuc.wav': recorded });
    const picture = await create({ kind: 'picture', title: 'Tranh cổ động' });
    const drawn = await fetch(`${room.station.http}/api/items/${picture.id}/media`, {
      method: 'POST',
      headers: { ...room.headers('hoa'), 'content-type': 'image/png' },
      body: new Uint8Array(drawing),
    });
    expect(drawn.ok).toBe(true);
    const { store } = room.station.platform;
    const { sha256, bytes } = await store.put(sound);
    const mp3 = await store.put(Buffer.concat([Buffer.from('ID3'), sound]));
    await room.station.database.write(async ({ manager }) => {
      const made = { audioState: 'ready', audioSha256: sha256, audioBytes: bytes, audioDurationMs: 1_500 } as const;
      const more = {
        audioType: 'audio/ogg; codecs=opus',
        mp3Sha256: mp3.sha256,
        mp3Bytes: mp3.bytes,
        peaks: [0, 50, 100],
      };
      const decided = {
        status: 'approved',
        approverId: 'x',
        approverName: 'Anh Nam',
        decidedAtMs: 1_767_578_400_000,
      } as const;
      await manager.update(ItemVersion, { itemId: first.id, n: 2 }, { ...made, ...more, ...decided });
      await manager.update(Item, { id: first.id }, { approvedVersion: 2, planLineId: 'line-1' });
    });
  }

  const fileOf = async (room: BulkRoom, { id }: ExportView) =>
    Buffer.from(await (await room.fetchAs('tinh', `/api/exports/${id}/file`)).arrayBuffer());

  it('the export holds everything, named by hash, and a table that no spreadsheet takes for formulas', async () => {
    const view = await here.exported('tinh', 'bp');
    expect(view).toMatchObject({ state: 'done', items: 6, fileName: 'vang-bp-20260105.zip' });
    const bytes = await fileOf(here, view);
    expect(view.bytes).toBe(bytes.length);
    expect(bytes.toString('latin1', 30, 47)).toBe('vang-library.json');
    const files = await unpacked(bytes);
    for (const [name, content] of files)
      if (name.includes('/')) expect(name).toContain(createHash('sha256').update(content).digest('hex'));
    expect([...files.keys()].map((name) => name.replace(/[0-9a-f]{64}/, '#')).sort()).toEqual([
      'README.txt',
      'audio/#.mp3',
      'audio/#.ogg',
      'media/#',
      'muc-luc.csv',
      'uploads/#',
      'vang-library.json',
    ]);
    const { items, area } = library(files);
    expect(area).toEqual({ code: 'bp', name: 'Bình Phước' });
    expect(items.find((each) => title(each) === 'Vay vốn nuôi dê')).toMatchObject({
      areaCode: 'ak',
      approvedVersion: 2,
      versions: [
        { n: 1, text: 'Kính thưa bà con!', status: 'draft', audio: null },
        { n: 2, authorName: 'hoa', approverName: 'Anh Nam', audio: { bytes: sound.length, durationMs: 1_500 } },
      ],
    });
    const table = String(files.get('muc-luc.csv'));
    expect(table.charCodeAt(0)).toBe(0xfeff);
    expect(table).toContain(`"'=HYPERLINK(""http://x"")"`);
    expect(String(files.get('README.txt'))).toContain('6 nội dung, kèm âm thanh');
  });

  it('elsewhere it is the same content byte for byte, and nobody has approved it', async () => {
    const bytes = await fileOf(here, await here.exported('tinh', 'bp'));
    const { view, lines } = await there.imported({ 'thu-vien.zip': bytes }, { login: 'tinh', area: 'bp' });
    expect([view.state, view.counts]).toEqual(['done', { waiting: 0, done: 7, refused: 0, duplicate: 0 }]);
    const line = lines.find(({ name }) => name === 'Vay vốn nuôi dê');
    expect(line?.notes.map(({ code }) => code)).toEqual([
      'approvedElsewhere',
      'planLineDropped',
      'olderStatusesDropped',
    ]);
    expect(line?.notes[0]?.vi).toContain('Anh Nam, 05/01/2026');
    const item = (await there.as<ItemView>('tinh', 'GET', `/api/items/${line?.itemId}`)).body;
    expect(item).toMatchObject({ status: 'draft', approvedVersion: null, planLineId: null, currentVersion: 2 });
    expect(item.versions.map(({ status, author }) => [status, author.name])).toEqual([
      ['withdrawn', 'hoa'],
      ['draft', 'hoa'],
    ]);
    expect(item.siblings.map(({ language }) => language)).toEqual(['sti']);
    const heard = await there.fetchAs('tinh', `/api/items/${item.id}/audio`);
    expect(Buffer.from(await heard.arrayBuffer()).equals(sound)).toBe(true);
    const origin = await there.as('tinh', 'GET', `/api/imports/origins/${item.id}`);
    expect(origin.body).toMatchObject({ decisions: [{ version: 2, status: 'approved', approverName: 'Anh Nam' }] });

    const back = await unpacked(await fileOf(there, await there.exported('tinh', 'bp')));
    const sent = await unpacked(bytes);
    expect(said(library(back).items)).toEqual(said(library(sent).items));
    for (const [name, content] of sent) if (name.includes('/')) expect(back.get(name)?.equals(content)).toBe(true);
  });

  it('twice is once: there, back home, and from there to itself', async () => {
    const states = (lines: readonly { kind: string; state: string }[]) =>
      new Set(lines.filter(({ kind }) => kind === 'item').map(({ state }) => state));
    const fromHere = await fileOf(here, await here.exported('tinh', 'bp'));
    const again = await there.imported({ 'lan-hai.zip': fromHere }, { login: 'tinh', area: 'bp' });
    expect(states(again.lines)).toEqual(new Set(['duplicate']));
    const home = await here.imported({ 've-nha.zip': fromHere }, { login: 'tinh', area: 'bp' });
    expect(states(home.lines)).toEqual(new Set(['duplicate']));
    const fromThere = await fileOf(there, await there.exported('tinh', 'bp'));
    const returned = await here.imported({ 'tu-noi-khac.zip': fromThere }, { login: 'tinh', area: 'bp' });
    expect(states(returned.lines)).toEqual(new Set(['duplicate']));
  });

  it('who brings it in is its author and cannot approve it', async () => {
    const bytes = await fileOf(here, await here.exported('tinh', 'bp'));
    const { lines } = await there.imported({ 'lai.zip': bytes }, { login: 'tinh', area: 'bp' });
    const { itemId } = lines.find(({ name }) => name === 'Vay vốn nuôi dê') ?? {};
    const item = (await there.as<ItemView>('tinh', 'GET', `/api/items/${itemId}`)).body;
    const me = (await there.as<{ accountId: string }>('tinh', 'GET', '/api/me')).body;
    expect(new Set(item.versions.map(({ author }) => author.id))).toEqual(new Set([me.accountId]));
  });

  it('a file that was changed on the way, or is missing, costs only the item that it belongs to', async () => {
    const files = await unpacked(await fileOf(here, await here.exported('tinh', 'bp')));
    const changed = Object.fromEntries(
      [...files].flatMap(([name, content]) => {
        if (name.startsWith('uploads/')) return [];
        if (name.endsWith('.ogg')) return [[name, Buffer.from('OggS something else')] as const];
        // Another author's words under the same hash.
        if (name === 'vang-library.json')
          return [[name, Buffer.from(String(content).replace('@họp', '@nghỉ'))] as const];
        return [[name, content] as const];
      }),
    );
    const { lines } = await there.imported({ 'sua.zip': await zip(changed) }, { login: 'tinh', area: 'ap' });
    const byName = new Map(told(lines).map(([name, state, code]) => [name, [state, code]]));
    expect(byName.get('Vay vốn nuôi dê')).toEqual(['refused', 'bulk.hashMismatch']);
    expect(byName.get('Ca khuc')).toEqual(['refused', 'bulk.fileMissing']);
    expect(byName.get('=HYPERLINK("http://x")')).toEqual(['refused', 'library.archiveWrong']);
    expect(byName.get('Tiếp âm đài tỉnh')).toEqual(['done', null]);
    const relay = lines.find(({ name }) => name === 'Tiếp âm đài tỉnh');
    expect(relay?.notes).toEqual([
      { code: 'areaUnknown', vi: expect.stringContaining('An Khương'), en: expect.any(String) },
    ]);
  });

  it('a picture that carries more than a picture is refused, however well its hash fits', async () => {
    const files = await unpacked(await fileOf(here, await here.exported('tinh', 'bp')));
    const [name = '', clean = Buffer.alloc(0)] = [...files].find(([path]) => path.startsWith('media/')) ?? [];
    const dirty = Buffer.concat([clean, Buffer.from('<script>')]);
    const hash = createHash('sha256').update(dirty).digest('hex');
    const text = String(files.get('vang-library.json'))
      .replaceAll(name.slice('media/'.length), hash)
      .replace(`"bytes":${clean.length},"fileName"`, `"bytes":${dirty.length},"fileName"`);
    const { lines } = await there.imported(
      { 'tranh.zip': await zip({ ...Object.fromEntries(files), 'vang-library.json': text, [`media/${hash}`]: dirty }) },
      { login: 'tinh', area: 'ap' },
    );
    const line = lines.find(({ name: shown }) => shown === 'Tranh cổ động');
    expect([line?.state, line?.problem?.code]).toEqual(['refused', 'library.archiveWrong']);
  });

  it.each([
    ['no JSON', 'không phải JSON'],
    ['a newer format', '{"format":"vang-library","version":2,"items":[\n]}\n'],
    ['cut off', '{"format":"vang-library"'],
  ])('%s: the whole of it is refused', async (_what, text) => {
    const { lines } = await there.imported(
      { 'la.zip': await zip({ 'vang-library.json': text, 'bai.txt': 'Bài' }) },
      { login: 'tinh', area: 'ap' },
    );
    expect(told(lines)).toEqual([['la.zip', 'refused', 'bulk.libraryUnreadable']]);
  });

  it('only what is on air, and without sound, if that is wanted', async () => {
    const view = await here.exported('tinh', 'bp', { approvedOnly: true, includeAudio: false });
    const files = await unpacked(await fileOf(here, view));
    expect([...files.keys()]).toEqual(['vang-library.json', 'muc-luc.csv', 'README.txt']);
    expect(library(files).items.map(title)).toEqual(['Vay vốn nuôi dê']);
    expect((await here.exported('tinh', 'ap')).items).toBe(0);
  });

  it('an export that is cancelled leaves nothing, and closes what it had open', async () => {
    const { store } = here.station.platform;
    const areaId = (await here.station.area('bp')).id;
    const streams: ReadStream[] = [];
    const opening = jest.spyOn(store, 'open').mockImplementation(async (sha256) => {
      const stream = createReadStream(store.path(sha256), { highWaterMark: 512 });
      streams.push(stream);
      const { jobId } = (await here.as<ExportView[]>('tinh', 'GET', '/api/exports?limit=1')).body[0] ?? {};
      await here.as('tinh', 'POST', `/api/jobs/${jobId}/cancel`);
      return stream;
    });
    const { id } = (await here.as<ExportView>('tinh', 'POST', '/api/exports', { areaId })).body;
    await here.runner.idle();
    opening.mockRestore();
    const view = (await here.as<ExportView>('tinh', 'GET', `/api/exports/${id}`)).body;
    expect([view.state, view.bytes]).toEqual(['stopped', null]);
    expect(streams.length).toBeGreaterThan(0);
    for (const stream of streams) expect(stream.destroyed).toBe(true);
    const file = await here.as('tinh', 'GET', `/api/exports/${id}/file`);
    expect([file.status, file.body.code]).toEqual([409, 'bulk.exportNotReady']);
  });

  it('a neighbour of the same installation gets a copy of its own', async () => {
    const bytes = await fileOf(here, await here.exported('tinh', 'ak'));
    const { lines } = await here.imported({ 'xa-ban.zip': bytes }, { login: 'tinh', area: 'ap' });
    expect(new Set(lines.map(({ state }) => state))).toEqual(new Set(['done']));
  });

  it('is fetched in parts, by those who may see the area, for seven days', async () => {
    const view = await here.exported('tinh', 'bp');
    const whole = await fileOf(here, view);
    const part = await here.fetchAs('tinh', `/api/exports/${view.id}/file`, { range: 'bytes=100-199' });
    expect([part.status, part.headers.get('content-disposition')]).toEqual([
      206,
      'attachment; filename="vang-bp-20260105.zip"',
    ]);
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(100, 200))).toBe(true);
    expect((await here.as('phu', 'GET', `/api/exports/${view.id}`)).status).toBe(404);
    expect((await here.as('phu', 'POST', '/api/exports', { areaId: view.areaId })).status).toBe(404);
    const exports = here.station.get(ExportService);
    expect(await exports.forgetOld()).toBe(0);
    here.station.clock.advance(EXPORT_KEPT_MS);
    expect(await exports.forgetOld()).toBeGreaterThan(0);
  });
});
