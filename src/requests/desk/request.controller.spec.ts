import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { docx } from '../../../documents/testing/docx.js';
import { toTcvn3 } from '../../../documents/testing/old-encodings.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { RequestRoom } from '../../../test/support/request-room.js';
import { everyTable } from '../../../test/support/station.js';
import { senderView } from '../intake/public.api.js';
import { draftAnswer, requestView } from './request.api.js';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

interface SeenItem {
  readonly kind: string;
  readonly title: string;
  readonly language: string;
  readonly sourceOffice: string;
  readonly thirdParty: string | null;
  readonly requestId: string;
  readonly field: number;
  readonly versions: readonly { text: string; status: string; speakerName: string; author: { name: string } }[];
}

describeOnBothDatabases('requests on the operators’ desk', everyTable, (open) => {
  let room: RequestRoom;
  beforeAll(async () => {
    room = await RequestRoom.open(await open());
  });
  afterAll(() => room.close());

  const draft = async (id: string, wish: object = {}, login: 'hoa' | 'lan' = 'hoa') =>
    draftAnswer.parse((await room.as(login, 'POST', `/api/requests/${id}/draft`, wish)).body);
  const item = async (id: string) => (await room.as('hoa', 'GET', `/api/items/${id}`)).body as unknown as SeenItem;
  const sql = (text: string) => room.station.database.read((reader) => reader.query(text)) as Promise<object[]>;

  it('one tap makes a draft that keeps who asked; its author is who tapped', async () => {
    const { token } = await room.link({ senderKind: 'school', senderName: 'Trường THCS An Khương' });
    const sent = { title: 'Tuyển sinh lớp 6', text: 'Nhà trường nhận hồ sơ.', thirdParty: 'enrolment', urgent: true };
    const { id } = await room.received(token, sent as object);
    const answer = await draft(id);
    expect(answer).toMatchObject({
      alreadyDrafted: false,
      request: { id, status: 'drafted', itemId: answer.itemId, decidedByName: 'hoa', senderKind: 'school' },
    });
    expect(await item(answer.itemId)).toMatchObject({
      kind: 'script',
      title: 'Tuyển sinh lớp 6',
      sourceOffice: 'Trường THCS An Khương',
      thirdParty: 'enrolment',
      requestId: id,
      field: 2,
      versions: [{ text: 'Nhà trường nhận hồ sơ.', status: 'draft', author: { name: 'hoa' } }],
    });
  });

  it('the same tap twice, and two operators at the same moment, make one draft', async () => {
    const { token } = await room.link();
    const { id } = await room.received(token, { text: 'Họp dân' });
    const answers = await Promise.all([draft(id), draft(id, {}, 'lan'), draft(id), draft(id, {}, 'lan')]);
    const again = await draft(id);
    expect(new Set([...answers, again].map(({ itemId }) => itemId)).size).toBe(1);
    expect(answers.filter(({ alreadyDrafted }) => !alreadyDrafted)).toHaveLength(1);
    expect(again.alreadyDrafted).toBe(true);
    expect(await sql(`SELECT id FROM item WHERE request_id = '${id}'`)).toHaveLength(1);
    expect(
      await sql(`SELECT id FROM audit_entry WHERE subject = '${id}' AND action = 'requests.drafted'`),
    ).toHaveLength(1);
  });

  it('a voice becomes a recording spoken by the sender, in the sender’s language, the text its transcript', async () => {
    const { token } = await room.link({ senderKind: 'hamletHead', senderName: 'Trưởng ấp 1', area: 'ak1' });
    const files = [await room.voice(token)];
    const { id } = await room.received(token, { title: 'Mời họp', text: 'Tối nay họp.', language: 'mnx', files });
    const { itemId } = await draft(id);
    expect(await item(itemId)).toMatchObject({
      kind: 'recording',
      language: 'mnx',
      areaId: (await room.station.area('ak1')).id,
      versions: [{ text: 'Tối nay họp.', speakerName: 'Trưởng ấp 1', audio: { state: 'rendering', uploaded: true } }],
    });
  });

  it('a document becomes a script of its words, converted from old letters and said so', async () => {
    const { token } = await room.link();
    const words = 'Uỷ ban nhân dân xã thông báo lịch tiêm chủng cho trẻ em dưới năm tuổi.';
    const old = await room.upload(token, toTcvn3(words), 'text/plain', 'cong-van.txt');
    const { id } = await room.received(token, {
      title: 'Tiêm chủng',
      text: 'Kính nhờ phát.',
      files: [String(old.body.id)],
    });
    const { itemId, request } = await draft(id);
    expect((await item(itemId)).versions).toMatchObject([{ text: words }]);
    expect(request.notes).toContain('convertedTcvn3');
    expect((await draft(id)).request.notes).toContain('convertedTcvn3');
  });

  it('the operator may choose another part than the usual one; a part that is not there is said', async () => {
    const { token } = await room.link();
    const paper = await docx({ body: '<w:p><w:r><w:t>Lịch cắt điện</w:t></w:r></w:p>' });
    const files = [await room.voice(token), String((await room.upload(token, paper, DOCX, 'lich.docx')).body.id)];
    const { id } = await room.received(token, { title: 'Cắt điện', text: 'Xem tệp.', files });
    for (const from of [2, 20])
      expect((await room.as('hoa', 'POST', `/api/requests/${id}/draft`, { from })).body.code).toBe(
        'requests.sourceMissing',
      );
    const { itemId } = await draft(id, { from: 1 });
    expect(await item(itemId)).toMatchObject({ kind: 'script', versions: [{ text: 'Lịch cắt điện' }] });
  });

  it('a document without readable text is refused with the reason, and the request stays new', async () => {
    const { token } = await room.link();
    const broken = await room.upload(token, Buffer.from('%PDF-1.7 nothing more'), 'application/pdf', 'quet.pdf');
    const { id } = await room.received(token, {
      title: 'Quét',
      text: 'Chữ kèm theo.',
      files: [String(broken.body.id)],
    });
    const answer = await room.as('hoa', 'POST', `/api/requests/${id}/draft`, {});
    expect(answer).toMatchObject({
      status: 422,
      body: {
        code: 'requests.documentUnreadable',
        errors: [{ at: 'files.0', code: 'document.damaged', title: expect.stringContaining('bị hỏng') }],
      },
    });
    expect((await room.as('hoa', 'GET', `/api/requests/${id}`)).body).toMatchObject({
      status: 'new',
      decidedByName: null,
    });
    expect((await draft(id, { from: 'text' })).alreadyDrafted).toBe(false);
  });

  it.each([20_001, 300_000])(
    'a document of %s characters is too long for one script, and it is said',
    async (length) => {
      const { token } = await room.link();
      const long = await room.upload(token, Buffer.from('a'.repeat(length)), 'text/plain', 'dai.txt');
      const { id } = await room.received(token, { title: 'Dài', files: [String(long.body.id)] });
      const answer = await room.as('hoa', 'POST', `/api/requests/${id}/draft`, {});
      expect([answer.status, answer.body.code]).toEqual([422, 'requests.documentTooLong']);
    },
  );

  it('declined with a reason that the sender reads; then it is decided, once', async () => {
    const { token } = await room.link();
    const { id } = await room.received(token, { title: 'Bán hàng', text: 'Giảm giá.' });
    const decline = (reason: string) => room.as('hoa', 'POST', `/api/requests/${id}/decline`, { reason });
    expect((await decline(' ')).body.code).toBe('requests.reasonMissing');
    expect(await decline('Quảng cáo không được phát.')).toMatchObject({ status: 200, body: { status: 'declined' } });
    const page = senderView.parse((await room.ask('GET', `/api/public/requests/${token}`)).body);
    expect(page.requests).toMatchObject([{ id, state: 'declined', reason: 'Quảng cáo không được phát.' }]);
    for (const deed of ['draft', 'decline'])
      expect((await room.as('lan', 'POST', `/api/requests/${id}/${deed}`, { reason: 'x' })).body.code).toBe(
        'requests.decided',
      );
  });

  it('a draft and a refusal at the same moment: one of them holds', async () => {
    const { token } = await room.link();
    const { id } = await room.received(token, { text: 'Họp' });
    const answers = await Promise.all([
      room.as('hoa', 'POST', `/api/requests/${id}/draft`, {}),
      room.as('lan', 'POST', `/api/requests/${id}/decline`, { reason: 'Trùng' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const { status, itemId } = requestView.parse((await room.as('hoa', 'GET', `/api/requests/${id}`)).body);
    expect(await sql(`SELECT id FROM item WHERE request_id = '${id}'`)).toHaveLength(status === 'drafted' ? 1 : 0);
    expect(itemId === null).toBe(status === 'declined');
  });

  it('the sender sees when it is drafted, and when it may go on air', async () => {
    const { token } = await room.link();
    const { id } = await room.received(token, { text: 'Tiêm chủng' });
    const state = async () =>
      senderView.parse((await room.ask('GET', `/api/public/requests/${token}`)).body).requests[0]?.state;
    expect(await state()).toBe('new');
    const { itemId } = await draft(id);
    expect(await state()).toBe('drafted');
    // As the library leaves an approved item.
    const ready = `status = 'approved', audio_state = 'ready', audio_sha256 = '${'a'.repeat(64)}', audio_bytes = 1, audio_type = 'audio/ogg', audio_duration_ms = 1000`;
    await room.station.database.write(async ({ manager }) => {
      await manager.query(`UPDATE item_version SET ${ready} WHERE item_id = '${itemId}'`);
      await manager.query(`UPDATE item SET approved_version = 1 WHERE id = '${itemId}'`);
    });
    expect(await state()).toBe('approved');
  });

  it('operators are told at once, of urgent ones louder; deciding settles it', async () => {
    const { token } = await room.link();
    const [usual, urgent] = [
      await room.received(token, { title: 'Họp', text: 'x' }),
      await room.received(token, { title: 'Vỡ đập', text: 'x', urgent: true }),
    ];
    const openNotices = () =>
      sql(
        `SELECT kind, link, audience FROM notice WHERE open_key IN ('request.new:${usual.id}', 'request.new:${urgent.id}') ORDER BY created_at_ms, id`,
      );
    expect(await openNotices()).toMatchObject([
      { kind: 'request.new', link: `/de-nghi?id=${usual.id}`, audience: expect.stringContaining('request.manage') },
      { kind: 'request.newUrgent', link: `/de-nghi?id=${urgent.id}` },
    ]);
    await draft(usual.id);
    await room.as('hoa', 'POST', `/api/requests/${urgent.id}/decline`, { reason: 'Tin giả' });
    expect(await openNotices()).toEqual([]);
  });

  it('the list is the own area’s, newest first, by status and place, page by page', async () => {
    const { token } = await room.link({ area: 'ak2' });
    const ids: string[] = [];
    for (const text of ['một', 'hai', 'ba']) ids.unshift((await room.received(token, { text })).id);
    const { id: areaId } = await room.station.area('ak2');
    const list = async (query: string, login: 'hoa' | 'phu' | 'nam' = 'hoa') => {
      const { body, headers } = await room.as(login, 'GET', `/api/requests?${query}`);
      return { ids: (body as unknown as { id: string }[]).map(({ id }) => id), link: headers.get('link') };
    };
    expect(await list(`areaId=${areaId}`)).toEqual({ ids, link: null });
    expect((await list(`areaId=${areaId}`, 'nam')).ids).toEqual(ids);
    expect((await list('', 'phu')).ids).toEqual([]);
    const first = await list(`areaId=${areaId}&limit=2`);
    expect(first.ids).toEqual(ids.slice(0, 2));
    const next = /<\/api\/requests\?(.+)>; rel="next"/.exec(first.link ?? '')?.[1] ?? '';
    expect(await list(next)).toEqual({ ids: ids.slice(2), link: null });
    await draft(ids[0] ?? '');
    expect((await list(`areaId=${areaId}&status=new`)).ids).toEqual(ids.slice(1));
    expect((await room.as('hoa', 'GET', '/api/requests?cursor=x')).body.code).toBe('requests.cursorUnknown');
  });

  it('who only approves reads but decides nothing; who is elsewhere, or a technician, sees nothing', async () => {
    const { token } = await room.link();
    const { id } = await room.received(token, { text: 'Họp' });
    expect((await room.as('nam', 'GET', `/api/requests/${id}`)).status).toBe(200);
    for (const deed of ['draft', 'decline']) {
      expect((await room.as('nam', 'POST', `/api/requests/${id}/${deed}`, { reason: 'x' })).status).toBe(403);
      expect((await room.as('phu', 'POST', `/api/requests/${id}/${deed}`, { reason: 'x' })).status).toBe(404);
      expect((await room.as('tho', 'POST', `/api/requests/${id}/${deed}`, { reason: 'x' })).status).toBe(403);
    }
  });
});
