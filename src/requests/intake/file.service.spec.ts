import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { docx } from '../../../documents/testing/docx.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { RequestRoom, VOICE } from '../../../test/support/request-room.js';
import { everyTable } from '../../../test/support/station.js';
import { requestView } from '../desk/request.api.js';
import { RequestFile } from '../desk/request.entity.js';
import { FileService } from './file.service.js';

const WEBM = Buffer.concat([
  Buffer.from('\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm', 'latin1'),
  Buffer.alloc(99),
]);
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

describeOnBothDatabases('files by link', everyTable, (open) => {
  let room: RequestRoom;
  let token = '';
  let linkId = '';
  beforeAll(async () => {
    room = await RequestRoom.open(await open());
  });
  beforeEach(async () => {
    ({ token, id: linkId } = await room.link({ mostPerDay: 20 }));
  });
  afterAll(() => room.close());

  const rows = () => room.station.database.read((reader) => reader.findBy(RequestFile, { linkId }));
  const codeOf = async (body: Uint8Array, type: string, name?: string) => {
    const answer = await room.upload(token, body, type, name);
    return [answer.status, answer.body.code ?? answer.body.type];
  };

  it('a voice of a browser and a document arrive, and are downloaded as they were, never shown as a page', async () => {
    const document = await docx({ body: '<w:p><w:r><w:t>Lịch tiêm chủng</w:t></w:r></w:p>' });
    const voice = await room.upload(token, WEBM, 'audio/webm; codecs=opus', 'ghi%20%C3%A2m.webm');
    expect(voice).toMatchObject({
      status: 201,
      body: { fileName: 'ghi âm.webm', type: 'audio/webm', family: 'audio', bytes: WEBM.length },
    });
    const paper = await room.upload(token, document, DOCX, 'C%C3%B4ng%20v%C4%83n.docx');
    const { id } = await room.received(token, {
      title: 'Tiêm chủng',
      files: [String(voice.body.id), String(paper.body.id)],
    });
    const { files } = requestView.parse((await room.as('hoa', 'GET', `/api/requests/${id}`)).body);
    expect(files.map(({ fileName, family }) => [fileName, family])).toEqual([
      ['ghi âm.webm', 'audio'],
      ['Công văn.docx', 'document'],
    ]);
    const answer = await room.fetchAs('nam', `/api/requests/${id}/files/1`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(document)).toBe(true);
    expect(answer.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''C%C3%B4ng%20v%C4%83n.docx");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    for (const path of ['2', '-1', 'x', '00000'])
      expect((await room.fetchAs('hoa', `/api/requests/${id}/files/${path}`)).status).toBe(422);
    expect((await room.fetchAs('phu', `/api/requests/${id}/files/0`)).status).toBe(404);
    expect((await room.fetchAs('tho', `/api/requests/${id}/files/0`)).status).toBe(403);
  });

  it.each([
    ['a picture', Buffer.from('\x89PNG\r\n'), 'image/png', 'a.png'],
    ['a program named as a voice', Buffer.from('MZ\0\0\x90'), 'audio/mpeg', 'a.mp3'],
    ['a ZIP named as a text', Buffer.from('PK\x03\x04abcd'), 'text/plain', 'a.txt'],
    ['a spreadsheet', Buffer.from('PK\x03\x04abcd'), 'application/octet-stream', 'a.xlsx'],
    ['a page', Buffer.from('<html><script>'), 'text/html', 'a.html'],
    ['a page that says it is anything', Buffer.from('<html><script>'), 'application/octet-stream', 'a.html'],
    [
      'a picture of a telephone in the container of its voices',
      Buffer.from('\0\0\0\x18ftypheic'),
      'audio/mp4',
      'a.m4a',
    ],
    ['JSON', Buffer.from('{}'), 'application/json', 'a.txt'],
    ['a form', Buffer.from('--x\r\n'), 'multipart/form-data; boundary=x', 'a.txt'],
    ['no type', Buffer.from('x'), '', 'a.txt'],
  ])('%s is not taken, and nothing is kept', async (_, body, type, name) => {
    expect((await room.upload(token, body, type, name)).body.code).toBe('requests.fileType');
    expect(await rows()).toEqual([]);
  });

  it('an empty one is said to be empty', async () => {
    expect(await codeOf(Buffer.alloc(0), 'audio/webm', 'a.webm')).toEqual([422, 'requests.fileEmpty']);
  });

  it.each([
    ['..%2F..%2F..%2Fetc%2Fpasswd.txt', 'passwd.txt'],
    ['..', 'tep.txt'],
    ['C%3A%5CUsers%5Clan%5Cth%C3%B4ng%20b%C3%A1o.txt', 'thông báo.txt'],
    ['a%0D%0Aset-cookie%3A%20x%3D1.txt', 'a set-cookie- x=1.txt'],
    ['gi%E2%80%AEtxt.exe.txt', 'gi txt.exe.txt'],
    [`${'d'.repeat(300)}.txt`, `${'d'.repeat(116)}.txt`],
  ])('the name %s becomes %s', async (header, name) => {
    expect((await room.upload(token, Buffer.from('Họp ấp'), 'text/plain', header)).body).toMatchObject({
      fileName: name,
    });
  });

  it.each(['%E0%A4%A', '%FF%FE', '%', 'th\u00f4ng.txt'])('the name %s says nothing readable', async (header) => {
    expect(await codeOf(Buffer.from('x'), 'text/plain', header)).toEqual([400, 'requests.fileName']);
  });

  it('a NUL in a name is cleaned away', async () => {
    expect((await room.upload(token, Buffer.from('x'), 'text/plain', 'a%00b.txt')).body.fileName).toBe('a b.txt');
  });

  it('31 MB announced are refused before they are sent', async () => {
    const headers = { 'content-type': 'audio/wav', 'content-length': 31_000_000 };
    const answer = await room.pour(`/api/public/requests/${token}/files`, headers, VOICE, 1);
    expect([answer.status, answer.headers.connection]).toEqual([413, 'close']);
  });

  it('31 MB not announced are refused while they are sent, and nothing is kept', async () => {
    const headers = { 'content-type': 'audio/wav', 'transfer-encoding': 'chunked' };
    const piece = Buffer.concat([VOICE, Buffer.alloc(1_000_000 - VOICE.length)]);
    const answer = await room.pour(`/api/public/requests/${token}/files`, headers, piece, 40);
    expect([answer.status, answer.headers.connection]).toEqual([413, 'close']);
    expect(await rows()).toEqual([]);
  });

  it('a wrong type is refused at its first kilobyte, not after 30 MB', async () => {
    const headers = { 'content-type': 'audio/wav', 'content-length': 29_000_000 };
    const answer = await room.pour(`/api/public/requests/${token}/files`, headers, Buffer.alloc(2_000, 'MZ\0'), 1);
    expect(answer.status).toBe(415);
  });

  it('a sender who goes away in the middle leaves nothing, and may send again', async () => {
    const server = room.station.app as unknown as { getHttpServer(): import('node:http').Server };
    const ended = new Promise<void>((resolve) =>
      server.getHttpServer().once('request', (_, response) => response.once('close', resolve)),
    );
    const headers = { 'content-type': 'audio/wav', 'content-length': 1_000_000 };
    const path = `${room.station.http}/api/public/requests/${token}/files`;
    const sending = httpRequest(path, { method: 'POST', headers });
    sending.on('error', () => {});
    sending.write(VOICE, () => sending.destroy());
    await ended;
    expect((await room.upload(token, VOICE, 'audio/wav', 'a.wav')).status).toBe(201);
    expect(await rows()).toHaveLength(1);
  });

  it('a file belongs to its link, to one request, and for one day', async () => {
    const other = await room.link();
    const [first, second] = [await room.voice(token), await room.voice(token)];
    const refused = async (sender: string, file: string) =>
      (await room.send(sender, { title: 'T', files: [file] })).body.code;
    expect(await refused(other.token, first)).toBe('requests.fileUnknown');
    await room.received(token, { title: 'T', files: [first] });
    expect(await refused(token, first)).toBe('requests.fileUnknown');
    room.station.clock.advance(86_400_001);
    expect(await refused(token, second)).toBe('requests.fileUnknown');
    expect(await room.station.get(FileService).forgetOld()).toBeGreaterThanOrEqual(2);
    expect(await rows()).toEqual([]);
  });

  it('200 MB a day by one link, told before the next is sent', async () => {
    const nowMs = room.station.clock.nowMs();
    const file = { linkId, sha256: 'f'.repeat(64), fileName: 'a', type: 'audio/wav', family: 'audio', requestId: null };
    await room.station.database.write((tx) =>
      tx.manager.insert(RequestFile, { ...file, family: 'audio', id: 'big', bytes: 199_999_000, createdAtMs: nowMs }),
    );
    expect(await codeOf(VOICE, 'audio/wav', 'a.wav')).toEqual([429, 'requests.bytesToday']);
    expect((await room.upload(token, Buffer.from('Họp'), 'text/plain', 'a.txt')).status).toBe(201);
    await room.station.database.write((tx) => tx.manager.delete(RequestFile, { id: 'big' }));
  });
});
