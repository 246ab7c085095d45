import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Actor } from '../../platform/http/index.js';
import type { ItemView } from '../items/item.api.js';
import { heard, librarySuite, newestOf } from '../library.spec-support.js';
import { session } from './approval.api.js';
import { type House, openHouse } from './approval-house.spec-support.js';

const MINUTE_MS = 60_000;

describeOnBothDatabases('what waits for an approver', librarySuite, (open) => {
  let house: House;
  let hoa: Actor;
  let nam: Actor;
  let office: Actor;
  beforeAll(async () => {
    house = await openHouse(await open());
    [hoa, nam, office] = [
      await house.member('Chị Hoa', 'operator'),
      await house.member('Anh Nam', 'approver'),
      await house.member('Phòng VH', 'contentOffice', '/p/'),
    ];
  });
  afterAll(() => house.close());

  const idsFor = async (actor: Actor) => (await house.waiting.list(actor)).map(({ itemId }) => itemId);
  /** Empties the list, so that each scenario sees its own. */
  async function nothingWaits() {
    const root = await house.member('Quản trị', 'administrator', '/');
    for (const { itemId, version } of await house.waiting.list(root))
      await house.approvals.withdraw(root, itemId, { reason: null, version });
  }
  const approveAll = (actor: Actor, approvals: object[]) =>
    house.waiting.approveAll(actor, session.parse({ approvals }));
  const seen = (item: ItemView) => ({ itemId: item.id, version: item.currentVersion, ...heard(item) });

  it('all that is needed to decide, the newest first', async () => {
    await nothingWaits();
    const first = await house.pending(hoa, { title: 'Tiêm chủng', thirdParty: 'charity' });
    house.clock.advance(1_000);
    const second = await house.pending(hoa, { areaId: 'ap-1' });
    const listed = await house.waiting.list(nam);
    expect(listed.map(({ itemId }) => itemId)).toEqual([second.id, first.id]);
    const { textSha256, audio } = newestOf(first);
    expect(listed[1]).toEqual({
      itemId: first.id,
      version: 1,
      areaId: 'an-khuong',
      kind: 'script',
      title: 'Tiêm chủng',
      language: 'vi',
      status: 'pending',
      author: { id: hoa.accountId, name: 'Chị Hoa' },
      correctedBy: null,
      submittedBy: { id: hoa.accountId, name: 'Chị Hoa' },
      submittedAtMs: house.clock.nowMs() - 1_000,
      airedByName: null,
      dueAtMs: null,
      requestId: null,
      thirdParty: 'charity',
      reviewer: null,
      audioState: 'ready',
      audioDurationMs: 1_500,
      textSha256,
      audioSha256: audio.sha256,
      contentSha256: null,
      mustBeHeard: false,
      onBehalfOf: null,
    });
  });

  it('what is on air unjudged stands before all others, the nearest deadline first', async () => {
    await nothingWaits();
    const tu = await house.member('Anh Tư', 'operator');
    const air = async (reviewWithinMinutes: number) => {
      const policy = { dutyAccountIds: [tu.accountId], preApproved: true, freeText: true, reviewWithinMinutes };
      await house.policies.set(nam, 'an-khuong', policy);
      const item = await house.pending(hoa);
      await house.database.write((tx) =>
        house.approvals.airAtOnce(tx, tu, item.id, {
          version: 1,
          audioSha256: newestOf(item).audio.sha256 ?? '',
          areaPath: '/p/an-khuong/',
        }),
      );
      return item.id;
    };
    const [late, soon] = [await air(60), await air(5)];
    const pending = await house.pending(hoa);
    const listed = await house.waiting.list(nam);
    expect(listed.map(({ itemId }) => itemId)).toEqual([soon, late, pending.id]);
    expect(listed[0]).toMatchObject({
      status: 'provisional',
      airedByName: 'Anh Tư',
      dueAtMs: house.clock.nowMs() + 5 * MINUTE_MS,
    });
  });

  it('only what one may decide on: not drafts, not own work, not the neighbour, nothing without the right', async () => {
    await nothingWaits();
    const [mine, ofOffice] = [await house.pending(hoa), await house.pending(office)];
    await house.create(hoa);
    const neighbour = await house.member('Anh Sáu', 'operator', '/p/an-phu/');
    const there = await house.pending(neighbour, { areaId: 'an-phu' });
    expect((await idsFor(nam)).sort()).toEqual([mine.id, ofOffice.id].sort());
    expect((await idsFor(office)).sort()).toEqual([mine.id, there.id].sort());
    expect(await idsFor(hoa)).toEqual([]);
  });

  it('a delegate sees what waits for the one who delegated, for whom is said, and nothing after the end', async () => {
    await nothingWaits();
    const lan = await house.member('Chị Lan', 'monitor');
    const item = await house.pending(hoa);
    const untilMs = house.clock.nowMs() + MINUTE_MS;
    await house.delegations.create(nam, { toId: lan.accountId, areaId: 'an-khuong', untilMs, reason: 'Nghỉ phép' });
    expect(await house.waiting.list(lan)).toMatchObject([
      { itemId: item.id, onBehalfOf: { id: nam.accountId, name: 'Anh Nam' } },
    ]);
    house.clock.advance(MINUTE_MS);
    expect(await idsFor(lan)).toEqual([]);
  });

  it('duyệt cả buổi: each is judged on its own, and each line says what became of it', async () => {
    await nothingWaits();
    const [good, changed, charity, own, fine] = [
      await house.pending(hoa),
      await house.pending(hoa),
      await house.pending(hoa, { thirdParty: 'charity' }),
      await house.pending(office),
      await house.pending(hoa),
    ];
    const checklist = { senderVerified: true, noAdvertising: true, categoryRight: true };
    expect(
      await approveAll(office, [
        seen(good),
        { ...seen(changed), audioSha256: '0'.repeat(64) },
        seen(charity),
        seen(own),
        { ...seen(good), itemId: 'nowhere' },
        seen(good),
        { ...seen(fine), checklist },
      ]),
    ).toMatchObject([
      { itemId: good.id, ok: true },
      { itemId: changed.id, ok: false, problem: { code: 'library.changedMeanwhile', status: 409 } },
      { itemId: charity.id, ok: false, problem: { code: 'library.checklistMissing' } },
      { itemId: own.id, ok: false, problem: { code: 'library.ownWork', status: 403 } },
      { itemId: 'nowhere', ok: false, problem: { code: 'library.itemUnknown', vi: expect.any(String) } },
      { itemId: good.id, ok: false, problem: { code: 'library.statusWrong' } },
      { itemId: fine.id, ok: true },
    ]);
    expect(await idsFor(nam)).toEqual(expect.arrayContaining([changed.id, charity.id, own.id]));
    expect(await idsFor(nam)).toHaveLength(3);
    expect([await house.airable(good.id), await house.airable(fine.id)]).toEqual([
      expect.objectContaining({ version: 1 }),
      expect.objectContaining({ version: 1 }),
    ]);
  });

  it('a session is at most a hundred, and not empty', () => {
    const line = { itemId: 'x', version: 1, audioSha256: '0'.repeat(64) };
    expect(session.safeParse({ approvals: Array(100).fill(line) }).success).toBe(true);
    expect(session.safeParse({ approvals: Array(101).fill(line) }).success).toBe(false);
    expect(session.safeParse({ approvals: [] }).success).toBe(false);
  });
});
