import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { type Head, HearingRoom } from '../../../test/support/hearing-room.js';
import { tokenOf } from '../../../test/support/request-room.js';
import { schedule, shelve } from '../../../test/support/shelf.js';
import { everyTable, MONDAY_NINE } from '../../../test/support/station.js';
import { PlanPublisher } from '../../dispatch/index.js';
import { Confirmation, ConfirmationLink, ConfirmationSession } from './confirmation.entity.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const HOSTILE = '<img src=x onerror="document.title=\'taken\'">';

describeOnBothDatabases('the page of a hamlet head', everyTable, (open) => {
  let house: HearingRoom;
  let itemId = '';
  const logged: string[] = [];
  beforeAll(async () => {
    const note = (fields: object, message: string) => logged.push(JSON.stringify(fields), message);
    house = await HearingRoom.open(await open(), { info: note, warn: note, error: note });
    itemId = await house.bulletin(`${HOSTILE} Vay vốn nuôi dê`);
  });
  afterAll(() => house.close());

  let named = 0;
  /** Two plays from now on, two minutes in all, which are over by now; on a day of its own, so that it is the last session there is. */
  const heard = async (cluster = 'k1') => {
    house.station.clock.advance(DAY_MS);
    const startMs = house.station.clock.nowMs();
    await house.told(cluster, [`p${++named}`, `p${++named}`], { startMs, itemId });
    house.station.clock.advance(2 * MINUTE_MS);
    return startMs;
  };
  /** A head of Ấp 1 with a page of their own; the one before ends. */
  let last: Head | null = null;
  const head = async (name?: string) => {
    if (last) await house.revoke(last);
    last = await house.head('ak1', name);
    return last;
  };
  const newest = async (token: string) => {
    const [session] = (await house.page(token)).sessions;
    if (!session) throw new Error('nothing is asked');
    return session;
  };
  const problem = ({ status, body }: { readonly status: number; readonly body: object }) => [
    status,
    'code' in body ? body.code : null,
  ];
  const rows = (sessionId: string) =>
    house.station.database.read((reader) => reader.find(Confirmation, { where: { sessionId }, order: { n: 'ASC' } }));

  it('says whose it is and asks once for the session that is over; the answer is kept with the time of the service', async () => {
    const { token } = await head(` Ông ${HOSTILE}\nRê `);
    const startMs = await heard();
    const page = await house.page(token);
    expect(page).toMatchObject({
      headName: `Ông ${HOSTILE} Rê`,
      hamletName: 'Ấp 1',
      communeName: 'An Khương',
      served: true,
      runningUntilMs: null,
    });
    expect(page.sessions).toHaveLength(1);
    const session = await newest(token);
    expect(session).toMatchObject({ startMs, endMs: startMs + 2 * MINUTE_MS, answer: null, seen: 0 });
    expect(session.items.map(({ title }) => title)).toEqual(Array(2).fill(`${HOSTILE} Vay vốn nuôi dê`));
    const answer = await house.answer(token, session.id, { answer: 'clear', seen: 0, atMs: 1 });
    expect(answer).toMatchObject({ status: 200, body: { answer: 'clear', seen: 1 } });
    expect(await newest(token)).toMatchObject({
      answer: 'clear',
      answeredAtMs: house.station.clock.nowMs(),
      correctableUntilMs: house.station.clock.nowMs() + HOUR_MS,
    });
  });

  it('before the session is over nobody is asked, and no answer is taken', async () => {
    const { token, hamletId } = await head();
    house.station.clock.advance(DAY_MS);
    const startMs = house.station.clock.nowMs() - MINUTE_MS;
    await house.told('k1', ['now1', 'now2'], { startMs, itemId });
    const page = await house.page(token);
    expect(page.runningUntilMs).toBe(startMs + 2 * MINUTE_MS);
    expect(page.sessions.every((session) => session.startMs < startMs)).toBe(true);
    const early = await house.answer(token, `${hamletId}.${startMs}`, { answer: 'clear', seen: 0 });
    expect(problem(early)).toEqual([409, 'confirmations.tooEarly']);
  });

  it('a session of another hamlet, one that never was, and one of four days ago are unknown', async () => {
    const { token, hamletId } = await head();
    const startMs = await heard('k2');
    const mine = await heard();
    for (const id of [`${await house.hamlet('ak2')}.${startMs}`, `${hamletId}.${startMs + 1}`, 'x', '..%2F..'])
      expect(problem(await house.answer(token, id, { answer: 'clear', seen: 0 }))).toEqual([
        404,
        'confirmations.sessionUnknown',
      ]);
    house.station.clock.advance(3 * DAY_MS);
    expect((await house.page(token)).sessions).toEqual([]);
    const late = await house.answer(token, `${hamletId}.${mine}`, { answer: 'clear', seen: 0 });
    expect(problem(late)).toEqual([404, 'confirmations.sessionUnknown']);
  });

  it('may be corrected within the hour, with its history; then it stands', async () => {
    const { token } = await head();
    await heard();
    const { id } = await newest(token);
    await house.answer(token, id, { answer: 'clear', seen: 0 });
    house.station.clock.advance(HOUR_MS - 1);
    const corrected = await house.answer(token, id, { answer: 'notHeard', seen: 1 });
    expect(corrected).toMatchObject({ status: 200, body: { answer: 'notHeard', seen: 2 } });
    house.station.clock.advance(1);
    const late = await house.answer(token, id, { answer: 'clear', seen: 2 });
    expect(problem(late)).toEqual([409, 'confirmations.fixed']);
    expect(await house.answer(token, id, { answer: 'notHeard', seen: 0 })).toMatchObject({ status: 200 });
    expect(await newest(token)).toMatchObject({ answer: 'notHeard', correctableUntilMs: null });
    expect(await rows(id)).toMatchObject([
      { n: 1, answer: 'clear', supersededAtMs: expect.any(Number), byName: 'Ông Điểu K’Rê' },
      { n: 2, answer: 'notHeard', supersededAtMs: null },
    ]);
  });

  it('twice at once from two phones: one answer; the other phone is told so, and a lost answer may be sent again', async () => {
    const { token } = await head();
    await heard();
    const { id } = await newest(token);
    const same = await Promise.all(
      Array.from({ length: 4 }, () => house.answer(token, id, { answer: 'unclear', seen: 0 })),
    );
    expect(same.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await rows(id)).toHaveLength(1);

    await heard();
    const next = await newest(token);
    const [one, other] = await Promise.all([
      house.answer(token, next.id, { answer: 'clear', seen: 0 }),
      house.answer(token, next.id, { answer: 'notHeard', seen: 0 }),
    ]);
    expect([one.status, other.status].toSorted()).toEqual([200, 409]);
    expect([one.body.code, other.body.code]).toContain('confirmations.changed');
    expect(await rows(next.id)).toHaveLength(1);
  });

  it('a play that joins the end of an answered session is a session of its own; the answer stays what it was', async () => {
    const { token } = await head();
    const startMs = await heard();
    const { id } = await newest(token);
    await house.answer(token, id, { answer: 'clear', seen: 0 });
    await house.told('k1', [`late${startMs}`], { startMs: house.station.clock.nowMs() + MINUTE_MS, itemId });
    house.station.clock.advance(2 * MINUTE_MS);
    const [added, before] = (await house.page(token)).sessions;
    expect(before).toMatchObject({ id, answer: 'clear', items: [{ startMs }, {}] });
    expect(added).toMatchObject({ answer: null, startMs: startMs + 3 * MINUTE_MS });
  });

  it('a new head answers for what was not answered, and corrects nothing of the one before', async () => {
    const before = await head('Ông Một');
    await heard();
    const { id } = await newest(before.token);
    await house.answer(before.token, id, { answer: 'clear', seen: 0 });
    const { token } = await head('Bà Hai');
    expect(await newest(token)).toMatchObject({ id, answer: 'clear', correctableUntilMs: null });
    const answer = await house.answer(token, id, { answer: 'notHeard', seen: 1 });
    expect(problem(answer)).toEqual([409, 'confirmations.another']);
  });

  it('unknown, cut, revoked, renewed and expired are one and the same answer; the token stands in no log and no table', async () => {
    const revoked = await head();
    await heard();
    const { id } = await newest(revoked.token);
    const renewed = await head();
    const again = (await house.room.as('hoa', 'POST', `/api/confirmation-links/${renewed.id}/renew`, {})).body;
    const bodies = new Set<string>();
    for (const token of ['A'.repeat(43), 'A'.repeat(42), revoked.token, renewed.token])
      for (const { status, body } of [
        await house.room.ask('GET', `/api/public/hearings/${token}`),
        await house.answer(token, id, { answer: 'clear', seen: 0 }),
      ])
        bodies.add(JSON.stringify([status, body.code, body.title]));
    expect([...bodies].map((body) => JSON.parse(body).slice(0, 2))).toEqual([[404, 'confirmations.linkUnknown']]);
    const token = tokenOf(String(again.address));
    expect((await house.page(token)).headName).toBe('Ông Điểu K’Rê');
    await (await fetch(`${house.station.http}/nghe/${token}`)).text();
    expect(logged.some((line) => line.includes('/nghe/[hidden]'))).toBe(true);
    expect(logged.filter((line) => line.includes(token) || line.includes(revoked.token))).toEqual([]);
    const kept = await house.station.database.read((reader) => reader.find(ConfirmationLink));
    expect(JSON.stringify(kept)).not.toContain(token);
    house.station.clock.advance(366 * DAY_MS);
    expect((await house.room.ask('GET', `/api/public/hearings/${token}`)).body.code).toBe('confirmations.linkUnknown');
    last = null;
    await house.revoke(renewed);
  });

  it('answers are kept by nobody on the way, lead nowhere, and are found by no search engine', async () => {
    const { token } = await head();
    const answers = [
      await house.room.ask('GET', `/api/public/hearings/${token}`),
      await house.answer(token, 'x', {}),
      await house.room.ask('GET', `/api/public/hearings/${'A'.repeat(43)}`),
    ];
    for (const { headers } of answers)
      expect([headers.get('cache-control'), headers.get('referrer-policy'), headers.get('x-robots-tag')]).toEqual([
        'no-store',
        'no-referrer',
        'noindex, nofollow',
      ]);
  });

  it.each([
    ['no answer', {}, [400, 'request.invalid']],
    ['one that there is not', { answer: 'maybe', seen: 0 }, [400, 'request.invalid']],
    ['a list', [], [400, 'request.invalid']],
    ['a count below nothing', { answer: 'clear', seen: -1 }, [400, 'request.invalid']],
    ['1 MB', { answer: 'clear', seen: 0, more: 'a'.repeat(1_100_000) }, [413, 'request.tooLarge']],
    ['NUL', { answer: 'cle\0ar', seen: 0 }, [400, 'request.refused']],
  ])('%s is refused with a code, and nothing is kept', async (_, sent, expected) => {
    const { token } = await head();
    await heard();
    const { id } = await newest(token);
    expect(problem(await house.answer(token, id, sent))).toEqual(expected);
    expect(await rows(id)).toEqual([]);
    const kept = await house.station.database.read((reader) => reader.findOneBy(ConfirmationSession, { id }));
    expect(kept).toBeNull();
  });

  it('what the publisher told the devices is what is asked about, from the planned end on', async () => {
    const { station } = house;
    const minutes = await shelve(station, { area: 'ak', title: 'Thời sự xã', durationMs: 7 * MINUTE_MS });
    await house.device('k1');
    await schedule(station, minutes.id, '17:00');
    await station.get(PlanPublisher).refresh();
    const { token } = await head();
    const day = new Date(station.clock.nowMs() + 7 * HOUR_MS).toISOString().slice(0, 10);
    const startMs = Date.parse(`${day}T17:00:00+07:00`);
    station.clock.set(startMs + 7 * MINUTE_MS - 1);
    expect(await house.page(token)).toMatchObject({ runningUntilMs: startMs + 7 * MINUTE_MS });
    station.clock.advance(1);
    expect(await newest(token)).toMatchObject({ startMs, items: [{ title: 'Thời sự xã', startMs }], answer: null });
  });

  it('a flood by one link, and one by one address, are held back for a minute', async () => {
    const { token } = await head();
    house.station.clock.advance(MINUTE_MS);
    const calls = async (path: string, times: number) => {
      const statuses: number[] = [];
      for (let n = 0; n < times; n++) {
        const headers = { 'x-forwarded-for': `203.0.113.${n}` };
        statuses.push((await house.room.ask('GET', `/api/public/hearings/${path}`, { headers })).status);
      }
      return statuses;
    };
    expect((await calls(token, 61)).indexOf(429)).toBe(60);
    expect((await calls('guess', 180)).indexOf(429)).toBe(179);
    house.station.clock.advance(MINUTE_MS);
    expect(await calls(token, 1)).toEqual([200]);
  });

  it('one page a hamlet, made for a hamlet by who may, told once with its QR code', async () => {
    const made = await head('Bà Ba');
    expect(made.address).toBe(`${house.station.http}/nghe/${made.token}`);
    expect(Buffer.from(made.token, 'base64url')).toHaveLength(32);
    expect(made.qrSvg).toMatch(/^<svg /);
    expect(made.createdAtMs).toBeGreaterThan(MONDAY_NINE);
    const make = async (login: 'hoa' | 'nam' | 'phu', hamlet: string, changes: object = {}) => {
      const sent = { hamletId: await house.hamlet(hamlet), headName: 'Bà Tư', ...changes };
      return problem(await house.room.as(login, 'POST', '/api/confirmation-links', sent));
    };
    expect(await make('hoa', 'ak1')).toEqual([409, 'confirmations.linkThere']);
    expect(await make('hoa', 'ak')).toEqual([422, 'confirmations.notHamlet']);
    expect(await make('hoa', 'ak2', { headName: ' \u202e ' })).toEqual([422, 'confirmations.headMissing']);
    expect(await make('hoa', 'ak2', { validUntilMs: 1 })).toEqual([422, 'confirmations.termWrong']);
    expect(await make('phu', 'ak2')).toEqual([404, 'area.unknown']);
    expect(await make('nam', 'ak2')).toEqual([403, 'right.missing']);
    const both = await Promise.all([make('hoa', 'ak2'), make('hoa', 'ak2')]);
    expect(both.map(([status]) => status).toSorted()).toEqual([201, 409]);
    const listed = (await house.room.as('hoa', 'GET', '/api/confirmation-links')).body as unknown as object[];
    expect(JSON.stringify(listed)).not.toContain(made.token);
    expect(listed).toContainEqual(expect.objectContaining({ headName: 'Bà Ba', revokedAtMs: null }));
    expect((await house.room.as('phu', 'GET', '/api/confirmation-links')).body).toEqual([]);
    for (const [login, status] of [
      ['phu', 404],
      ['nam', 403],
    ] as const)
      expect((await house.room.as(login, 'DELETE', `/api/confirmation-links/${made.id}`)).status).toBe(status);
    await house.revoke(made);
    await house.revoke(made);
    const renewal = await house.room.as('hoa', 'POST', `/api/confirmation-links/${made.id}/renew`, {});
    expect(problem(renewal)).toEqual([409, 'confirmations.linkRevoked']);
    last = null;
  });
});
