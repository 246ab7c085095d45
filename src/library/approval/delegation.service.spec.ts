import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Actor } from '../../platform/http/index.js';
import { librarySuite, newestOf } from '../library.spec-support.js';
import { type House, openHouse } from './approval-house.spec-support.js';

const DAY_MS = 86_400_000;

describeOnBothDatabases('ủy quyền duyệt', librarySuite, (open) => {
  let house: House;
  let hoa: Actor;
  let root: Actor;
  beforeAll(async () => {
    house = await openHouse(await open());
    [hoa, root] = [await house.member('Chị Hoa', 'operator'), await house.member('Quản trị', 'administrator', '/')];
  });
  afterAll(() => house.close());

  const leader = () => house.member('Anh Nam', 'approver');
  const deputy = () => house.member('Chị Lan', 'monitor');
  const delegate = (from: Actor, to: Actor, change: object = {}) =>
    house.delegations.create(from, {
      toId: to.accountId,
      areaId: 'an-khuong',
      untilMs: house.clock.nowMs() + DAY_MS,
      reason: 'Đi họp tỉnh',
      ...change,
    });

  it('a delegate decides, and it is recorded for whom', async () => {
    const [nam, lan] = [await leader(), await deputy()];
    const item = await house.pending(hoa);
    await expect(house.approve(lan, item)).rejects.toMatchObject({ code: 'right.missing', status: 403 });
    const delegation = await delegate(nam, lan);
    expect(delegation).toMatchObject({ from: { name: 'Anh Nam' }, to: { name: 'Chị Lan' }, active: true });
    const approved = await house.approve(lan, item);
    expect(newestOf(approved)).toMatchObject({
      status: 'approved',
      approver: { id: lan.accountId, name: 'Chị Lan' },
      onBehalfOf: 'Anh Nam',
    });
    expect((await house.deeds(item.id)).at(-1)).toMatchObject({
      action: 'library.approved',
      by: 'Chị Lan',
      detail: { onBehalfOf: { id: nam.accountId, name: 'Anh Nam' } },
    });
    expect((await house.deeds(delegation.id)).map(({ action, by }) => [action, by])).toEqual([
      ['delegation.created', 'Anh Nam'],
    ]);
  });

  it('case 5: neither the work of the delegate nor that of the one who delegated', async () => {
    const office = await house.member('Phòng VH', 'contentOffice', '/p/');
    const helper = await house.member('Anh Tư', 'operator');
    await delegate(office, helper);
    const [own, ofOffice] = [await house.pending(helper), await house.pending(office)];
    await expect(house.approve(helper, own)).rejects.toMatchObject({ code: 'library.ownWork' });
    await expect(house.approve(helper, ofOffice)).rejects.toMatchObject({ code: 'library.ownWork' });
    // Somebody else who made nothing of it may hand on their right.
    await delegate(await leader(), helper);
    expect(newestOf(await house.approve(helper, ofOffice))).toMatchObject({ onBehalfOf: 'Anh Nam' });
    await expect(house.approve(helper, own)).rejects.toMatchObject({ code: 'library.ownWork' });
  });

  it("one's own right comes first: nobody decides on their own work for somebody else", async () => {
    const [nam, office] = [await leader(), await house.member('Phòng VH', 'contentOffice', '/p/')];
    await delegate(nam, office);
    const own = await house.pending(office);
    await expect(house.approve(office, own)).rejects.toMatchObject({ code: 'library.ownWork' });
    expect(newestOf(await house.approve(office, await house.pending(hoa))).onBehalfOf).toBeNull();
  });

  it('it holds from its beginning to its end, by the clock', async () => {
    const [nam, lan] = [await leader(), await deputy()];
    const item = await house.pending(hoa);
    const begins = house.clock.nowMs() + 10_000;
    await delegate(nam, lan, { fromMs: begins, untilMs: begins + 10_000 });
    const refused = { code: 'right.missing' };
    await expect(house.approve(lan, item)).rejects.toMatchObject(refused);
    house.clock.advance(10_000);
    expect(await house.approvals.return(lan, item.id, 'Sai ngày')).toMatchObject({ status: 'returned' });
    await house.approvals.submit(hoa, item.id);
    house.clock.advance(9_999);
    expect(await house.approvals.return(lan, item.id, 'Sai ngày')).toMatchObject({ status: 'returned' });
    await house.approvals.submit(hoa, item.id);
    house.clock.advance(1);
    await expect(house.approve(lan, item)).rejects.toMatchObject(refused);
  });

  it('it ends when it is revoked, by whoever gave it, has it, or manages the accounts', async () => {
    for (const who of ['from', 'to', 'root'] as const) {
      const people = { from: await leader(), to: await deputy(), root };
      const item = await house.pending(hoa);
      const { id } = await delegate(people.from, people.to);
      await expect(house.delegations.revoke(hoa, id)).rejects.toMatchObject({ code: 'delegation.unknown' });
      expect(await house.delegations.revoke(people[who], id)).toMatchObject({ active: false });
      expect(await house.delegations.revoke(people[who], id)).toMatchObject({ active: false });
      await expect(house.approve(people.to, item)).rejects.toMatchObject({ code: 'right.missing' });
    }
  });

  it('it ends when the one who gave it loses the right, or is disabled', async () => {
    for (const lose of [house.takeRights, house.disable]) {
      const [nam, lan] = [await leader(), await deputy()];
      await delegate(nam, lan);
      const item = await house.pending(hoa);
      await lose(nam);
      await expect(house.approve(lan, item)).rejects.toMatchObject({ code: 'right.missing' });
    }
  });

  it('it covers its area and what lies below, not the neighbour', async () => {
    const [office, lan] = [
      await house.member('Phòng VH', 'contentOffice', '/p/'),
      await house.member('Chị Lan', 'monitor', '/p/'),
    ];
    await delegate(office, lan);
    const neighbour = await house.member('Anh Sáu', 'operator', '/p/an-phu/');
    const there = await house.pending(neighbour, { areaId: 'an-phu' });
    await expect(house.approve(lan, there)).rejects.toMatchObject({ code: 'right.missing' });
    const below = await house.pending(hoa, { areaId: 'ap-1' });
    expect(await house.approve(lan, below)).toMatchObject({ status: 'approved' });
  });

  it('nobody hands on what they have not got by a role: no chains, no strangers', async () => {
    const [nam, lan, tu] = [await leader(), await deputy(), await deputy()];
    await delegate(nam, lan);
    await expect(delegate(lan, tu)).rejects.toMatchObject({ code: 'delegation.fromUnfit' });
    await expect(delegate(hoa, tu)).rejects.toMatchObject({ code: 'delegation.fromUnfit' });
    await expect(delegate(nam, tu, { areaId: 'p' })).rejects.toMatchObject({ code: 'area.unknown' });
    await expect(delegate(nam, nam)).rejects.toMatchObject({ code: 'delegation.toSelf' });
  });

  it('for somebody else only whoever manages the accounts there', async () => {
    const [nam, lan] = [await leader(), await deputy()];
    await expect(delegate(hoa, lan, { fromId: nam.accountId })).rejects.toMatchObject({ code: 'right.missing' });
    expect(await delegate(root, lan, { fromId: nam.accountId })).toMatchObject({
      from: { name: 'Anh Nam' },
      createdBy: { name: 'Quản trị' },
    });
    expect(newestOf(await house.approve(lan, await house.pending(hoa)))).toMatchObject({ onBehalfOf: 'Anh Nam' });
  });

  it('the delegate must be able to read there, and not be disabled', async () => {
    const nam = await leader();
    const unfit = { code: 'library.personUnfit', status: 422 };
    await expect(delegate(nam, await house.member('Anh Kỹ', 'technician'))).rejects.toMatchObject(unfit);
    await expect(delegate(nam, await house.member('Chị Xa', 'monitor', '/p/an-phu/'))).rejects.toMatchObject(unfit);
    const gone = await deputy();
    await house.disable(gone);
    await expect(delegate(nam, gone)).rejects.toMatchObject(unfit);
    await expect(delegate(nam, gone, { toId: 'nobody' })).rejects.toMatchObject(unfit);
  });

  it('90 days at most, and not into the past', async () => {
    const [nam, lan] = [await leader(), await deputy()];
    const nowMs = house.clock.nowMs();
    const wrong = { code: 'delegation.termWrong', status: 422 };
    await expect(delegate(nam, lan, { untilMs: nowMs + 90 * DAY_MS + 1 })).rejects.toMatchObject(wrong);
    await expect(delegate(nam, lan, { untilMs: nowMs })).rejects.toMatchObject(wrong);
    await expect(delegate(nam, lan, { fromMs: nowMs + DAY_MS, untilMs: nowMs + 1 })).rejects.toMatchObject(wrong);
    expect(await delegate(nam, lan, { fromMs: 0, untilMs: nowMs + 90 * DAY_MS })).toMatchObject({ fromMs: nowMs });
  });

  it('each sees those from and to them; whoever manages accounts, those of their areas', async () => {
    const [nam, lan] = [await leader(), await deputy()];
    const { id } = await delegate(nam, lan);
    const seenBy = async (actor: Actor) => (await house.delegations.list(actor)).map((each) => each.id);
    expect(await seenBy(nam)).toEqual([id]);
    expect(await seenBy(lan)).toEqual([id]);
    expect(await seenBy(hoa)).toEqual([]);
    expect(await seenBy(root)).toContain(id);
  });

  it('delegates are told of what waits', async () => {
    const [nam, lan] = [await leader(), await deputy()];
    const given = await delegate(nam, lan);
    const item = await house.pending(hoa);
    const told = (await house.notices(item.id)).filter(({ to }) => 'accountIds' in to);
    expect(told).toMatchObject([{ kind: 'library.pending', open: true }]);
    expect(told[0]?.to.accountIds).toContain(lan.accountId);
    await house.delegations.revoke(nam, given.id);
    await house.approve(nam, item);
    expect((await house.notices(item.id)).filter(({ kind, open }) => kind === 'library.pending' && open)).toEqual([]);
  });
});
