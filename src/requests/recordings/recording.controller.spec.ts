import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { RequestRoom, tokenOf, VOICE } from '../../../test/support/request-room.js';
import { everyTable } from '../../../test/support/station.js';
import { readingView, recordingLinkView } from './recording.api.js';

describeOnBothDatabases('a person records by link', everyTable, (open) => {
  let room: RequestRoom;
  let itemId = '';
  beforeAll(async () => {
    room = await RequestRoom.open(await open());
  });
  beforeEach(async () => {
    const { id: areaId } = await room.station.area('ak');
    const sent = { kind: 'script', areaId, title: 'Dịch tả lợn', text: 'Mba nau.', language: 'mnx' };
    itemId = String((await room.as('hoa', 'POST', '/api/items', sent)).body.id);
  });
  afterAll(() => room.close());

  const ask = (sent: object = { speakerName: 'Chị Thị Brang' }, id = itemId) =>
    room.as('hoa', 'POST', `/api/items/${id}/recording-link`, sent);
  const linked = async () => tokenOf(recordingLinkView.parse((await ask()).body).address);
  const read = (token: string) => room.ask('GET', `/api/public/recordings/${token}`);
  const take = (token: string, n = 0) =>
    room.upload(token, Buffer.concat([VOICE, Buffer.from([n])]), 'audio/wav', undefined, 'recordings');
  const item = async () => (await room.as('hoa', 'GET', `/api/items/${itemId}`)).body;
  const makes = async (versions: number) => expect(await item()).toMatchObject({ currentVersion: versions });

  it('the speaker sees the text, records, and the next version has the voice, its author who asked', async () => {
    const made = await ask();
    expect(made).toMatchObject({ status: 201, body: { version: 1, takesLeft: 3, speakerName: 'Chị Thị Brang' } });
    const address = String(made.body.address);
    expect(address).toBe(`${room.station.http}/thu/${tokenOf(address)}`);
    const token = tokenOf(address);
    expect(readingView.parse((await read(token)).body)).toMatchObject({
      title: 'Dịch tả lợn',
      text: 'Mba nau.',
      language: 'mnx',
      takesLeft: 3,
      lastTake: null,
    });
    expect(await take(token)).toMatchObject({ status: 201, body: { takesLeft: 2, lastTake: { state: 'rendering' } } });
    expect(await item()).toMatchObject({
      currentVersion: 2,
      versions: [
        { speakerName: null },
        {
          text: 'Mba nau.',
          speakerName: 'Chị Thị Brang',
          status: 'draft',
          author: { name: 'hoa' },
          audio: { state: 'rendering', uploaded: true },
        },
      ],
    });
  });

  it('three takes, the same recording sent again being none; then it is used up', async () => {
    const token = await linked();
    const left: unknown[] = [];
    for (const n of [1, 1, 2, 3]) left.push((await take(token, n)).body.takesLeft);
    expect(left).toEqual([2, 2, 1, 0]);
    expect(await take(token, 4)).toMatchObject({ status: 410, body: { code: 'requests.recordingOver' } });
    expect((await read(token)).body).toMatchObject({ takesLeft: 0, lastTake: { state: 'rendering' } });
    await makes(4);
  });

  it('the same recording twice at the same moment is one take', async () => {
    const token = await linked();
    const answers = await Promise.all([take(token), take(token)]);
    expect(answers.map(({ status, body }) => [status, body.takesLeft])).toEqual([
      [201, 2],
      [201, 2],
    ]);
    await makes(2);
  });

  it('a text that was changed, or submitted, is not recorded any more', async () => {
    const token = await linked();
    await room.as('hoa', 'PUT', `/api/items/${itemId}/text`, { text: 'Khác' });
    for (const answer of [await read(token), await take(token)])
      expect([answer.status, answer.body.code]).toEqual([410, 'requests.recordingOver']);
    const second = await linked();
    await room.station.database.write((tx) =>
      tx.manager.query(`UPDATE item_version SET status = 'pending' WHERE item_id = '${itemId}' AND n = 2`),
    );
    expect((await take(second)).status).toBe(410);
    expect(await ask()).toMatchObject({ status: 409, body: { code: 'requests.recordingWaiting' } });
    await makes(2);
  });

  it('a new link, or taking it back, ends the one before', async () => {
    const [first, second] = [await linked(), await linked()];
    expect([(await read(first)).status, (await read(second)).status]).toEqual([404, 200]);
    expect((await room.as('hoa', 'DELETE', `/api/items/${itemId}/recording-link`)).status).toBe(204);
    expect([(await read(second)).body.code, (await take(second)).body.code]).toEqual([
      'requests.linkUnknown',
      'requests.linkUnknown',
    ]);
    const token = await linked();
    room.station.clock.advance(7 * 86_400_000);
    expect((await read(token)).status).toBe(404);
  });

  it('a link does no more than its maker may today', async () => {
    const token = await linked();
    await room.station.database.write((tx) =>
      tx.manager.query(
        "UPDATE account_grant SET role = 'monitor' WHERE account_id = (SELECT id FROM account WHERE login = 'hoa')",
      ),
    );
    try {
      expect(await take(token)).toMatchObject({ status: 410, body: { code: 'requests.recordingOver' } });
    } finally {
      await room.station.database.write((tx) =>
        tx.manager.query(
          "UPDATE account_grant SET role = 'operator' WHERE account_id = (SELECT id FROM account WHERE login = 'hoa')",
        ),
      );
    }
    await makes(1);
  });

  it.each([
    ['a document', Buffer.from('%PDF-1.4'), 'application/pdf', [415, 'requests.fileType']],
    ['a document that says it is a voice', Buffer.from('%PDF-1.4'), 'audio/mpeg', [415, 'requests.fileType']],
    ['nothing', Buffer.alloc(0), 'audio/webm', [422, 'requests.fileEmpty']],
  ])('%s is no recording', async (_, body, type, expected) => {
    const answer = await room.upload(await linked(), body, type, undefined, 'recordings');
    expect([answer.status, answer.body.code]).toEqual(expected);
    await makes(1);
  });

  it('who may not write there asks nobody; a relay has nothing to read; a request link opens no text', async () => {
    for (const [login, status] of [
      ['nam', 403],
      ['phu', 404],
      ['tho', 403],
    ] as const) {
      const sent = { speakerName: 'x' };
      expect((await room.as(login, 'POST', `/api/items/${itemId}/recording-link`, sent)).status).toBe(status);
    }
    const { id: areaId } = await room.station.area('ak');
    const relay = { kind: 'relay', areaId, title: 'VOV', streamUrl: 'https://vov.vn/live' };
    const { id } = (await room.as('hoa', 'POST', '/api/items', relay)).body;
    expect((await ask(undefined, String(id))).body.code).toBe('library.kindWrong');
    expect((await ask({ speakerName: ' ' })).body.code).toBe('requests.senderMissing');
    expect((await ask({ speakerName: 'x', validUntilMs: 1 })).body.code).toBe('requests.termWrong');
    expect((await read((await room.link()).token)).status).toBe(404);
    expect((await room.ask('GET', `/api/public/requests/${await linked()}`)).status).toBe(404);
  });
});
