import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { HearingRoom } from '../../../test/support/hearing-room.js';
import type { Login } from '../../../test/support/request-room.js';
import { everyTable } from '../../../test/support/station.js';
import { AreaService } from '../../areas/index.js';
import { Cluster } from '../../fleet/index.js';
import { type ConfirmationView, confirmationView, contradictionView } from './confirmation.api.js';
import { heardBy } from './confirmation.queries.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const AREAS = 'code,parentCode,kind,name,validFrom,validTo,speciallyDisadvantaged,border,ethnicMinority\n';

describeOnBothDatabases('what hamlet heads heard, beside what devices say', everyTable, (open) => {
  let house: HearingRoom;
  let [goats, health] = ['', ''];
  beforeAll(async () => {
    house = await HearingRoom.open(await open());
    // Ấp 1 hears three clusters, of which it shares one with Ấp 2; nobody serves Ấp 3.
    await house.station.get(AreaService).importCsv(house.station.root, `${AREAS}ak3,ak,hamlet,Ấp 3,2020-01-01,,,,\n`);
    await house.station.importClusters(
      `k3,ak,Cụm loa chung,11.5,106.5,2,ak1 ak2\nk4,ak,Cụm loa đình,11.5,106.5,2,ak1\n`,
    );
    [goats, health] = [await house.bulletin('Vay vốn nuôi dê'), await house.bulletin('Tiêm chủng')];
  });
  afterAll(() => house.close());

  let named = 0;
  /** One play of each item at each cluster, over by now, on a day of its own. */
  const session = async (clusters: readonly string[], items: readonly string[] = [goats]) => {
    house.station.clock.advance(DAY_MS);
    const startMs = house.station.clock.nowMs();
    const plays: (readonly [cluster: string, play: string])[] = [];
    for (const cluster of clusters)
      for (const [at, itemId] of items.entries()) {
        plays.push([cluster, `s${++named}`]);
        await house.told(cluster, [`s${named}`], { startMs: startMs + at * MINUTE_MS, itemId });
      }
    house.station.clock.advance(items.length * MINUTE_MS);
    return { startMs, day: new Date(startMs + 7 * 3_600_000).toISOString().slice(0, 10), plays };
  };
  const list = async <Row>(login: Login, path: string, row: z.ZodType<Row>): Promise<Row[]> =>
    z.array(row).parse((await house.room.as(login, 'GET', path)).body);
  const openOf = async (hamlet: string, login: Login = 'hoa'): Promise<ConfirmationView[]> =>
    list(login, `/api/confirmations/sessions?hamletId=${await house.hamlet(hamlet)}`, confirmationView);
  const newest = async (hamlet: string) => {
    const [first] = await openOf(hamlet, hamlet === 'ap1' ? 'phu' : 'hoa');
    if (!first) throw new Error('nothing is asked');
    return first;
  };
  const tell = async (hamlet: string, answer: string, login: Login = 'hoa', toldBy = 'Ông Rê') => {
    const { id: sessionId } = await newest(hamlet);
    return house.room.as(login, 'POST', '/api/confirmations', { sessionId, answer, toldBy });
  };
  const against = (login: Login = 'nam', query = '') =>
    list(login, `/api/confirmations/contradictions${query}`, contradictionView);
  const answered = (login: Login = 'nam', query = '') => list(login, `/api/confirmations${query}`, confirmationView);

  it('a telephoned answer stands beside the head’s own, says who told it and who entered it, and is never in its place', async () => {
    await session(['k1']);
    const { token } = await house.head('ak1');
    const { id } = await newest('ak1');
    expect(await tell('ak1', 'unclear')).toMatchObject({ status: 201, body: { id, hamletName: 'Ấp 1' } });
    house.station.clock.advance(1);
    await house.answer(token, id, { answer: 'clear', seen: 0 });
    expect((await house.page(token)).sessions[0]).toMatchObject({ answer: 'clear', seen: 1 });
    const [row] = await answered();
    expect(row).toMatchObject({ id, communeName: 'An Khương', items: [{ itemId: goats, title: 'Vay vốn nuôi dê' }] });
    expect(row?.answers).toMatchObject([
      { kind: 'telephone', answer: 'unclear', byName: 'hoa', toldBy: 'Ông Rê' },
      { kind: 'head', answer: 'clear', byName: 'Ông Điểu K’Rê', toldBy: null },
    ]);
    const audit: { actor_name: string }[] = await house.station.database.read((reader) =>
      reader.query(`SELECT actor_name FROM audit_entry WHERE subject = '${id}'`),
    );
    expect(audit.map((entry) => entry.actor_name).toSorted()).toEqual(['Vang', 'hoa']);
  });

  it('is corrected within the hour by its operator, by no other; refusals keep nothing', async () => {
    await session(['k1']);
    expect((await tell('ak1', 'clear')).status).toBe(201);
    expect((await tell('ak1', 'notHeard', 'lan')).body.code).toBe('confirmations.another');
    expect((await tell('ak1', 'notHeard')).status).toBe(201);
    expect((await newest('ak1')).answers.map(({ answer }) => answer)).toEqual(['clear', 'notHeard']);
    house.station.clock.advance(60 * MINUTE_MS);
    expect((await tell('ak1', 'clear')).body.code).toBe('confirmations.fixed');
    expect((await tell('ak1', 'clear', 'nam')).status).toBe(403);
    expect((await tell('ak1', 'clear', 'phu')).body.code).toBe('confirmations.sessionUnknown');
    expect((await tell('ak1', 'clear', 'hoa', ' \u202e ')).body.code).toBe('confirmations.nobodyTold');
    expect((await tell('ak1', 'maybe')).body.code).toBe('request.invalid');
    expect((await newest('ak1')).answers).toHaveLength(2);
  });

  it('case 23: a hamlet with three clusters is asked once for what all of them play; one that shares a cluster for its part; one without any never', async () => {
    const { startMs } = await session(['k1', 'k3', 'k4'], [goats, health]);
    expect((await newest('ak1')).items).toMatchObject([
      { itemId: goats, startMs },
      { itemId: health, startMs: startMs + MINUTE_MS },
    ]);
    expect((await newest('ak2')).items).toHaveLength(2);
    expect(await openOf('ak3')).toEqual([]);
    const { token } = await house.head('ak3', 'Bà Ba');
    expect(await house.page(token)).toMatchObject({ served: false, sessions: [] });
  });

  it('boards are not heard; a play that was taken back before its start is not asked about, one that may have sounded is', async () => {
    const before = (await openOf('ak2')).length;
    const { startMs } = await session(['k2']);
    const { database } = house.station;
    const becomes = (kind: Cluster['kind']) =>
      database.write((tx) => tx.manager.update(Cluster, { code: 'k2' }, { kind }));
    await becomes('board');
    expect(await openOf('ak2')).toHaveLength(before);
    await becomes('loudspeakers');
    const takenBack = (atMs: number) =>
      database.write((tx) =>
        tx.manager.query(`UPDATE planned_play SET withdrawn_at_ms = ${atMs} WHERE play = 's${named}'`),
      );
    await takenBack(startMs + 1);
    expect(await openOf('ak2')).toHaveLength(before + 1);
    await takenBack(startMs);
    expect(await openOf('ak2')).toHaveLength(before);
  });

  it('not heard, though every play was whole at every cluster: listed with plays, clusters and outcomes, once the last receipt is there', async () => {
    const { plays } = await session(['k1', 'k3', 'k4']);
    await tell('ak1', 'notHeard');
    const [[k1, p1] = ['', ''], ...others] = plays;
    for (const [cluster, play] of others) await house.came(cluster, play);
    expect((await against()).filter(({ contradiction }) => contradiction === 'playedNotHeard')).toEqual([]);
    await house.came(k1, p1);
    const [found] = await against();
    expect(found).toMatchObject({
      ...{ contradiction: 'playedNotHeard', kind: 'telephone', answer: 'notHeard', toldBy: 'Ông Rê' },
      session: { hamletName: 'Ấp 1', communeName: 'An Khương' },
    });
    expect(found?.plays.map(({ clusterName }) => clusterName).toSorted()).toEqual([
      'Cụm loa chung',
      'Cụm loa đình',
      'Cụm loa ấp 1',
    ]);
    expect(found?.plays[0]).toMatchObject({
      ...{ outcome: 'complete', proven: 'complete', itemId: goats, title: 'Vay vốn nuôi dê' },
      receiptId: expect.any(String),
      controllerId: expect.any(String),
    });
  });

  it('a relay, and a transmitter, prove less: not heard is no contradiction there', async () => {
    const relay = await session(['k9']);
    await house.came('k9', relay.plays[0]?.[1] ?? '', { relayHeardMs: 60_000 });
    await tell('ap1', 'notHeard', 'phu');
    const aired = await session(['k9']);
    await house.came('k9', aired.plays[0]?.[1] ?? '');
    await tell('ap1', 'notHeard', 'phu');
    expect(await against('phu')).toHaveLength(1);
    await house.station.database.write((tx) => tx.manager.update(Cluster, { code: 'k9' }, { reach: 'transmitter' }));
    expect(await against('phu')).toEqual([]);
  });

  it('heard clearly, though devices say nothing or that it was not played; a receipt that comes late ends it', async () => {
    const { plays, day } = await session(['k1', 'k3']);
    await tell('ak1', 'clear');
    const [[k1, p1] = ['', ''], [k3, p3] = ['', '']] = plays;
    await house.came(k1, p1, { outcome: 'notPlayed', cause: 'powerLost', grade: 'received', playedMs: 0 });
    const [found] = await against('nam', `?fromDay=${day}`);
    expect(found).toMatchObject({ contradiction: 'heardNotPlayed', answer: 'clear' });
    expect(found?.plays.map(({ outcome, cause }) => [outcome, cause])).toEqual(
      expect.arrayContaining([
        ['notPlayed', 'powerLost'],
        [null, null],
      ]),
    );
    await house.came(k3, p3, { outcome: 'partial', grade: 'started', playedMs: 20_000 });
    expect(await against('nam', `?fromDay=${day}`)).toEqual([]);
  });

  it('lists are the own area’s, by area and day, page by page, the newest first', async () => {
    const all = await answered();
    expect(all.length).toBeGreaterThan(3);
    expect(all.map(({ startMs }) => startMs)).toEqual(all.map(({ startMs }) => startMs).toSorted((a, b) => b - a));
    expect(new Set(all.map(({ communeName }) => communeName))).toEqual(new Set(['An Khương']));
    const pages: string[] = [];
    for (let path: string | undefined = '/api/confirmations?limit=2'; path !== undefined; ) {
      const answer = await house.room.as('nam', 'GET', path);
      pages.push(
        ...z
          .array(confirmationView)
          .parse(answer.body)
          .map(({ id }) => id),
      );
      path = /<([^>]+)>/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    expect(pages).toEqual(all.map(({ id }) => id));
    const day = all[1]?.day ?? '';
    expect((await answered('nam', `?fromDay=${day}&toDay=${day}`)).map(({ id }) => id)).toEqual([all[1]?.id]);
    expect(await answered('nam', `?areaId=${await house.hamlet('ak2')}`)).toEqual([]);
    for (const [login, path, status] of [
      ['phu', `?areaId=${await house.hamlet('ak1')}`, 404],
      ['tho', '', 403],
      ['nam', '?cursor=x', 400],
      ['nam', '?fromDay=hôm%20qua', 400],
      ['nam', '/contradictions?cursor=x', 400],
    ] as const)
      expect([path, (await house.room.as(login, 'GET', `/api/confirmations${path}`)).status]).toEqual([path, status]);
  });

  it('coverage reads what was heard, item by item, with the answer that holds', async () => {
    const { day } = await session(['k1', 'k3', 'k4'], [goats, health]);
    const { token, hamletId } = await house.head('ak2', 'Bà Hai');
    const [asked] = (await house.page(token)).sessions;
    await house.answer(token, asked?.id ?? '', { answer: 'notHeard', seen: 0 });
    await house.answer(token, asked?.id ?? '', { answer: 'clear', seen: 1 });
    await tell('ak1', 'unclear');
    const ak1 = await house.hamlet('ak1');
    const rows = await house.station.database.read((reader) =>
      heardBy(reader, { hamletIds: [ak1, hamletId], fromDay: day, toDay: day }),
    );
    const told = rows.map((row) => [row.hamletId, row.itemId, row.day, row.answer, row.kind, row.playIds.length]);
    expect(told).toHaveLength(4);
    expect(told).toEqual(
      expect.arrayContaining([
        [ak1, goats, day, 'unclear', 'telephone', 3],
        [ak1, health, day, 'unclear', 'telephone', 3],
        [hamletId, goats, day, 'clear', 'head', 1],
        [hamletId, health, day, 'clear', 'head', 1],
      ]),
    );
    const none = { hamletIds: [], fromDay: day, toDay: day };
    expect(await house.station.database.read((reader) => heardBy(reader, none))).toEqual([]);
  });

  it('a cluster that serves the hamlet no more is asked about for the days on which it did', async () => {
    const { startMs } = await session(['k4']);
    house.station.clock.advance(DAY_MS);
    await house.station.importClusters('k4,ak,Cụm loa đình,11.5,106.5,2,ak2\n');
    const moved = await session(['k4']);
    expect((await openOf('ak1')).map((each) => each.startMs)).toContain(startMs);
    expect((await openOf('ak1')).map((each) => each.startMs)).not.toContain(moved.startMs);
    expect((await openOf('ak2')).map((each) => each.startMs)).toContain(moved.startMs);
    expect((await openOf('ak2')).map((each) => each.startMs)).not.toContain(startMs);
  });

  it('case 17: after a merger, and after any renaming, an answer tells hamlet, commune, titles and clusters as they were', async () => {
    const { plays } = await session(['k1', 'k3']);
    await tell('ak1', 'notHeard');
    for (const [cluster, play] of plays) await house.came(cluster, play);
    const { root } = house.station;
    const merged =
      'ak,bp,commune,Xã An Khương cũ,2020-01-01,2026-06-30,x,,x\nak1,ak,hamlet,Ấp 1 cũ,2020-01-01,2026-06-30,,,\n';
    await house.station.get(AreaService).importCsv(root, `${AREAS}${merged}am,bp,commune,An Minh,2026-07-01,,,,\n`);
    await house.station.importClusters('k1,am,Cụm loa mới,11.5,106.5,2,\n');
    await house.station.database.write((tx) => tx.manager.query(`UPDATE item SET title = 'Tên khác'`));
    const [row] = await answered();
    expect(row).toMatchObject({ hamletName: 'Ấp 1', communeName: 'An Khương', items: [{ title: 'Vay vốn nuôi dê' }] });
    const [found] = await against();
    expect(found?.session).toMatchObject({ id: row?.id, hamletName: 'Ấp 1', communeName: 'An Khương' });
    expect(found?.plays.map(({ clusterName }) => clusterName)).toContain('Cụm loa ấp 1');
  });
});
