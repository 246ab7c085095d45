import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Actor } from '../../platform/http/index.js';
import type { ItemView } from '../items/item.api.js';
import { heard, librarySuite, newestOf, person } from '../library.spec-support.js';
import { type House, openHouse } from './approval-house.spec-support.js';

const operator = person('Chị Hoa', 'operator');
const approver = person('Anh Nam', 'approver');
const office = person('Phòng VH', 'contentOffice', '/p/');
const administrator = person('Quản trị', 'administrator', '/');

describeOnBothDatabases('approval of content', librarySuite, (open) => {
  let opened: House;
  beforeAll(async () => {
    opened = await openHouse(await open());
  });
  afterAll(() => opened.close());

  async function pending(author: Actor = operator): Promise<ItemView> {
    const { id } = await opened.create(author);
    await opened.settled(author, id);
    return opened.approvals.submit(author, id);
  }
  async function approved(): Promise<ItemView> {
    const item = await pending();
    return opened.approvals.approve(approver, item.id, heard(item));
  }
  const airable = async (id: string) => (await opened.airable(id))?.version ?? null;
  const messages = async (id: string) =>
    (await opened.messages(id)).map((message) => [message.topic, 'version' in message ? message.version : null]);

  it('an approver approves what they heard; the version may go on air, the deed and the message are written', async () => {
    const item = await approved();
    expect(item).toMatchObject({ status: 'approved', approvedVersion: 1 });
    expect(newestOf(item)).toMatchObject({
      approver: { id: approver.accountId, name: 'Anh Nam' },
      decidedAtMs: opened.clock.nowMs(),
    });
    expect(await airable(item.id)).toBe(1);
    expect(await messages(item.id)).toEqual([['library.approved', 1]]);
    expect((await opened.deeds(item.id)).map(({ action, by }) => [action, by])).toEqual([
      ['library.created', 'Chị Hoa'],
      ['library.pending', 'Chị Hoa'],
      ['library.approved', 'Anh Nam'],
    ]);
  });

  it('case 5: an author cannot decide on their own, an administrator neither', async () => {
    for (const author of [administrator, office]) {
      const item = await pending(author);
      const own = { code: 'library.ownWork', status: 403 };
      await expect(opened.approvals.approve(author, item.id, heard(item))).rejects.toMatchObject(own);
      await expect(opened.approvals.return(author, item.id, 'không')).rejects.toMatchObject(own);
      await expect(opened.approvals.refuse(author, item.id, 'không')).rejects.toMatchObject(own);
      expect(await airable(item.id)).toBeNull();
    }
  });

  it('case 5: an author cannot approve their text by having somebody else record it, nor by having it put back', async () => {
    const { id } = await opened.create(office, { text: 'một' });
    await opened.upload(operator, id);
    expect(newestOf(await opened.settled(operator, id))).toMatchObject({
      n: 2,
      text: 'một',
      author: { name: 'Chị Hoa' },
    });
    const recorded = await opened.approvals.submit(operator, id);
    await expect(opened.approvals.approve(office, id, heard(recorded))).rejects.toMatchObject({
      code: 'library.ownWork',
    });

    await opened.items.setText(operator, id, 'hai');
    await opened.items.setText(operator, id, 'một');
    await opened.settled(operator, id);
    const putBack = await opened.approvals.submit(operator, id);
    await expect(opened.approvals.approve(office, id, heard(putBack))).rejects.toMatchObject({
      code: 'library.ownWork',
    });
    expect(await opened.approvals.approve(approver, id, heard(putBack))).toMatchObject({ approvedVersion: 4 });
  });

  it('an operator may not approve, a neighbouring approver sees nothing', async () => {
    const item = await pending();
    await expect(opened.approvals.approve(operator, item.id, heard(item))).rejects.toMatchObject({
      code: 'right.missing',
    });
    const neighbour = person('Anh Tư', 'approver', '/p/an-phu/');
    await expect(opened.approvals.approve(neighbour, item.id, heard(item))).rejects.toMatchObject({
      code: 'library.itemUnknown',
    });
  });

  it('nothing is submitted before there is audio to hear', async () => {
    const { id } = await opened.create(operator, { language: 'mnn' });
    await expect(opened.approvals.submit(operator, id)).rejects.toMatchObject({ code: 'library.audioNotReady' });
  });

  it('other text or other audio than the approver saw is not approved', async () => {
    const item = await pending();
    const seen = heard(item);
    const changed = { code: 'library.changedMeanwhile', status: 409 };
    for (const other of [
      { ...seen, textSha256: '0'.repeat(64) },
      { ...seen, textSha256: null },
      { ...seen, audioSha256: '0'.repeat(64) },
    ])
      await expect(opened.approvals.approve(approver, item.id, other)).rejects.toMatchObject(changed);
    await opened.items.setText(operator, item.id, 'Kính thưa bà con, đã sửa!');
    await opened.settled(operator, item.id);
    await expect(opened.approvals.approve(approver, item.id, seen)).rejects.toMatchObject(changed);
    expect((await opened.items.get(operator, item.id)).versions.map(({ status }) => status)).toEqual([
      'withdrawn',
      'draft',
    ]);
  });

  it('invariant 7: an approved version stays as it is; an edit or another recording is a new one that needs approval', async () => {
    const item = await approved();
    await opened.items.setText(operator, item.id, 'Một câu khác');
    await opened.upload(operator, item.id);
    const edited = await opened.settled(operator, item.id);
    expect(edited.versions[0]).toEqual(newestOf(item));
    expect(edited).toMatchObject({ currentVersion: 2, status: 'draft', approvedVersion: 1 });
    expect(await airable(item.id)).toBe(1);

    const next = await opened.approvals.submit(operator, item.id);
    await opened.approvals.approve(approver, item.id, heard(next));
    expect(await airable(item.id)).toBe(2);
  });

  it('what is returned keeps the reason, and can be edited or submitted again; what is refused only followed', async () => {
    const item = await pending();
    const returned = await opened.approvals.return(approver, item.id, 'Sai ngày họp');
    expect(newestOf(returned)).toMatchObject({
      status: 'returned',
      statusReason: 'Sai ngày họp',
      approver: { name: 'Anh Nam' },
    });
    expect(await opened.approvals.submit(operator, item.id)).toMatchObject({ status: 'pending' });
    expect(await opened.approvals.refuse(approver, item.id, 'Quảng cáo')).toMatchObject({ status: 'refused' });
    await expect(opened.approvals.submit(operator, item.id)).rejects.toMatchObject({ code: 'library.statusWrong' });
    // The same words again, on purpose.
    expect(await opened.items.setText(operator, item.id, 'Kính thưa bà con!')).toMatchObject({
      currentVersion: 2,
      status: 'draft',
    });
    expect(await messages(item.id)).toEqual([]);
  });

  it('case 18: withdrawn content may not go on air, and nothing older comes back in its place', async () => {
    const item = await approved();
    await opened.items.setText(operator, item.id, 'Bản hai');
    await opened.settled(operator, item.id);
    const second = await opened.approvals.submit(operator, item.id);
    await opened.approvals.approve(approver, item.id, heard(second));
    await expect(opened.approvals.withdraw(operator, item.id, { reason: null })).rejects.toMatchObject({
      code: 'right.missing',
    });
    expect(await opened.approvals.withdraw(approver, item.id, { reason: 'Hết hạn' })).toMatchObject({
      status: 'withdrawn',
      approvedVersion: null,
    });
    expect(await airable(item.id)).toBeNull();
    expect((await messages(item.id)).at(-1)).toEqual(['library.withdrawn', 2]);
  });

  it('what is on air is withdrawn first, also while a newer version is being made; an author takes back a pending one', async () => {
    const item = await approved();
    await opened.items.setText(operator, item.id, 'Bản hai');
    await opened.settled(operator, item.id);
    await opened.approvals.submit(operator, item.id);
    expect(
      (await opened.approvals.withdraw(operator, item.id, { reason: null, version: 2 })).versions.map(
        ({ status }) => status,
      ),
    ).toEqual(['approved', 'withdrawn']);
    expect(await opened.approvals.withdraw(approver, item.id, { reason: null })).toMatchObject({
      approvedVersion: null,
    });
    await expect(opened.approvals.withdraw(approver, item.id, { reason: null, version: 7 })).rejects.toMatchObject({
      code: 'library.versionUnknown',
    });
  });

  it('of two approvers at the same moment one decides', async () => {
    const item = await pending();
    const results = await Promise.allSettled([
      opened.approvals.approve(approver, item.id, heard(item)),
      opened.approvals.refuse(person('Chị Mai', 'approver'), item.id, 'không'),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const { status } = await opened.items.get(operator, item.id);
    expect((await messages(item.id)).length).toBe(status === 'approved' ? 1 : 0);
  });
});
