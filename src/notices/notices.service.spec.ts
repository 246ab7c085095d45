import { afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { type Database, schemaDrift } from '../platform/database/index.js';
import { NoticeCourier } from './courier.js';
import { InboxService } from './inbox.service.js';
import { defineNotices } from './kinds.js';
import { Notice, NoticeEntry } from './notice.entity.js';
import { Notices } from './notices.service.js';
import { emptied, HOUR_MS, MONDAY_NINE, NoticeRoom, noticeSuite, testNotice } from './notices.spec-support.js';
import { Telling } from './telling.service.js';

const TITLE = 'Lịch tiêm chủng chờ duyệt';

describeOnBothDatabases('notices', noticeSuite, (open) => {
  let database: Database;
  let room: NoticeRoom;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    await emptied(database);
    room = await NoticeRoom.open(database);
  });
  afterEach(() => room.close());

  const count = (actor: Parameters<InboxService['count']>[0]) => room.get(InboxService).count(actor);
  const noticeIds = async () => (await database.read((reader) => reader.find(Notice))).map(({ id }) => id);

  it('entities and migrations agree', async () => {
    expect(await schemaDrift(database)).toEqual([]);
  });

  it('who may approve in the commune finds it in the inbox, with its link; others find nothing', async () => {
    const [nam, lan] = [await room.person('nam', 'approver'), await room.person('lan', 'operator')];
    await room.tell({ dueAtMs: MONDAY_NINE + HOUR_MS });
    await room.carried();
    expect(await room.inbox(nam)).toMatchObject([
      {
        kind: 'test.pending',
        title: TITLE,
        body: 'Chị Hoa gửi «Lịch tiêm chủng» để duyệt.',
        link: '/duyet?item=1',
        open: true,
        seenAtMs: null,
        createdAtMs: MONDAY_NINE,
        dueAtMs: MONDAY_NINE + HOUR_MS,
      },
    ]);
    expect(await room.inbox(lan)).toEqual([]);
  });

  it('invariant 11: told in a transaction that is rolled back, nobody hears of it', async () => {
    const nam = await room.person('nam', 'approver');
    await expect(
      database.write(async (tx) => {
        await room.get(Notices).tell(tx, {
          ...testNotice('test.alarm'),
          key: 'test.alarm:1',
          to: { accountIds: [nam.accountId] },
          link: '/',
          areaPath: '/',
        });
        throw new Error('the deed failed');
      }),
    ).rejects.toThrow('the deed failed');
    await room.carried();
    expect(await room.inbox(nam)).toEqual([]);
  });

  it('the same matter told again while it is open changes nothing, also at the same moment', async () => {
    const nam = await room.person('nam', 'approver');
    await Promise.all([room.tell(), room.tell(), room.tell()]);
    await room.carried();
    await room.tell({ ...testNotice('test.pending', { title: 'Bài khác', author: 'x' }) });
    await room.carried();
    expect(await room.waiting(nam)).toEqual([TITLE]);
    expect(await noticeIds()).toHaveLength(1);
  });

  it('the nearest who may: the commune, not the chain of administrators above it', async () => {
    const [root, province, nam] = [
      await room.person('root', 'administrator', '/'),
      await room.person('tinh', 'contentOffice', '/p/'),
      await room.person('nam', 'approver'),
    ];
    const elsewhere = await room.person('ap', 'approver', '/p/d/');
    const below = await room.person('thon', 'approver', '/p/c/h/');
    await room.tell();
    await room.carried();
    expect(await room.waiting(nam)).toEqual([TITLE]);
    for (const other of [root, province, elsewhere, below]) expect(await room.inbox(other)).toEqual([]);
  });

  it('the author does not approve: with nobody else in the commune the level above is told', async () => {
    const [root, province, nam] = [
      await room.person('root', 'administrator', '/'),
      await room.person('tinh', 'contentOffice', '/p/'),
      await room.person('nam', 'approver'),
    ];
    const to = { action: 'library.approve', areaPath: '/p/c/', except: [nam.accountId] };
    await room.tell({ to });
    await room.carried();
    expect(await room.waiting(province)).toEqual([TITLE]);
    for (const other of [root, nam]) expect(await room.inbox(other)).toEqual([]);
  });

  it('a disabled account is nobody, also when it is named', async () => {
    const gone = await room.person('nam', 'approver', '/p/c/', { disabled: true });
    const province = await room.person('tinh', 'contentOffice', '/p/');
    await room.tell();
    await room.tell({ key: 'test.pending:2', to: { accountIds: [gone.accountId] } });
    await room.carried();
    expect(await room.waiting(province)).toEqual([TITLE]);
    expect(await room.inbox(gone)).toEqual([]);
  });

  it('people are looked for when it is delivered, not when it was told', async () => {
    const before = await room.person('cu', 'approver');
    await room.relay.stop();
    await room.tell();
    await room.takeRights(before);
    const nam = await room.person('nam', 'approver');
    await room.relay.start();
    await room.carried();
    expect(await room.waiting(nam)).toEqual([TITLE]);
    expect(await room.inbox(before)).toEqual([]);
  });

  it('named accounts are told whatever they may', async () => {
    const lan = await room.person('lan', 'operator', '/p/d/');
    await room.tell({ to: { accountIds: [lan.accountId, lan.accountId, 'nobody'] } });
    await room.carried();
    expect(await room.waiting(lan)).toEqual([TITLE]);
  });

  it('settled: entries close and stay readable; the same key opens a new matter', async () => {
    const nam = await room.person('nam', 'approver');
    await room.tell();
    await room.carried();
    await room.settle();
    await room.settle();
    await room.settle('never.told');
    expect(await room.inbox(nam)).toMatchObject([{ open: false, title: TITLE }]);
    expect(await count(nam)).toEqual({ open: 0, unseen: 0 });
    await room.tell();
    await room.carried();
    expect((await room.inbox(nam)).map(({ open: waits }) => waits)).toEqual([true, false]);
  });

  it('settled before it was delivered: nobody is told', async () => {
    const nam = await room.person('nam', 'approver');
    await room.relay.stop();
    await room.tell();
    await room.settle();
    await room.relay.start();
    await room.carried();
    expect(await room.inbox(nam)).toEqual([]);
  });

  it('settled at the moment at which people are told: nothing stays open', async () => {
    await room.person('nam', 'approver');
    await room.relay.stop();
    for (let n = 0; n < 10; n++) {
      await room.tell({ key: `race:${n}` });
      const id = (await noticeIds()).sort().at(-1) ?? '';
      await Promise.all([room.get(Telling).begin(id), room.settle(`race:${n}`), room.get(Telling).begin(id)]);
    }
    expect(await database.read((reader) => reader.countBy(NoticeEntry, { open: true }))).toBe(0);
  });

  it('a message of the outbox that comes twice tells once', async () => {
    const nam = await room.person('nam', 'approver');
    await room.tell();
    await room.carried();
    const [id = ''] = await noticeIds();
    await Promise.all([room.get(Telling).begin(id), room.get(Telling).begin(id)]);
    expect(await room.waiting(nam)).toHaveLength(1);
  });

  it('reminders: three, at their time, in the inbox as not seen; then silence', async () => {
    const nam = await room.person('nam', 'approver');
    await room.tell({ remindAfterMs: 2 * HOUR_MS });
    await room.carried();
    const [{ id = '' } = {}] = await room.inbox(nam);
    const reminded: number[] = [];
    for (let hour = 1; hour <= 48; hour++) {
      await room.get(InboxService).seen(nam, id);
      await room.later(HOUR_MS);
      if ((await count(nam)).unseen === 1) reminded.push(hour);
    }
    expect(reminded).toEqual([2, 4, 6]);
    expect(await room.inbox(nam)).toMatchObject([{ reminders: 3, open: true }]);
  });

  it('the quiet hours put a reminder off to the morning, unless the kind is urgent', async () => {
    const nam = await room.person('nam', 'approver');
    room.clock.advance(10 * HOUR_MS); // 19:00
    await room.tell({ remindAfterMs: 3 * HOUR_MS });
    await room.tell({ ...testNotice('test.alarm'), key: 'test.alarm:1', remindAfterMs: 3 * HOUR_MS });
    await room.carried();
    const reminders = async () =>
      Object.fromEntries((await room.inbox(nam)).map(({ kind, reminders: made }) => [kind, made]));
    await room.later(4 * HOUR_MS); // 23:00, one hour late
    expect(await reminders()).toEqual({ 'test.pending': 0, 'test.alarm': 1 });
    await room.later(6 * HOUR_MS - 1);
    expect(await reminders()).toMatchObject({ 'test.pending': 0 });
    await room.later(1); // 05:00
    expect(await reminders()).toMatchObject({ 'test.pending': 1 });
  });

  it('no reminder of what is settled, nor of what wants none', async () => {
    const nam = await room.person('nam', 'approver');
    await room.tell({ remindAfterMs: HOUR_MS });
    await room.tell({ key: 'test.pending:2' });
    await room.carried();
    await room.settle();
    await room.later(72 * HOUR_MS, 8 * HOUR_MS);
    expect((await room.inbox(nam)).map(({ reminders }) => reminders)).toEqual([0, 0]);
  });

  it('at a reminder people are looked for anew: who lost the right has it no longer, who came is told', async () => {
    const [before, stays] = [await room.person('cu', 'approver'), await room.person('lan', 'approver')];
    await room.tell({ remindAfterMs: HOUR_MS });
    await room.carried();
    await room.takeRights(before);
    const nam = await room.person('nam', 'approver');
    await room.later(HOUR_MS);
    expect(await room.waiting(before)).toEqual([]);
    for (const actor of [stays, nam]) expect(await room.waiting(actor)).toEqual([TITLE]);
  });

  it('a reminder job that is begun again after a crash reminds once and goes on as before', async () => {
    const nam = await room.person('nam', 'approver');
    await room.tell({ remindAfterMs: 2 * HOUR_MS });
    await room.carried();
    const [id = ''] = await noticeIds();
    await room.later(2 * HOUR_MS);
    await room.get(Telling).remind(id);
    await room.get(Telling).remind(id);
    expect(await room.inbox(nam)).toMatchObject([{ reminders: 1 }]);
    await room.later(2 * HOUR_MS);
    expect(await room.inbox(nam)).toMatchObject([{ reminders: 2 }]);
  });

  it('settled matters are forgotten when they are old, open ones never', async () => {
    const nam = await room.person('nam', 'approver');
    await room.tell();
    await room.tell({ key: 'test.pending:2' });
    await room.carried();
    await room.settle();
    expect(await room.get(NoticeCourier).purge(room.clock.nowMs())).toBe(0);
    expect(await room.get(NoticeCourier).purge(room.clock.nowMs() + 1)).toBe(1);
    expect(await room.inbox(nam)).toMatchObject([{ open: true }]);
  });

  it.each([
    ['a kind that no room declares', { kind: 'test.unknown' }, /test\.unknown/],
    ['a missing parameter', { params: { title: 'x' } }, /author/],
    ['a link to elsewhere', { link: 'https://ke-gian.vn' }, /link/],
    ['an empty key', { key: '' }, /key/],
    ['half a millisecond', { remindAfterMs: 0.5 }, /ms/],
  ])('%s is a mistake of the room that tells', async (_what, change, message) => {
    await expect(room.tell(change)).rejects.toThrow(message);
    expect(await noticeIds()).toEqual([]);
  });
});

it('a kind declared twice, or with other parameters in the other language, stops the start', () => {
  const text = { title: '{a}', body: '' };
  expect(() => defineNotices({ 'test.pending': { vi: text, en: text } })).toThrow(/twice/);
  expect(() => defineNotices({ 'test.uneven': { vi: text, en: { title: '{b}', body: '' } } })).toThrow(/parameters/);
});
