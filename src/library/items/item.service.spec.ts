import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { schemaDrift } from '../../platform/database/index.js';
import { LONGEST_TEXT } from '../engine/script-text.js';
import {
  heard,
  librarySuite,
  newestOf,
  type OpenLibrary,
  openLibrary,
  person,
  script,
} from '../library.spec-support.js';
import { newItem } from './item.api.js';
import { sha256Of } from './item.versions.js';

const operator = person('Chị Hoa', 'operator');
const approver = person('Anh Nam', 'approver');
const neighbour = person('Anh Tư', 'operator', '/p/an-phu/');

describeOnBothDatabases('library', librarySuite, (open) => {
  let opened: OpenLibrary;
  beforeEach(async () => {
    opened = await openLibrary(await open());
  });
  afterEach(() => opened.close());

  const approved = async (title: string, planLineId: string | null = null) => {
    const item = await opened.create(operator, { title, planLineId, text: title });
    await opened.settled(operator, item.id);
    const pending = await opened.approvals.submit(operator, item.id);
    return opened.approvals.approve(approver, item.id, heard(pending));
  };

  it('has the tables that the entities describe', async () => expect(await schemaDrift(opened.database)).toEqual([]));

  it('case 5: a new script is a draft with its audio under way, and may not go on air', async () => {
    const item = await opened.create(operator);
    expect(item).toMatchObject({ status: 'draft', audioState: 'rendering', currentVersion: 1, approvedVersion: null });
    const ready = await opened.settled(operator, item.id);
    expect(ready).toMatchObject({ status: 'draft', audioState: 'ready', approvedVersion: null });
    expect(await opened.database.read((reader) => opened.library.airable(reader, [item.id]))).toEqual(new Map());
  });

  it('case 21: the same text in NFC and NFD has the same hash, and is no new version', async () => {
    const text = 'Bà con ấp Đồng Tâm đến trụ sở Ủy ban';
    const item = await opened.create(operator, { text: text.normalize('NFD') });
    expect(newestOf(item)).toMatchObject({ text: text.normalize('NFC'), textSha256: sha256Of(text.normalize('NFC')) });
    expect((await opened.items.setText(operator, item.id, `${text}\r\n`)).versions).toHaveLength(1);
  });

  it.each([
    ['no text', ' \u0000\n', 'library.textEmpty'],
    ['too much text', 'a'.repeat(LONGEST_TEXT + 1), 'library.textTooLong'],
  ])('refuses %s, and records nothing', async (_, text, code) => {
    await expect(opened.create(operator, { text })).rejects.toMatchObject({ code });
    expect(await opened.search.list(operator, {})).toEqual([]);
  });

  it('refuses a title without a letter', async () =>
    expect(opened.create(operator, { title: ' \u0007 ' })).rejects.toMatchObject({ code: 'library.titleEmpty' }));

  it('another text is a new version; the old one stays readable', async () => {
    const { id } = await opened.create(operator, { text: 'một' });
    const edited = await opened.items.setText(operator, id, 'hai');
    expect(edited).toMatchObject({ currentVersion: 2, status: 'draft', audioState: 'rendering' });
    expect(edited.versions.map(({ n, text }) => [n, text])).toEqual([
      [1, 'một'],
      [2, 'hai'],
    ]);
  });

  it('of two who edit at the same moment, both are kept as versions', async () => {
    const { id } = await opened.create(operator);
    await Promise.all(['một', 'hai', 'ba'].map((text) => opened.items.setText(operator, id, text)));
    const { versions, currentVersion } = await opened.items.get(operator, id);
    expect(currentVersion).toBe(4);
    expect(new Set(versions.slice(1).map(({ text }) => text))).toEqual(new Set(['một', 'hai', 'ba']));
  });

  it('a script in a language without a voice waits for a person who reads it', async () => {
    const { versions } = await opened.create(operator, { language: 'mnn', text: 'Ơ mpôl băl' });
    expect(versions[0]?.audio).toMatchObject({ state: 'none', problem: { code: 'speech.languageUnsupported' } });
  });

  it('case 20: titles are found by words, with and without diacritics', async () => {
    for (const title of ['Vay vốn nuôi dê ở Đắk Nông', 'Nuôi dê 100% vốn', 'Nước sạch'])
      await opened.create(operator, { title });
    const found = async (search: string) => (await opened.search.list(operator, { search })).map(({ title }) => title);
    expect(await found('dak NONG')).toEqual(['Vay vốn nuôi dê ở Đắk Nông']);
    expect(await found('de nuoi von')).toEqual(['Nuôi dê 100% vốn', 'Vay vốn nuôi dê ở Đắk Nông']);
    expect(await found('sạch')).toEqual(['Nước sạch']);
    expect(await found('100%')).toEqual(['Nuôi dê 100% vốn']);
    expect(await found('\\')).toHaveLength(3);
    expect(await found("'; --")).toHaveLength(3);
  });

  it('lists by status, area and plan line, the newest first', async () => {
    const air = await approved('một', 'line-1');
    const draft = await opened.create(operator, { title: 'hai', areaId: 'ap-1' });
    const ids = async (query: object) => (await opened.search.list(operator, query)).map(({ id }) => id);
    expect(await ids({})).toEqual([draft.id, air.id]);
    expect(await ids({ status: 'approved' })).toEqual([air.id]);
    expect(await ids({ planLineId: 'line-1' })).toEqual([air.id]);
    expect(await ids({ areaId: 'ap-1' })).toEqual([draft.id]);
  });

  it('who may not see an item learns nothing of it', async () => {
    const { id } = await opened.create(operator);
    const unknown = { code: 'library.itemUnknown', status: 404 };
    for (const attempt of [
      () => opened.items.get(neighbour, id),
      () => opened.items.setText(neighbour, id, 'hai'),
      () => opened.audio.file(neighbour, id, { format: 'opus' }),
      () => opened.approvals.submit(neighbour, id),
      () => opened.items.get(operator, 'no-such-item'),
    ])
      await expect(attempt()).rejects.toMatchObject(unknown);
    expect(await opened.search.list(neighbour, {})).toEqual([]);
    await expect(opened.create(neighbour)).rejects.toMatchObject({ code: 'area.unknown' });
  });

  it('who may see but not write is told so', async () => {
    const { id } = await opened.create(operator);
    const monitor = person('Cô Ba', 'monitor');
    await expect(opened.items.setText(monitor, id, 'hai')).rejects.toMatchObject({ code: 'right.missing' });
    await expect(opened.create(monitor)).rejects.toMatchObject({ code: 'right.missing' });
  });

  it('finds for other rooms what is approved under a title, of the area or of one above it', async () => {
    const first = await approved('Tiêm chủng');
    const second = await approved('Tiêm chủng');
    await approved('Vay vốn');
    await opened.create(operator, { title: 'Tiêm chủng' });
    const titled = (path: string, ...titles: string[]) =>
      opened.database.read(async (reader) => [
        ...(await opened.library.schedulableTitled(reader, path, titles)).keys(),
      ]);
    const { areaPath } = await opened.database.read((reader) => opened.library.seen(reader, operator, first.id));
    expect((await titled(areaPath, 'Tiêm chủng')).sort()).toEqual([first.id, second.id].sort());
    expect(await titled(`${areaPath}thon-1/`, 'Tiêm chủng')).toHaveLength(2);
    expect(await titled(`${areaPath.slice(0, areaPath.slice(0, -1).lastIndexOf('/') + 1)}`, 'Tiêm chủng')).toEqual([]);
    expect(await titled(areaPath, 'tiêm chủng', 'Tiêm')).toEqual([]);
    expect(await titled(areaPath)).toEqual([]);
  });

  it('gives other rooms what may go on air, and the items of a plan line', async () => {
    const first = await approved('một', 'line-1');
    const draft = await opened.create(operator, { title: 'hai', planLineId: 'line-1' });
    await opened.database.read(async (reader) => {
      const airable = await opened.library.airable(reader, [first.id, draft.id, first.id, 'no-such-item']);
      expect([...airable.keys()]).toEqual([first.id]);
      expect(airable.get(first.id)).toEqual({
        id: first.id,
        groupId: first.id,
        version: 1,
        title: 'một',
        validFrom: null,
        validTo: null,
        approval: 'before',
        language: 'vi',
        textSha256: sha256Of('một'),
        planLineId: 'line-1',
        areaId: 'an-khuong',
        audio: {
          sha256: heard(first).audioSha256,
          bytes: expect.any(Number),
          type: 'audio/ogg; codecs=opus',
          durationMs: 1_500,
        },
      });
      expect(await opened.library.itemsOfLine(reader, 'line-1')).toEqual([
        { id: first.id, title: 'một', language: 'vi', areaPath: expect.any(String), approvedVersion: 1 },
        { id: draft.id, title: 'hai', language: 'vi', areaPath: expect.any(String), approvedVersion: null },
      ]);
    });
  });

  it('a request has its defaults, and no more than the schema knows', () =>
    expect(newItem.parse({ ...script(), status: 'approved' })).toEqual({
      kind: 'script',
      byline: '',
      languageOf: null,
      speech: null,
      sponsor: '',
      thirdParty: null,
      validFrom: null,
      validTo: null,
      areaId: 'an-khuong',
      title: 'Vay vốn nuôi dê',
      text: 'Kính thưa bà con!',
      topic: '',
      field: 1,
      audience: [],
      form: '',
      language: 'vi',
      programme: '',
      sourceOffice: '',
      planLineId: null,
    }));
});
