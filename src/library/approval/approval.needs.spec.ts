import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Actor } from '../../platform/http/index.js';
import { heard, librarySuite, newestOf } from '../library.spec-support.js';
import { type House, openHouse } from './approval-house.spec-support.js';

describeOnBothDatabases('what is needed for an approval', librarySuite, (open) => {
  let house: House;
  let hoa: Actor;
  let nam: Actor;
  beforeAll(async () => {
    house = await openHouse(await open());
    [hoa, nam] = [await house.member('Chị Hoa', 'operator'), await house.member('Anh Nam', 'approver')];
  });
  afterAll(() => house.close());

  it('a relay is approved with its address, whose hash is named and frozen', async () => {
    const item = await house.pending(hoa, { kind: 'relay', text: null, streamUrl: 'https://vov.vn/live' } as object);
    const seen = heard(item);
    expect(seen).toMatchObject({ textSha256: null, audioSha256: null, contentSha256: expect.any(String) });
    const changed = { code: 'library.changedMeanwhile' };
    for (const other of [{ contentSha256: null }, { contentSha256: '0'.repeat(64) }, { audioSha256: '0'.repeat(64) }])
      await expect(house.approvals.approve(nam, item.id, { ...seen, ...other })).rejects.toMatchObject(changed);
    expect(await house.approvals.approve(nam, item.id, seen)).toMatchObject({ status: 'approved', approvedVersion: 1 });
    expect((await house.deeds(item.id)).at(-1)).toMatchObject({ detail: { contentSha256: seen.contentSha256 } });
    await house.items.setStream(hoa, item.id, 'https://vov.vn/other');
    expect((await house.items.get(hoa, item.id)).versions[0]).toMatchObject({
      status: 'approved',
      contentSha256: seen.contentSha256,
    });
  });

  it('a picture needs its file; a board its text, which it has', async () => {
    const picture = await house.create(hoa, { kind: 'picture', text: null });
    await expect(house.approvals.submit(hoa, picture.id)).rejects.toMatchObject({
      code: 'library.fileMissing',
      status: 409,
    });
    const board = await house.pending(hoa, { kind: 'boardText', text: 'Họp thôn' });
    expect(await house.approve(nam, board)).toMatchObject({ status: 'approved' });
  });

  it('the notice of a third party: whoever approves confirms three things, and that is kept', async () => {
    const item = await house.pending(hoa, { thirdParty: 'recruitment' });
    const missing = { code: 'library.checklistMissing', status: 422 };
    await expect(house.approve(nam, item)).rejects.toMatchObject(missing);
    const checklist = { senderVerified: true, noAdvertising: true, categoryRight: true };
    const approve = (given: typeof checklist) =>
      house.approvals.approve(nam, item.id, { ...heard(item), checklist: given });
    await expect(approve({ ...checklist, noAdvertising: false })).rejects.toMatchObject(missing);
    expect(newestOf(await approve(checklist))).toMatchObject({ status: 'approved', checklist });
    expect((await house.deeds(item.id)).at(-1)).toMatchObject({ detail: { checklist } });
  });

  it('two approvers at the same moment: one decides, the other is told that it is decided', async () => {
    const mai = await house.member('Chị Mai', 'approver');
    const item = await house.pending(hoa);
    const results = await Promise.allSettled([
      house.approvals.approve(nam, item.id, heard(item)),
      house.approvals.approve(mai, item.id, heard(item)),
    ]);
    expect(results.map((result) => (result.status === 'rejected' ? result.reason.code : 'approved')).sort()).toEqual([
      'approved',
      'library.statusWrong',
    ]);
    expect(await house.messages(item.id)).toHaveLength(1);
  });

  it('an edit at the moment of the approval: either the approval came first, or it is not of this text any more', async () => {
    for (let round = 0; round < 3; round++) {
      const item = await house.pending(hoa);
      const [edit, approval] = await Promise.allSettled([
        house.items.setText(hoa, item.id, `đã sửa lần ${round}`),
        house.approvals.approve(nam, item.id, heard(item)),
      ]);
      expect(edit.status).toBe('fulfilled');
      const after = await house.items.get(nam, item.id);
      expect(after.versions.map(({ status }) => status)).toEqual([
        approval.status === 'fulfilled' ? 'approved' : 'withdrawn',
        'draft',
      ]);
      if (approval.status === 'rejected') expect(approval.reason).toMatchObject({ code: 'library.changedMeanwhile' });
      await house.runner.idle();
    }
  });

  it('approvers are told what waits, authors what became of it, and what is settled is closed', async () => {
    const item = await house.pending(hoa, { title: 'Lịch tiêm chủng' });
    const link = `/duyet?item=${item.id}`;
    expect(await house.notices(item.id)).toEqual([
      {
        kind: 'library.pending',
        to: { action: 'library.approve', areaPath: '/p/an-khuong/', except: [hoa.accountId] },
        params: { title: 'Lịch tiêm chủng', author: 'Chị Hoa' },
        link,
        open: true,
        remindAfterMs: 2 * 3_600_000,
        dueAtMs: null,
      },
    ]);
    const states = async () => (await house.notices(item.id)).map(({ kind, open }) => [kind, open]);
    await house.approvals.return(nam, item.id, 'Sai ngày');
    expect(await states()).toEqual([
      ['library.pending', false],
      ['library.returned', true],
    ]);
    expect((await house.notices(item.id)).at(-1)).toMatchObject({
      to: { accountIds: [hoa.accountId] },
      params: { approver: 'Anh Nam', reason: 'Sai ngày' },
    });
    await house.approvals.submit(hoa, item.id);
    expect((await states()).slice(1)).toEqual([
      ['library.returned', false],
      ['library.pending', true],
    ]);
    await house.approvals.refuse(nam, item.id, 'Quảng cáo');
    expect((await states()).slice(2)).toEqual([
      ['library.pending', false],
      ['library.refused', true],
    ]);
  });

  it('a notice of what its author has replaced or taken back is closed', async () => {
    const open = async (id: string) => (await house.notices(id)).filter((notice) => notice.open);
    const [replaced, takenBack, returned] = [
      await house.pending(hoa),
      await house.pending(hoa),
      await house.pending(hoa),
    ];
    await house.items.setText(hoa, replaced.id, 'khác');
    await house.approvals.withdraw(hoa, takenBack.id, { reason: null });
    await house.approvals.return(nam, returned.id, 'Sai ngày');
    await house.items.setText(hoa, returned.id, 'đã sửa ngày');
    for (const { id } of [replaced, takenBack, returned]) expect(await open(id)).toEqual([]);
    await house.runner.idle();
  });
});
