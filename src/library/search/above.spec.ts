import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { heard, librarySuite, type OpenLibrary, openLibrary, person } from '../library.spec-support.js';

const writer = person('Chị Bảy', 'contentOffice', '/p/');
const leader = person('Anh Tám', 'approver', '/p/');
const commune = person('Chị Hoa', 'operator');
const hamlet = person('Cô Út', 'monitor', '/p/an-khuong/ap-1/');
const unknown = { code: 'library.itemUnknown', status: 404 };

describeOnBothDatabases('content of the office above', librarySuite, (open) => {
  let opened: OpenLibrary;
  beforeEach(async () => {
    opened = await openLibrary(await open());
  });
  afterEach(() => opened.close());

  const create = (title: string, areaId = 'p') => opened.create(writer, { areaId, title, text: `${title} đã nói` });
  async function approve(id: string): Promise<void> {
    await opened.settled(writer, id);
    await opened.approvals.approve(leader, id, heard(await opened.approvals.submit(writer, id)));
  }
  const above = async (search = '', actor = commune) =>
    (await opened.search.list(actor, { from: 'above', search })).map(({ id, title }) => ({ id, title }));

  it('is found and read below as it was approved, and nothing of the draft after it', async () => {
    const { id } = await create('Phòng chống lụt bão');
    expect(await above()).toEqual([]);
    await expect(opened.items.get(commune, id)).rejects.toMatchObject(unknown);
    await approve(id);
    const { versions } = await opened.items.setText(writer, id, 'Bản nháp bí mật');
    await opened.items.setMetadata(writer, id, {
      ...versions[0]!.metadata,
      title: 'Tên nháp',
      sponsor: 'Nhà tài trợ mới',
    });
    await opened.settled(writer, id);

    for (const actor of [commune, hamlet]) {
      for (const search of ['', 'lut bao', 'đã nói', '"chống lụt bão"'])
        expect(await above(search, actor)).toEqual([{ id, title: 'Phòng chống lụt bão' }]);
      for (const search of ['bí mật', 'nháp', 'tài trợ']) expect(await above(search, actor)).toEqual([]);
      expect(await opened.search.list(actor, {})).toEqual([]);
    }
    expect(await opened.search.list(commune, { from: 'above' })).toMatchObject([
      { title: 'Phòng chống lụt bão', sponsor: '', status: 'approved', currentVersion: 1, approvedVersion: 1 },
    ]);
    const seen = await opened.items.get(commune, id);
    expect(seen).toMatchObject({ title: 'Phòng chống lụt bão', currentVersion: 1, status: 'approved' });
    expect(seen.versions.map(({ n, status }) => [n, status])).toEqual([[1, 'approved']]);
    expect(JSON.stringify(seen)).not.toMatch(/nháp|bí mật|tài trợ/);

    const file = await opened.audio.file(commune, id, { format: 'opus' });
    expect(file.sha256).toBe(versions[0]!.audio.sha256);
    expect(await opened.audio.file(commune, id, { version: 1, format: 'opus' })).toEqual(file);
    for (const version of [2, 3, 9])
      await expect(opened.audio.file(commune, id, { version, format: 'opus' })).rejects.toMatchObject({
        code: 'library.versionUnknown',
      });
    expect((await opened.items.get(writer, id)).versions).toHaveLength(3);
  });

  it('is gone again when it is withdrawn', async () => {
    const { id } = await create('Phòng chống lụt bão');
    await approve(id);
    await opened.approvals.withdraw(leader, id, { reason: 'Sai số liệu' });
    expect(await above()).toEqual([]);
    await expect(opened.items.get(commune, id)).rejects.toMatchObject(unknown);
    await expect(opened.audio.file(commune, id, { format: 'opus' })).rejects.toMatchObject(unknown);
  });

  it('comes from areas above only: not from beside or below, and it cannot be changed', async () => {
    const beside = await create('Của xã bên', 'an-phu');
    const below = await create('Của ấp', 'ap-1');
    const mine = await create('Của tỉnh');
    for (const { id } of [beside, below, mine]) await approve(id);
    expect((await above()).map(({ title }) => title)).toEqual(['Của tỉnh']);
    expect((await above('', person('Anh Tư', 'operator', '/p/an-phu/ap-9/'))).map(({ title }) => title)).toEqual([
      'Của tỉnh',
      'Của xã bên',
    ]);
    expect(await opened.search.list(commune, { from: 'above', areaId: 'p' })).toHaveLength(1);
    expect(await opened.search.list(commune, { from: 'above', areaId: 'an-khuong' })).toEqual([]);
    await expect(opened.items.get(commune, beside.id)).rejects.toMatchObject(unknown);
    for (const deed of [
      () => opened.items.setText(commune, mine.id, 'khác'),
      () => opened.approvals.submit(commune, mine.id),
      () => opened.approvals.withdraw(commune, mine.id, {} as never),
    ])
      await expect(deed()).rejects.toMatchObject(unknown);
    expect(await above('', writer)).toEqual([]);
  });

  it('names its other languages only where they are on air', async () => {
    const { id } = await create('Phòng chống lụt bão');
    await approve(id);
    await opened.create(writer, { areaId: 'p', title: 'Bản Khmer', language: 'km', languageOf: id });
    expect((await opened.items.get(writer, id)).siblings).toHaveLength(1);
    expect((await opened.items.get(commune, id)).siblings).toEqual([]);
  });
});
