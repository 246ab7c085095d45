import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { RequestRoom, tokenOf } from '../../../test/support/request-room.js';
import { everyTable } from '../../../test/support/station.js';
import { issuedLink, type LinkView } from './request-link.api.js';

const YEAR_MS = 365 * 86_400_000;

describeOnBothDatabases('links for people without an account', everyTable, (open) => {
  let room: RequestRoom;
  beforeAll(async () => {
    room = await RequestRoom.open(await open());
  });
  afterAll(() => room.close());

  const status = async (token: string) => (await room.ask('GET', `/api/public/requests/${token}`)).status;
  const list = async (login: 'hoa' | 'nam' | 'phu' = 'hoa', query = '') =>
    (await room.as(login, 'GET', `/api/request-links${query}`)).body as unknown as LinkView[];

  it('is made for a commune or a hamlet, holds a year, and tells its address once', async () => {
    const made = await room.link({ senderName: '  Trạm y tế\nAn Khương ', senderKind: 'clinic', contact: '0271 111' });
    expect(made).toMatchObject({ senderName: 'Trạm y tế An Khương', mostPerDay: 10, createdByName: 'hoa' });
    expect(made.validUntilMs).toBe(room.station.clock.nowMs() + YEAR_MS);
    expect(made.address).toBe(`${room.station.http}/gui/${made.token}`);
    expect(Buffer.from(made.token, 'base64url')).toHaveLength(32);
    const listed = (await list()).find(({ id }) => id === made.id);
    expect(listed).toMatchObject({ contact: '0271 111', revokedAtMs: null, lastUsedAtMs: null });
    expect(JSON.stringify(await list())).not.toContain(made.token);
    await room.received(made.token, { text: 'x' });
    expect((await list()).find(({ id }) => id === made.id)?.lastUsedAtMs).toBe(room.station.clock.nowMs());
  });

  it('the list is the own area’s; an approver reads it and makes none', async () => {
    const made = await room.link({ area: 'ak1' });
    const { id: areaId } = await room.station.area('ak1');
    expect((await list('nam', `?areaId=${areaId}`)).map(({ id }) => id)).toEqual([made.id]);
    expect(await list('phu')).toEqual([]);
    const sent = { areaId, senderKind: 'other', senderName: 'x' };
    expect((await room.as('nam', 'POST', '/api/request-links', sent)).status).toBe(403);
    expect((await room.as('tho', 'GET', '/api/request-links')).status).toBe(403);
    expect((await room.as('phu', 'POST', '/api/request-links', sent)).body.code).toBe('area.unknown');
    for (const deed of [
      ['DELETE', ''],
      ['POST', '/renew'],
    ] as const) {
      const path = `/api/request-links/${made.id}${deed[1]}`;
      expect((await room.as('phu', deed[0], path, {})).body.code).toBe('requests.linkGone');
      expect((await room.as('nam', deed[0], path, {})).status).toBe(403);
    }
    expect(await status(made.token)).toBe(200);
  });

  it.each([
    ['a province', { area: 'bp' }, 'right.missing'],
    ['three years', { validUntilMs: 4 * YEAR_MS + Date.parse('2026-01-05') }, 'requests.termWrong'],
    ['an end that is over', { validUntilMs: 1 }, 'requests.termWrong'],
    ['nobody', { senderName: ' \u202e ' }, 'requests.senderMissing'],
    ['a kind that does not exist', { senderKind: 'mayor' }, 'request.invalid'],
    ['a thousand a day', { mostPerDay: 1_000 }, 'request.invalid'],
  ])('none is made for %s', async (what, { area = 'ak', ...changes }: { area?: string } & object, code) => {
    const { id: areaId } = await room.station.area(area);
    const sent = { areaId, senderKind: 'police', senderName: 'Công an', ...changes };
    const answer = await room.as('hoa', 'POST', '/api/request-links', sent);
    expect([what, answer.body.code]).toEqual([what, what === 'a province' ? 'area.unknown' : code]);
  });

  it('renewed: the new address works at once, the old one is dead, what was sent is still seen', async () => {
    const made = await room.link();
    const { id } = await room.received(made.token, { text: 'Họp' });
    const renewed = issuedLink.parse((await room.as('hoa', 'POST', `/api/request-links/${made.id}/renew`, {})).body);
    expect(renewed).toMatchObject({ id: made.id, validUntilMs: made.validUntilMs });
    expect([await status(made.token), await status(tokenOf(renewed.address))]).toEqual([404, 200]);
    const page = await room.ask('GET', `/api/public/requests/${tokenOf(renewed.address)}`);
    expect(page.body).toMatchObject({ requests: [{ id }] });
  });

  it('expired, it is renewed for a year; revoked, for good', async () => {
    const made = await room.link({ validUntilMs: room.station.clock.nowMs() + 1_000 });
    room.station.clock.advance(1_000);
    expect(await status(made.token)).toBe(404);
    const renew = () => room.as('hoa', 'POST', `/api/request-links/${made.id}/renew`, {});
    const renewed = issuedLink.parse((await renew()).body);
    expect(renewed.validUntilMs).toBe(room.station.clock.nowMs() + YEAR_MS);
    for (let n = 0; n < 2; n++)
      expect((await room.as('hoa', 'DELETE', `/api/request-links/${made.id}`)).status).toBe(204);
    expect(await status(tokenOf(renewed.address))).toBe(404);
    expect((await renew()).body.code).toBe('requests.linkRevoked');
  });
});
