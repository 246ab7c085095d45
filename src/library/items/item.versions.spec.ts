import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { readVietnamese } from '../../../media/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { LONGEST_TEXT } from '../engine/script-text.js';
import { USUAL_SPEECH } from '../engine/speech-choice.js';
import {
  heard,
  inPieces,
  librarySuite,
  newestOf,
  type OpenLibrary,
  openLibrary,
  person,
  wav,
} from '../library.spec-support.js';
import { type ItemView, itemView, metadataChange, versionList, versionView } from './item.api.js';
import { MOST_VERSIONS } from './item.queries.js';

const operator = person('Chị Hoa', 'operator');
const colleague = person('Chị Lan', 'operator');
const approver = person('Anh Nam', 'approver');
const neighbour = person('Anh Tư', 'operator', '/p/an-phu/');
const office = person('Phòng VH&TT', 'contentOffice', '/p/');
const leader = person('Trưởng phòng', 'approver', '/p/');

describeOnBothDatabases('versions of an item', librarySuite, (open) => {
  let opened: OpenLibrary;
  beforeEach(async () => {
    opened = await openLibrary(await open());
  });
  afterEach(() => opened.close());

  const metadata = (changes: object) => metadataChange.parse({ title: 'Vay vốn nuôi dê', ...changes });
  const recording = (bytes: Buffer) => ({ type: 'audio/webm', bytes: null, body: inPieces(bytes) });
  const sound = async (id: string, version: number) =>
    readFile((await opened.audio.file(operator, id, { version, format: 'opus' })).path, 'latin1');

  it('words, metadata, speech and voice change; every old version is read and heard as it was', async () => {
    const { id } = await opened.create(operator, { text: 'một' });
    const steps: (() => Promise<unknown>)[] = [
      () => opened.items.setText(operator, id, 'hai'),
      () => opened.items.setMetadata(operator, id, metadata({ title: 'Tên mới', sponsor: 'NHCSXH' })),
      () => opened.items.setSpeech(operator, id, { ...USUAL_SPEECH, repeat: 2 }),
      () => opened.uploads.upload(operator, id, recording(wav()), 'Chị Hạnh'),
      () => opened.items.setText(colleague, id, 'ba'),
    ];
    const before = [newestOf(await opened.settled(operator, id))];
    const sounds = [await sound(id, 1)];
    for (const step of steps) {
      await step();
      before.push(newestOf(await opened.settled(operator, id)));
      sounds.push(await sound(id, before.length));
    }
    expect(before.map(({ n, text, author }) => [n, text, author.name])).toEqual([
      [1, 'một', 'Chị Hoa'],
      [2, 'hai', 'Chị Hoa'],
      [3, 'hai', 'Chị Hoa'],
      [4, 'hai', 'Chị Hoa'],
      [5, 'hai', 'Chị Hoa'],
      [6, 'ba', 'Chị Lan'],
    ]);
    expect(before.map(({ metadata: { title } }) => title)).toEqual([
      ...Array(2).fill('Vay vốn nuôi dê'),
      ...Array(4).fill('Tên mới'),
    ]);
    expect(before.map(({ speakerName, audio }) => [speakerName, audio.uploaded])).toEqual([
      ...Array(4).fill([null, false]),
      ['Chị Hạnh', true],
      [null, false],
    ]);
    // Only the metadata changed from 2 to 3; all else is heard.
    expect(sounds.map((each) => sounds.indexOf(each) + 1)).toEqual([1, 2, 2, 4, 5, 6]);
    for (const [index, version] of before.entries()) {
      expect(versionView.parse(await opened.items.version(operator, id, version.n))).toEqual(version);
      expect(await sound(id, version.n)).toBe(sounds[index]);
    }
  });

  it('the item shows the newest twenty; older ones come page by page', async () => {
    const { id } = await opened.create(operator, { kind: 'boardText', text: 'chữ 1' });
    for (let n = 2; n <= 45; n++) await opened.items.setText(operator, id, `chữ ${n}`);
    const item = itemView.parse(await opened.items.get(operator, id));
    expect(item.versions.map(({ n }) => n)).toEqual(Array.from({ length: MOST_VERSIONS }, (_, at) => at + 26));
    expect([item.currentVersion, item.moreVersions]).toEqual([45, 25]);
    const page = async (before?: number) =>
      versionList.parse(await opened.items.versionsBefore(operator, id, before)).map(({ n }) => n);
    expect(await page()).toEqual(item.versions.map(({ n }) => n));
    expect(await page(26)).toEqual(Array.from({ length: MOST_VERSIONS }, (_, at) => at + 6));
    expect(await page(6)).toEqual([1, 2, 3, 4, 5]);
    expect(await page(1)).toEqual([]);
    expect((await opened.items.version(operator, id, 1)).text).toBe('chữ 1');
  });

  it('who may not see the item sees no version; a number that does not exist is said', async () => {
    const { id } = await opened.create(operator);
    for (const attempt of [
      () => opened.items.version(neighbour, id, 1),
      () => opened.items.versionsBefore(neighbour, id, undefined),
      () => opened.items.version(operator, 'no-such-item', 1),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'library.itemUnknown' });
    await expect(opened.items.version(operator, id, 2)).rejects.toMatchObject({ code: 'library.versionUnknown' });
  });

  it('those below an office read what it had on air, not its drafts', async () => {
    const { id } = await opened.create(office, { areaId: 'p', text: 'đã duyệt' });
    await opened.settled(office, id);
    await opened.approvals.approve(leader, id, heard(await opened.approvals.submit(office, id)));
    for (let n = 2; n <= MOST_VERSIONS + 5; n++) await opened.items.setText(office, id, `nháp ${n}`);
    const seen = itemView.parse(await opened.items.get(operator, id));
    expect([seen.versions.map(({ n }) => n), seen.moreVersions]).toEqual([[1], 0]);
    expect((await opened.items.versionsBefore(operator, id, undefined)).map(({ n }) => n)).toEqual([1]);
    expect((await opened.items.version(operator, id, 1)).text).toBe('đã duyệt');
    await expect(opened.items.version(operator, id, 2)).rejects.toMatchObject({ code: 'library.versionUnknown' });
  });

  it('a draft without sound takes a recording and who speaks; another recording is another version', async () => {
    const { id } = await opened.create(operator, { kind: 'recording', text: null });
    await opened.uploads.upload(operator, id, recording(wav()), 'Già làng');
    expect(newestOf(await opened.settled(operator, id))).toMatchObject({ n: 1, speakerName: 'Già làng' });
    await opened.uploads.upload(operator, id, recording(wav()), 'Chị Hạnh');
    expect(newestOf(await opened.settled(operator, id))).toMatchObject({ n: 1, speakerName: 'Chị Hạnh' });
    await opened.uploads.upload(operator, id, recording(wav(2_000)));
    const { versions } = await opened.settled(operator, id);
    expect(versions.map(({ n, speakerName }) => [n, speakerName])).toEqual([
      [1, 'Chị Hạnh'],
      [2, null],
    ]);
  });

  it('language versions belong together, one a language, each with its own approval and sound', async () => {
    const first = await opened.create(operator);
    const second = await opened.create(operator, { language: 'mnn', languageOf: first.id, title: 'Bản tiếng Mnông' });
    const third = await opened.create(operator, { language: 'stg', languageOf: second.id, kind: 'recording' });
    expect(new Set([first, second, third].map(({ groupId }) => groupId)).size).toBe(1);
    const again = opened.create(operator, { language: 'mnn', languageOf: third.id });
    await expect(again).rejects.toMatchObject({ code: 'library.languageTaken' });
    const elsewhere = opened.create(operator, { language: 'km', languageOf: first.id, areaId: 'ap-1' });
    await expect(elsewhere).rejects.toMatchObject({ code: 'library.languageElsewhere' });
    const foreign = opened.create(neighbour, { language: 'km', languageOf: first.id, areaId: 'an-phu' });
    await expect(foreign).rejects.toMatchObject({ code: 'library.itemUnknown' });

    await opened.settled(operator, first.id);
    const pending = await opened.approvals.submit(operator, first.id);
    await opened.approvals.approve(approver, first.id, heard(pending));
    const waiting = { language: 'mnn', title: 'Bản tiếng Mnông', status: 'draft', audioState: 'none' };
    expect((await opened.items.get(operator, first.id)).siblings).toMatchObject([
      { ...waiting, id: second.id },
      { id: third.id, language: 'stg', audioState: 'none' },
    ]);
    const seen: ItemView = itemView.parse(await opened.items.get(operator, second.id));
    expect(seen.siblings[0]).toMatchObject({ id: third.id });
    expect(seen.siblings[1]).toMatchObject({ id: first.id, status: 'approved', audioState: 'ready' });
    expect(newestOf(seen).audio.problem).toMatchObject({ code: 'speech.languageUnsupported' });
    await opened.uploads.upload(operator, second.id, recording(wav()), 'Già làng');
    expect((await opened.settled(operator, second.id)).audioState).toBe('ready');
  });

  it('metadata is kept clean: one line each, no double, NFC, days that exist', async () => {
    const raw = metadata({
      title: ' Vay\u202e  vốn\n'.normalize('NFD'),
      sponsor: 'NHCSXH\u0007',
      byline: ' Hoa  Lê ',
      audience: ['hộ nghèo', ' hộ  nghèo ', '\u0007', 'phụ nữ'],
      validFrom: '2026-12-01',
      validTo: '2026-12-01',
      thirdParty: 'charity',
    });
    const { id } = await opened.create(operator);
    expect(newestOf(await opened.items.setMetadata(operator, id, raw)).metadata).toMatchObject({
      title: 'Vay vốn',
      sponsor: 'NHCSXH',
      byline: 'Hoa Lê',
      audience: ['hộ nghèo', 'phụ nữ'],
      validFrom: '2026-12-01',
      validTo: '2026-12-01',
      thirdParty: 'charity',
    });
    await expect(
      opened.items.setMetadata(operator, id, metadata({ validFrom: '2026-12-02', validTo: '2026-12-01' })),
    ).rejects.toMatchObject({ code: 'library.validityWrong' });
    expect((await opened.items.get(operator, id)).currentVersion).toBe(2);
  });

  it('the plan line is no part of a version', async () => {
    const { id } = await opened.create(operator);
    const moved = await opened.items.setMetadata(operator, id, metadata({ planLineId: 'line-1' }));
    expect([moved.currentVersion, moved.planLineId]).toEqual([1, 'line-1']);
    const both = await opened.items.setMetadata(operator, id, metadata({ title: 'Khác', planLineId: null }));
    expect([both.currentVersion, both.planLineId]).toEqual([2, null]);
    expect((await opened.items.setMetadata(operator, id, metadata({ title: 'Khác' }))).currentVersion).toBe(2);
  });

  it('controls and turns of the reading direction leave a text; emoji and marks stay in it, and are not spoken', async () => {
    const text = 'Họp\u0007 thôn\u202e 😀\r\n<break time="10s"/>\u2066Mời bà con';
    const { id } = await opened.create(operator, { text: text.normalize('NFD') });
    const kept = newestOf(await opened.items.get(operator, id)).text ?? '';
    expect(kept).toBe('Họp thôn 😀\n<break time="10s"/>Mời bà con'.normalize('NFC'));
    const said = readVietnamese(kept, { accent: 'north', dictionary: [] }).sentences.map((each) => each.said);
    expect(said.join(' ')).toMatch(/^Họp thôn.* Mời bà con$/s);
    expect(said.join(' ')).not.toMatch(/😀|[<>"]|break/);
  });

  it('a megabyte in one line is too long, in any spelling', async () => {
    for (const text of ['a'.repeat(1_000_000), 'ộ'.normalize('NFD').repeat(350_000), `${'\u202e'.repeat(999_999)}a`]) {
      await expect(opened.create(operator, { text })).rejects.toMatchObject({ code: 'library.textTooLong' });
    }
    const longest = 'ộ'.repeat(LONGEST_TEXT);
    const { id } = await opened.create(operator, { kind: 'boardText', text: longest.normalize('NFD') });
    expect(newestOf(await opened.items.get(operator, id)).text).toBe(longest);
  });
});
