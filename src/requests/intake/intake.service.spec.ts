import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { RequestRoom } from '../../../test/support/request-room.js';
import { everyTable } from '../../../test/support/station.js';
import { requestView } from '../desk/request.api.js';
import { SentRequest } from '../desk/request.entity.js';
import { senderView } from './public.api.js';

const DAY_MS = 86_400_000;

describeOnBothDatabases('requests by link without an account', everyTable, (open) => {
  let room: RequestRoom;
  const logged: string[] = [];
  beforeAll(async () => {
    const note = (fields: object, message: string) => logged.push(JSON.stringify(fields), message);
    room = await RequestRoom.open(await open(), { info: note, warn: note, error: note });
  });
  afterAll(() => room.close());

  const page = async (token: string) => senderView.parse((await room.ask('GET', `/api/public/requests/${token}`)).body);
  const inside = async (id: string) => requestView.parse((await room.as('hoa', 'GET', `/api/requests/${id}`)).body);
  const problem = ({ status, body }: { readonly status: number; readonly body: object }) => [
    status,
    'code' in body ? body.code : null,
  ];

  it('a police officer opens the link, sees for whom it is, sends, and finds the request there', async () => {
    const { token } = await room.link({ contact: '0912 345 678' });
    expect(await page(token)).toMatchObject({
      senderKind: 'police',
      senderName: 'Công an xã An Khương',
      areaName: 'An Khương',
      mostPerDay: 10,
      leftToday: 10,
      requests: [],
    });
    const sent = await room.send(token, {
      title: 'Cảnh báo lừa đảo',
      text: 'Kính thưa bà con!\nKhông chuyển tiền cho người lạ.',
      wanted: 'chiều nay 17 giờ',
      urgent: true,
    });
    expect(sent).toMatchObject({ status: 201, body: { state: 'new', notes: [], leftToday: 9 } });
    expect(await page(token)).toMatchObject({
      leftToday: 9,
      requests: [{ id: sent.body.id, title: 'Cảnh báo lừa đảo', state: 'new', urgent: true, reason: null }],
    });
    expect(await inside(String(sent.body.id))).toMatchObject({
      senderKind: 'police',
      senderName: 'Công an xã An Khương',
      contact: '0912 345 678',
      text: 'Kính thưa bà con!\nKhông chuyển tiền cho người lạ.',
      wanted: 'chiều nay 17 giờ',
      urgent: true,
      status: 'new',
      itemId: null,
    });
  });

  it('answers are kept by nobody, lead nowhere, and are found by no search engine; refusals too', async () => {
    const { token } = await room.link();
    const answers = [
      await room.ask('GET', `/api/public/requests/${token}`),
      await room.send(token, { title: 'x', text: 7 }),
      await room.ask('GET', `/api/public/requests/${'A'.repeat(43)}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 404]);
    for (const { headers } of answers)
      expect([headers.get('cache-control'), headers.get('referrer-policy'), headers.get('x-robots-tag')]).toEqual([
        'no-store',
        'no-referrer',
        'noindex, nofollow',
      ]);
  });

  it('the token stands in no log line and not in the database', async () => {
    const { token, id } = await room.link();
    await room.ask('GET', `/api/public/requests/${token}`);
    await (await fetch(`${room.station.http}/gui/${token}`)).text();
    await room.send(token, { text: 'Mất điện' });
    await room.upload(token, Buffer.from('x'), 'image/png');
    expect(logged.some((line) => line.includes('/api/public/requests/[hidden]/files'))).toBe(true);
    expect(logged.some((line) => line.includes('/gui/[hidden]'))).toBe(true);
    expect(logged.filter((line) => line.includes(token))).toEqual([]);
    const rows = await room.station.database.read((reader) =>
      reader.query(`SELECT * FROM request_link WHERE id = '${id}'`),
    );
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('unknown, cut, too long, revoked, renewed and expired are one and the same answer', async () => {
    const [revoked, renewed, expired] = [
      await room.link(),
      await room.link(),
      await room.link({ validUntilMs: room.station.clock.nowMs() + 1 }),
    ];
    await room.as('hoa', 'DELETE', `/api/request-links/${revoked.id}`);
    await room.as('hoa', 'POST', `/api/request-links/${renewed.id}/renew`, {});
    room.station.clock.advance(1);
    const tokens = ['A'.repeat(43), 'A'.repeat(42), 'A'.repeat(44), '..%2F..%2F', revoked.token, renewed.token];
    const bodies = new Set<string>();
    for (const token of [...tokens, expired.token])
      for (const answer of [
        await room.ask('GET', `/api/public/requests/${token}`),
        await room.send(token, { text: 'x' }),
        await room.upload(token, Buffer.from('%PDF-1.4'), 'application/pdf'),
        await room.ask('GET', `/api/public/recordings/${token}`),
      ]) {
        const { requestId: _id, ...body } = answer.body;
        bodies.add(JSON.stringify([answer.status, body]));
      }
    expect([...bodies].map((body) => JSON.parse(body))).toMatchObject([[404, { code: 'requests.linkUnknown' }]]);
  });

  it('revoked between the file and the request: the request does not arrive, the ones before stay', async () => {
    const { token, id } = await room.link();
    const before = await room.received(token, { text: 'Họp dân' });
    const file = await room.voice(token);
    await room.as('hoa', 'DELETE', `/api/request-links/${id}`);
    expect(problem(await room.send(token, { title: 'Ghi âm', files: [file] }))).toEqual([404, 'requests.linkUnknown']);
    expect(await inside(before.id)).toMatchObject({ status: 'new', senderName: 'Công an xã An Khương' });
  });

  it('the eleventh of the day waits for tomorrow, local time; a repeated tap is not counted', async () => {
    const { token } = await room.link();
    const keys = Array.from({ length: 10 }, () => randomUUID());
    for (const key of keys) {
      expect((await room.send(token, { text: 'Tiêm chủng' }, key)).status).toBe(201);
      room.station.clock.advance(20_000); // not faster than people write
    }
    expect(problem(await room.send(token, { text: 'Tiêm chủng' }))).toEqual([429, 'requests.tooManyToday']);
    expect(await room.send(token, { text: 'Tiêm chủng' }, keys[0])).toMatchObject({
      status: 201,
      body: { leftToday: 0 },
    });
    room.station.clock.advance(DAY_MS);
    expect((await room.send(token, { text: 'Tiêm chủng' })).status).toBe(201);
  });

  it('ten at the same moment on a link for three a day: three arrive', async () => {
    const { token, id } = await room.link({ mostPerDay: 3 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => room.send(token, { text: 'Đồng loạt' })));
    const arrived = await room.station.database.read((reader) => reader.countBy(SentRequest, { linkId: id }));
    expect(arrived).toBe(3);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 429]));
  });

  it('a double tap and a retry on a poor line are one request with one answer', async () => {
    const { token, id } = await room.link();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 4 }, () => room.send(token, { text: 'Họp ấp' }, key)));
    const again = await room.send(token, { text: 'Họp ấp' }, key.toUpperCase());
    expect(new Set([...answers, again].map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect(again.status).toBe(201);
    expect(await room.station.database.read((reader) => reader.countBy(SentRequest, { linkId: id }))).toBe(1);
  });

  it.each([undefined, '', 'x', '1234'])('without a key of its own (%s) a form is not taken', async (key) => {
    const { token } = await room.link();
    const headers = key === undefined ? undefined : { 'x-request-key': key };
    const answer = await room.ask('POST', `/api/public/requests/${token}`, {
      sent: { text: 'x' },
      ...(headers ? { headers } : {}),
    });
    expect(problem(answer)).toEqual([400, 'requests.keyMissing']);
  });

  it('six in a minute on one link are too many, whatever x-forwarded-for says', async () => {
    const { token } = await room.link();
    const statuses: number[] = [];
    for (let n = 0; n < 6; n++) {
      const headers = { 'x-request-key': randomUUID(), 'x-forwarded-for': `203.0.113.${n}` };
      statuses.push((await room.ask('POST', `/api/public/requests/${token}`, { sent: { text: 'x' }, headers })).status);
    }
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429]);
    room.station.clock.advance(60_000);
    expect((await room.send(token, { text: 'x' })).status).toBe(201);
  });

  it('a flood from one address is held back, whatever x-forwarded-for says, and for a minute only', async () => {
    const { token } = await room.link();
    room.station.clock.advance(60_000);
    const statuses: number[] = [];
    for (let n = 0; n < 241; n++) {
      const headers = { 'x-forwarded-for': `203.0.113.${n}` };
      statuses.push((await room.ask('GET', `/api/public/requests/${n % 2 ? token : 'guess'}`, { headers })).status);
    }
    expect(statuses.indexOf(429)).toBe(240);
    room.station.clock.advance(60_000);
    expect((await room.ask('GET', `/api/public/requests/${token}`)).status).toBe(200);
  });

  it('an area, a sender or a state in the body changes nothing: the link says them', async () => {
    const { token, areaId } = await room.link();
    const forged = {
      areaId: (await room.station.area('ap')).id,
      areaPath: '/',
      senderName: 'Chủ tịch',
      status: 'drafted',
    };
    const { body } = await room.send(token, { text: 'Họp', ...forged });
    expect(await inside(String(body.id))).toMatchObject({ areaId, senderName: 'Công an xã An Khương', status: 'new' });
    expect((await room.as('phu', 'GET', `/api/requests/${body.id}`)).status).toBe(404);
  });

  it.each([
    [
      'HTML',
      '<b onclick=alert(1)>Họp</b> & <script>x</script>',
      '<b onclick=alert(1)>Họp</b> & <script>x</script>',
      [],
    ],
    ['SSML', '<speak><break time="99s"/>Họp</speak>', '<speak><break time="99s"/>Họp</speak>', []],
    ['a right-to-left override', 'gửi \u202etiền\u202c', 'gửi tiền', ['bidiRemoved']],
    ['control characters', 'Họp\u0007 \u001b[31mấp', 'Họp [31mấp', ['controlCharactersRemoved']],
    ['emoji', 'Họp ấp 🎺', 'Họp ấp 🎺', ['emojiKept']],
    ['decomposed letters', 'Họp ấp'.normalize('NFD'), 'Họp ấp', []],
  ])('%s in a text stays text, cleaned and said so', async (_, text, kept, notes) => {
    const { token } = await room.link();
    const sent = await room.send(token, { title: 'T', text });
    expect(sent).toMatchObject({ status: 201, body: { notes } });
    expect(await inside(String(sent.body.id))).toMatchObject({ text: kept, notes });
  });

  it.each([
    ['nothing at all', {}, [422, 'requests.nothingSent']],
    ['only what is cleaned away', { title: 'T', text: ' \u202e\u0007 ' }, [422, 'requests.nothingSent']],
    ['20,001 characters', { text: 'a'.repeat(20_001) }, [422, 'requests.textTooLong']],
    ['half a megabyte in one line', { text: 'a'.repeat(500_000) }, [400, 'request.invalid']],
    ['1 MB in one line', { text: 'a'.repeat(1_100_000) }, [413, 'request.tooLarge']],
    ['NUL', { text: 'a\0b' }, [400, 'request.refused']],
    ['a title of 201', { title: 'a'.repeat(201), text: 'x' }, [400, 'request.invalid']],
    ['a category that does not exist', { text: 'x', thirdParty: 'advertising' }, [400, 'request.invalid']],
    ['six files', { text: 'x', files: ['1', '2', '3', '4', '5', '6'] }, [400, 'request.invalid']],
    ['a file that never came', { text: 'x', files: ['01hzzzzzzzzzzzzzzzzzzzzzzz'] }, [422, 'requests.fileUnknown']],
    ['a list', [], [400, 'request.invalid']],
  ])('%s is refused with a code, and nothing is kept', async (_, sent, expected) => {
    const { token, id } = await room.link();
    expect(problem(await room.send(token, sent))).toEqual(expected);
    expect(await room.station.database.read((reader) => reader.countBy(SentRequest, { linkId: id }))).toBe(0);
  });

  it('without a title the first line stands for it, or who asks', async () => {
    const { token } = await room.link();
    expect((await room.received(token, { text: 'Cúp điện\nngày 5/3' })).title).toBe('Cúp điện');
    expect((await room.received(token, { files: [await room.voice(token)] })).title).toBe(
      'Đề nghị của Công an xã An Khương',
    );
  });
});
