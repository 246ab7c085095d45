import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { docx, paragraph, run } from '../../../documents/testing/docx.js';
import { NOTICES } from '../../../documents/testing/notices.js';
import { toTcvn3, toVni } from '../../../documents/testing/old-encodings.js';
import { rawZip, zip } from '../../../documents/testing/zip.js';
import { BulkRoom, everyTable, told, wav } from '../../../test/support/bulk-room.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { ImportView, LineView } from './import.api.js';

const STARTER = `---
title: 'Thẻ bảo hiểm y tế'
topic: bảo hiểm y tế
field: 3
audience:
  - hộ nghèo
  - hộ cận nghèo
form: tổng hợp
language: vi
programme: giảm nghèo
planLine: radio-script
mood: vui
validFrom: 30/2/2026
---

${NOTICES[0]}
`;

describeOnBothDatabases('bringing in many files', everyTable, (open) => {
  let room: BulkRoom;
  beforeAll(async () => {
    room = await BulkRoom.open(await open());
  });
  afterAll(() => room.close());

  const item = async (line: LineView | undefined) =>
    (
      await room.as<{ [key: string]: unknown; versions: { text: string }[] }>(
        'hoa',
        'GET',
        `/api/items/${line?.itemId}`,
      )
    ).body;

  it('each file is one line; what is bad is refused by name and stops nothing', async () => {
    const { view, lines } = await room.imported(
      {
        'Tin/thong_bao lich tiem.docx': await docx({ body: paragraph(run(NOTICES[0])) }),
        'bao-hiem.md': STARTER,
        'cu.txt': toTcvn3(NOTICES.slice(1, 5).join('\n')),
        'vni.txt': toVni(NOTICES.slice(5, 9).join('\n')),
        'Loi chao.wav': wav(1_200),
        'hong.docx': Buffer.from('PK\x03\x04 not a zip'),
        'anh.png': Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
        'trong.txt': '',
        'cut.wav': wav(1_000).subarray(0, 9_000),
        '../len tren.txt': 'a',
        '/tuyet/doi.txt': 'a',
        'raw:%ff%fe.txt': 'a',
      },
      { changes: { defaults: { sourceOffice: 'UBND xã An Khương', field: 2, speakerName: 'Chị Hoa' } } },
    );
    expect(told(lines)).toEqual([
      ['Tin/thong_bao lich tiem.docx', 'done', null],
      ['bao-hiem.md', 'done', null],
      ['cu.txt', 'done', null],
      ['vni.txt', 'done', null],
      ['Loi chao.wav', 'done', null],
      ['hong.docx', 'refused', 'document.damaged'],
      ['anh.png', 'refused', 'document.unknownFormat'],
      ['trong.txt', 'refused', 'document.empty'],
      ['cut.wav', 'refused', expect.stringMatching(/^media\./)],
      ['../len tren.txt', 'refused', 'archive.pathOutside'],
      ['/tuyet/doi.txt', 'refused', 'archive.pathOutside'],
      ['%ff%fe.txt', 'refused', 'archive.nameNotUtf8'],
    ]);
    expect([view.state, view.counts]).toEqual(['done', { waiting: 0, done: 5, refused: 7, duplicate: 0 }]);
    for (const { problem } of lines.slice(5)) expect([problem?.vi, problem?.en]).not.toContain(problem?.code);
    expect(await item(lines[0])).toMatchObject({
      kind: 'script',
      title: 'thong bao lich tiem',
      sourceOffice: 'UBND xã An Khương',
      field: 2,
      status: 'draft',
    });
    expect(await item(lines[4])).toMatchObject({ kind: 'recording', title: 'Loi chao', audioState: 'rendering' });
  });

  it('the head of a Markdown file is believed where it fits, and the rest is said', async () => {
    const { lines } = await room.imported(
      { 'dau.md': `${STARTER}thêm` },
      { changes: { defaults: { field: 2, topic: 'khác' } } },
    );
    expect(await item(lines[0])).toMatchObject({
      title: 'Thẻ bảo hiểm y tế',
      topic: 'bảo hiểm y tế',
      field: 3,
      audience: ['hộ nghèo', 'hộ cận nghèo'],
      programme: 'giảm nghèo',
      validFrom: null,
    });
    expect(lines[0]?.notes.map(({ code, vi }) => [code, vi])).toEqual([
      ['planLineIgnored', expect.stringContaining('planLine')],
      ['frontMatterUnknown', expect.stringContaining('mood')],
      ['frontMatterWrong', expect.stringContaining('validFrom')],
    ]);
  });

  it('an old encoding is converted and shown', async () => {
    const { lines } = await room.imported({ 'abc.txt': toTcvn3(NOTICES.slice(8).join('\n')) });
    expect(lines[0]?.notes.map(({ code }) => code)).toContain('convertedTcvn3');
    expect(lines[0]?.excerpt?.after.slice(0, 21)).toBe('Trạm y tế mời các chá');
    expect(lines[0]?.excerpt?.before.slice(0, 21)).toBe('Tr¹m y tÕ mêi c¸c ch¸');
    expect((await item(lines[0])).versions[0]?.text).toContain('vitamin A tại nhà văn hóa thôn');
  });

  it('the same file twice is one: in one import, under another name, in a ZIP, and in the next import', async () => {
    const files = {
      'mot.txt': `Một ${NOTICES[9]}`,
      'ban sao/mot.txt': `Một ${NOTICES[9]}`,
      'goi.zip': await zip({
        'mot.txt': `Một ${NOTICES[9]}`,
        'hai.txt': `Hai ${NOTICES[10]}`,
        'hai nua.txt': `Hai ${NOTICES[10]}`,
      }),
    };
    const { lines } = await room.imported(files);
    expect(lines.map(({ name, state }) => [name, state])).toEqual([
      ['mot.txt', 'done'],
      ['ban sao/mot.txt', 'duplicate'],
      ['goi.zip', 'done'],
      ['mot.txt', 'duplicate'],
      ['hai.txt', 'done'],
      ['hai nua.txt', 'duplicate'],
    ]);
    expect(lines[1]?.itemId).toBe(lines[0]?.itemId);
    const again = await room.imported(files);
    expect(again.lines.filter(({ kind }) => kind !== 'archive').map(({ state }) => state)).toEqual(
      Array.from({ length: 5 }, () => 'duplicate'),
    );
    const elsewhere = await room.imported({ 'mot.txt': files['mot.txt'] }, { login: 'tinh', area: 'ap' });
    expect(elsewhere.lines[0]?.state).toBe('done');
  });

  it('two imports of the same files at the same moment make one item of each', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `chung-${i}.txt`);
    const imports = [await room.import(), await room.import()];
    for (const { id } of imports) for (const name of names) await room.upload(id, name, `Chung ${name} ${NOTICES[7]}`);
    await Promise.all(imports.map(({ id }) => room.start(id)));
    await room.runner.idle();
    const [first = [], second = []] = await Promise.all(imports.map(({ id }) => room.lines(id)));
    const items = new Set([...first, ...second].map(({ itemId }) => itemId));
    expect([items.size, items.has(null)]).toEqual([names.length, false]);
    for (const [i, line] of first.entries())
      expect([line.state, second[i]?.state].sort()).toEqual(['done', 'duplicate']);
  });

  it('a ZIP: its files are lines of their own; what is bad in it is refused alone', async () => {
    const archive = rawZip([
      { name: 'tot.txt', content: `Tốt ${NOTICES[1]}` },
      { name: '../ra ngoai.txt', content: 'a' },
      { name: '/tmp/tuyet doi.txt', content: 'a' },
      { name: Buffer.from([0x61, 0xff, 0x2e, 0x74]), content: 'a' },
      { name: 'khoa.txt', content: 'a', flags: 1 },
      { name: 'sai.txt', content: 'abc', statedChecksum: 1 },
      { name: 'trong.zip', content: 'PK\x03\x04' },
      { name: 'tiep.txt', content: `Tiếp ${NOTICES[2]}` },
    ]);
    const { lines, view } = await room.imported({ 'lon xon.zip': archive });
    expect(told(lines)).toEqual([
      ['lon xon.zip', 'done', null],
      ['tot.txt', 'done', null],
      ['../ra ngoai.txt', 'refused', 'archive.pathOutside'],
      ['/tmp/tuyet doi.txt', 'refused', 'archive.pathOutside'],
      [expect.stringContaining('a\ufffd'), 'refused', 'archive.nameNotUtf8'],
      ['khoa.txt', 'refused', 'archive.encryptedEntry'],
      ['sai.txt', 'refused', 'archive.entryDamaged'],
      ['trong.zip', 'refused', 'archive.nested'],
      ['tiep.txt', 'done', null],
    ]);
    expect(new Set(lines.slice(1).map(({ parentId }) => parentId))).toEqual(new Set([lines[0]?.id]));
    expect(view.state).toBe('done');
  });

  it('a bomb is refused as a whole, and nothing of it is taken', async () => {
    const bomb = await zip({ 'hien lanh.txt': `Hiền ${NOTICES[3]}`, 'bom.txt': Buffer.alloc(40_000_000) });
    const { lines, view } = await room.imported({ 'bom.zip': bomb, 'sau.txt': `Sau ${NOTICES[4]}` });
    expect(told(lines)).toEqual([
      ['bom.zip', 'refused', 'archive.bomb'],
      ['sau.txt', 'done', null],
    ]);
    expect(view.state).toBe('done');
  });

  it('more than 2,000 files in a ZIP are refused at once', async () => {
    const many = rawZip(Array.from({ length: 2_001 }, (_, i) => ({ name: `${i}.txt`, content: `${i}` })));
    const { lines } = await room.imported({ 'nhieu.zip': many });
    expect(told(lines)).toEqual([['nhieu.zip', 'refused', 'archive.tooManyEntries']]);
  });

  it('files that are sent at the same time have a line each; sent again, none more', async () => {
    const { id } = await room.import();
    const names = Array.from({ length: 12 }, (_, i) => `${i}.txt`);
    await Promise.all(names.map((name) => room.upload(id, name, `Bài ${name} ${NOTICES[5]}`)));
    const again = await room.upload(id, '3.txt', `Bài 3.txt ${NOTICES[5]}`);
    expect(again.status).toBe(201);
    const lines = await room.lines(id);
    expect(lines.map(({ name }) => name).sort()).toEqual([...names].sort());
    expect(again.body.id).toBe(lines.find(({ name }) => name === '3.txt')?.id);
    expect((await room.look(id)).counts.waiting).toBe(12);
  });

  it('lines come in pages, and by state', async () => {
    const { view } = await room.imported({
      'p1.txt': `p1 ${NOTICES[6]}`,
      'p2.png': '\x89PNG',
      'p3.txt': `p3 ${NOTICES[6]}`,
    });
    const first = await room.as<LineView[]>('hoa', 'GET', `/api/imports/${view.id}/lines?limit=2`);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await room.as<LineView[]>('hoa', 'GET', next);
    expect([...first.body, ...second.body].map(({ name }) => name)).toEqual(['p1.txt', 'p2.png', 'p3.txt']);
    const refused = await room.as<LineView[]>('hoa', 'GET', `/api/imports/${view.id}/lines?state=refused`);
    expect(refused.body.map(({ name }) => name)).toEqual(['p2.png']);
    const wrong = await room.as('hoa', 'GET', `/api/imports/${view.id}/lines?cursor=x`);
    expect([wrong.status, wrong.body.code]).toEqual([400, 'bulk.cursorUnknown']);
  });

  it('who may not write cannot bring in; who may not read learns of nothing', async () => {
    const { id } = await room.import();
    const areaId = (await room.station.area('ak')).id;
    const status = async (answer: Promise<{ status: number }>) => (await answer).status;
    expect(await status(room.as('phu', 'POST', '/api/imports', { areaId }))).toBe(404);
    expect(await status(room.as('nam', 'POST', '/api/imports', { areaId }))).toBe(403);
    for (const path of ['', '/lines'])
      expect(await status(room.as('phu', 'GET', `/api/imports/${id}${path}`))).toBe(404);
    expect(await status(room.upload(id, 'a.txt', 'a', 'phu'))).toBe(404);
    expect(await status(room.upload(id, 'a.txt', 'a', 'nam'))).toBe(403);
    expect(await status(room.as('phu', 'POST', `/api/imports/${id}/start`))).toBe(404);
    const seen = async (login: 'phu' | 'hoa') =>
      (await room.as<ImportView[]>(login, 'GET', '/api/imports')).body.map((each) => each.id);
    expect(await seen('phu')).not.toContain(id);
    expect(await seen('hoa')).toContain(id);
    const empty = await room.as('hoa', 'POST', `/api/imports/${id}/start`);
    expect([empty.status, empty.body.code]).toEqual([409, 'bulk.nothingToDo']);
  });

  it('a body that is announced as too large is refused before it is read', async () => {
    const { id } = await room.import();
    const line = await room.upload(id, 'dai.txt', Buffer.alloc(50_000_001));
    expect([line.status, line.body.state, line.body.problem?.code]).toEqual([201, 'refused', 'bulk.fileTooLarge']);
  });
});
