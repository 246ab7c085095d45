import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Actor } from '../../platform/http/index.js';
import type { ItemView } from '../items/item.api.js';
import { librarySuite, newestOf } from '../library.spec-support.js';
import { type House, openHouse } from './approval-house.spec-support.js';

const MINUTE_MS = 60_000;
const COMMUNE = '/p/an-khuong/';

describeOnBothDatabases('emergency policy', librarySuite, (open) => {
  let house: House;
  let hoa: Actor;
  let nam: Actor;
  let office: Actor;
  let tu: Actor;
  beforeAll(async () => {
    house = await openHouse(await open());
    [hoa, nam, office, tu] = [
      await house.member('Chị Hoa', 'operator'),
      await house.member('Anh Nam', 'approver'),
      await house.member('Phòng VH', 'contentOffice', '/p/'),
      await house.member('Anh Tư', 'operator'),
    ];
    await setPolicy(nam, 'an-khuong', {});
  });
  afterAll(() => house.close());

  const policyOf = (change: object = {}) => ({
    dutyAccountIds: [tu.accountId],
    preApproved: true,
    freeText: true,
    reviewWithinMinutes: 30,
    ...change,
  });
  const setPolicy = (actor: Actor, areaId: string, change: object) =>
    house.policies.set(actor, areaId, policyOf(change));
  const dutyAt = (actor: Actor, areaPath: string) =>
    house.database.read((reader) => house.policies.dutyAt(reader, actor, areaPath));
  async function draft(author: Actor = hoa, change: object = {}): Promise<ItemView> {
    const { id } = await house.create(author, { text: `Bão số ${house.clock.nowMs()}`, ...change });
    house.clock.advance(1);
    return house.settled(author, id);
  }
  const air = (actor: Actor, item: ItemView, change: object = {}) =>
    house.database.write((tx) =>
      house.approvals.airAtOnce(tx, actor, item.id, {
        version: item.currentVersion,
        audioSha256: newestOf(item).audio.sha256 ?? '',
        areaPath: COMMUNE,
        ...change,
      }),
    );

  it('hậu kiểm: a duty officer airs what nobody has approved, and somebody must judge it in time', async () => {
    const item = await draft();
    const due = house.clock.nowMs() + 30 * MINUTE_MS;
    expect(await air(tu, item)).toEqual({ version: 1, reviewDueAtMs: due });
    const aired = await house.items.get(nam, item.id);
    expect(aired).toMatchObject({ status: 'provisional', approvedVersion: 1 });
    expect(newestOf(aired)).toMatchObject({ airedByName: 'Anh Tư', reviewDueAtMs: due, approver: null });
    expect(await house.airable(item.id)).toMatchObject({ version: 1, approval: 'after' });
    expect(await house.messages(item.id)).toMatchObject([{ topic: 'library.approved', version: 1 }]);
    expect((await house.deeds(item.id)).at(-1)).toMatchObject({
      action: 'library.airedAtOnce',
      by: 'Anh Tư',
      detail: { from: 'draft', reviewDueAtMs: due },
    });
    expect(await house.notices(item.id)).toMatchObject([
      {
        kind: 'library.reviewAfter',
        to: { action: 'library.approve', areaPath: COMMUNE, except: [hoa.accountId] },
        link: `/duyet?item=${item.id}`,
        open: true,
        dueAtMs: due,
      },
    ]);

    expect(newestOf(await house.approve(nam, aired))).toMatchObject({
      status: 'approved',
      approver: { name: 'Anh Nam' },
      airedByName: 'Anh Tư',
      reviewDueAtMs: null,
    });
    expect(await house.airable(item.id)).toMatchObject({ version: 1, approval: 'before' });
    expect((await house.notices(item.id)).map(({ kind, open }) => [kind, open])).toEqual([
      ['library.reviewAfter', false],
      ['library.approved', true],
    ]);
  });

  it('refused or withdrawn afterwards, it leaves the air at once', async () => {
    for (const off of ['refuse', 'withdraw'] as const) {
      const item = await draft();
      await air(tu, item);
      if (off === 'refuse') await house.approvals.refuse(nam, item.id, 'Sai sự thật');
      else await house.approvals.withdraw(hoa, item.id, { reason: null });
      const after = await house.items.get(nam, item.id);
      expect(after).toMatchObject({ status: 'withdrawn', approvedVersion: null });
      expect(newestOf(after)).toMatchObject({ airedByName: 'Anh Tư', reviewDueAtMs: null });
      expect(await house.airable(item.id)).toBeNull();
      expect((await house.messages(item.id)).at(-1)).toMatchObject({ topic: 'library.withdrawn', version: 1 });
    }
  });

  it('case 5: a duty officer may air their own words, but not approve them afterwards', async () => {
    const officer = await house.member('Phòng VH 2', 'contentOffice', '/p/');
    await setPolicy(nam, 'an-khuong', { dutyAccountIds: [tu.accountId, officer.accountId] });
    const item = await draft(officer);
    await air(officer, item);
    await expect(house.approve(officer, item)).rejects.toMatchObject({ code: 'library.ownWork' });
    await setPolicy(nam, 'an-khuong', {});
  });

  it('what waits for approval may be aired at once too; the notice of waiting is over', async () => {
    const item = await house.pending(hoa);
    await air(tu, item);
    expect((await house.notices(item.id)).map(({ kind, open }) => [kind, open])).toEqual([
      ['library.pending', false],
      ['library.reviewAfter', true],
    ]);
  });

  it('only whom the policy names, and only where it is in force', async () => {
    const item = await draft();
    for (const other of [hoa, nam, office])
      await expect(air(other, item)).rejects.toMatchObject({ code: 'right.missing' });
    await expect(air(tu, item, { areaPath: '/p/an-phu/' })).rejects.toMatchObject({ code: 'right.missing' });
    await expect(air(tu, item, { areaPath: '/p/' })).rejects.toMatchObject({ code: 'right.missing' });
    expect(await air(tu, item, { areaPath: '/p/an-khuong/ap-1/' })).toMatchObject({ version: 1 });
  });

  it('what belongs to the province is not put on air by an officer of the commune', async () => {
    const officer = await house.member('Trực xã', 'operator', '/p/');
    await setPolicy(nam, 'an-khuong', { dutyAccountIds: [tu.accountId, officer.accountId] });
    const item = await draft(office, { areaId: 'p' });
    await expect(air(officer, item)).rejects.toMatchObject({ code: 'right.missing' });
    await setPolicy(nam, 'an-khuong', {});
  });

  it('nothing is aired but the ready sound that was heard, of the newest version', async () => {
    const item = await draft();
    const changed = { code: 'library.changedMeanwhile' };
    await expect(air(tu, item, { audioSha256: '0'.repeat(64) })).rejects.toMatchObject(changed);
    await house.items.setText(hoa, item.id, 'đã sửa');
    await expect(air(tu, item)).rejects.toMatchObject(changed);
    await house.settled(hoa, item.id);
    const silent = await house.create(hoa, { kind: 'recording', text: null });
    await expect(air(tu, silent)).rejects.toMatchObject({ code: 'library.audioNotReady' });
    const board = await house.create(hoa, { kind: 'boardText', text: 'Bão' });
    await expect(air(tu, board)).rejects.toMatchObject({ code: 'library.kindWrong' });
    const approved = await house.approve(nam, await house.pending(hoa));
    await expect(air(tu, approved)).rejects.toMatchObject({ code: 'library.statusWrong' });
  });

  it('a policy for approved messages only allows no free text', async () => {
    const item = await draft();
    await setPolicy(nam, 'an-khuong', { freeText: false });
    await expect(air(tu, item)).rejects.toMatchObject({ code: 'library.emergencyForbids', status: 403 });
    expect(await dutyAt(tu, COMMUNE)).toMatchObject({ preApproved: true, freeText: false });
    await setPolicy(nam, 'an-khuong', {});
  });

  it('judged afterwards, it does not come back in place of what was approved meanwhile', async () => {
    const item = await draft();
    await air(tu, item);
    await house.items.setText(hoa, item.id, 'bản hai');
    await house.settled(hoa, item.id);
    const second = await house.approvals.submit(hoa, item.id);
    await house.approve(nam, second);
    const [first] = second.versions;
    const seen = { textSha256: first?.textSha256 ?? null, audioSha256: first?.audio.sha256 ?? null };
    await house.approvals.approve(nam, item.id, { ...seen, contentSha256: null, checklist: null, version: 1 });
    expect(await house.airable(item.id)).toMatchObject({ version: 2 });
  });

  it('where an area has none, the policy of the nearest area above holds', async () => {
    const upper = await house.member('Trực tỉnh', 'operator', '/p/');
    await setPolicy(office, 'p', { dutyAccountIds: [upper.accountId], reviewWithinMinutes: 60 });
    expect(await dutyAt(upper, '/p/an-phu/')).toMatchObject({ areaId: 'p', reviewWithinMinutes: 60 });
    expect(await dutyAt(upper, COMMUNE)).toBeNull();
    expect(await dutyAt(tu, '/p/an-khuong/ap-1/')).toMatchObject({ areaId: 'an-khuong' });
    expect(await house.policies.get(nam, 'ap-1')).toMatchObject({
      inherited: true,
      policy: { areaId: 'an-khuong', duty: [{ name: 'Anh Tư' }], changedByName: 'Anh Nam' },
    });
    expect(await house.policies.remove(nam, 'an-khuong')).toMatchObject({ inherited: true, policy: { areaId: 'p' } });
    expect(await dutyAt(tu, COMMUNE)).toBeNull();
    expect(await setPolicy(nam, 'an-khuong', {})).toMatchObject({ inherited: false });
  });

  it('who may approve in the area settles it, naming people who may see content there', async () => {
    await expect(setPolicy(hoa, 'an-khuong', {})).rejects.toMatchObject({ code: 'right.missing' });
    const stranger = await house.member('Người xã khác', 'operator', '/p/an-phu/');
    await expect(setPolicy(nam, 'an-khuong', { dutyAccountIds: [stranger.accountId] })).rejects.toMatchObject({
      code: 'library.personUnfit',
    });
    expect((await house.deeds('an-khuong')).at(-1)).toMatchObject({ action: 'emergencyPolicy.set', by: 'Anh Nam' });
  });
});
