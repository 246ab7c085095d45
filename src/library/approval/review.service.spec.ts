import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Actor } from '../../platform/http/index.js';
import type { ItemView } from '../items/item.api.js';
import { librarySuite, newestOf } from '../library.spec-support.js';
import { type House, openHouse } from './approval-house.spec-support.js';

describeOnBothDatabases('recordings in a language without a voice', librarySuite, (open) => {
  let house: House;
  let hoa: Actor;
  let nam: Actor;
  let yBlo: Actor;
  beforeAll(async () => {
    house = await openHouse(await open());
    [hoa, nam, yBlo] = [
      await house.member('Chị Hoa', 'operator'),
      await house.member('Anh Nam', 'approver'),
      await house.member('Y Blo', 'monitor'),
    ];
  });
  afterAll(() => house.close());

  async function recorded(language: string, areaId = 'an-khuong'): Promise<ItemView> {
    const { id } = await house.create(hoa, { kind: 'recording', text: null, language, areaId });
    await house.upload(hoa, id);
    await house.settled(hoa, id);
    return house.approvals.submit(hoa, id);
  }
  const review = (actor: Actor, item: ItemView, change: object = {}) =>
    house.reviews.review(actor, item.id, {
      version: item.currentVersion,
      audioSha256: newestOf(item).audio.sha256 ?? '',
      ...change,
    });
  const name = (language: string, people: readonly Actor[], areaId = 'an-khuong') =>
    house.reviews.setList(nam, areaId, { language, accountIds: people.map(({ accountId }) => accountId) });

  it('a named reviewer hears it before it is approved, and their name stands with the version', async () => {
    const item = await recorded('mnn');
    await expect(house.approve(nam, item)).rejects.toMatchObject({ code: 'library.reviewerNone', status: 409 });
    await expect(review(yBlo, item)).rejects.toMatchObject({ code: 'library.reviewerNot', status: 403 });
    expect(await name('mnn', [yBlo])).toEqual([
      { language: 'mnn', reviewers: [{ id: yBlo.accountId, name: 'Y Blo' }] },
    ]);
    await expect(house.approve(nam, item)).rejects.toMatchObject({ code: 'library.reviewMissing', status: 409 });
    expect(newestOf(await review(yBlo, item))).toMatchObject({ reviewer: { id: yBlo.accountId, name: 'Y Blo' } });
    expect(newestOf(await house.approve(nam, item))).toMatchObject({
      status: 'approved',
      reviewer: { name: 'Y Blo' },
    });
    expect((await house.deeds(item.id)).slice(-2)).toMatchObject([
      { action: 'library.reviewed', by: 'Y Blo', detail: { version: 1 } },
      { action: 'library.approved', by: 'Anh Nam', detail: { reviewer: 'Y Blo' } },
    ]);
  });

  it('a review counts for the audio that was heard, no other', async () => {
    await name('bdq', [yBlo]);
    const { id } = await house.create(hoa, { kind: 'recording', text: null, language: 'bdq' });
    await house.upload(hoa, id);
    const first = await house.settled(hoa, id);
    await expect(review(yBlo, first, { audioSha256: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'library.changedMeanwhile',
    });
    await review(yBlo, first);
    await house.upload(hoa, id, 1_500);
    const second = await house.settled(hoa, id);
    expect(newestOf(second).reviewer).toBeNull();
    const item = await house.approvals.submit(hoa, id);
    const missing = { code: 'library.reviewMissing' };
    await expect(house.approve(nam, item)).rejects.toMatchObject(missing);
    // Also if the sound of a reviewed version were ever made anew.
    expect(newestOf(await review(yBlo, item)).reviewer).not.toBeNull();
    const key = { itemId: id, n: item.currentVersion };
    const earlier = { reviewedAudioSha256: newestOf(first).audio.sha256 };
    await house.database.write(({ manager }) => manager.update('item_version', key, earlier));
    expect(newestOf(await house.items.get(nam, id)).reviewer).toBeNull();
    await expect(house.approve(nam, item)).rejects.toMatchObject(missing);
  });

  it('a recording that is not made yet has nothing to review', async () => {
    await name('sed', [yBlo]);
    const { id } = await house.create(hoa, { kind: 'recording', text: null, language: 'sed' });
    await expect(house.reviews.review(yBlo, id, { version: 1, audioSha256: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'library.audioNotReady',
    });
  });

  it('who recorded it does not review it', async () => {
    const speaker = await house.member('H Bia', 'operator');
    await name('rad', [speaker]);
    const { id } = await house.create(hoa, { kind: 'recording', text: null, language: 'rad' });
    await house.upload(speaker, id);
    const item = await house.settled(hoa, id);
    await expect(review(speaker, item)).rejects.toMatchObject({ code: 'library.ownWork' });
  });

  it('the list of the nearest area counts; an empty one leaves it to the area above', async () => {
    const [above, near] = [
      await house.member('Ông Cả', 'monitor', '/p/'),
      await house.member('Bà Hai', 'monitor', '/p/'),
    ];
    const office = await house.member('Phòng VH', 'contentOffice', '/p/');
    await house.reviews.setList(office, 'p', { language: 'hmn', accountIds: [above.accountId] });
    await name('hmn', [near]);
    const item = await recorded('hmn', 'ap-1');
    await expect(review(above, item)).rejects.toMatchObject({ code: 'library.reviewerNot' });
    await review(near, item);
    await name('hmn', []);
    expect(newestOf(await review(above, item))).toMatchObject({ reviewer: { name: 'Ông Cả' } });
    expect(await house.reviews.lists(nam, 'an-khuong')).not.toContainEqual(
      expect.objectContaining({ language: 'hmn' }),
    );
  });

  it('Vietnamese has a voice: a recording needs no reviewer', async () => {
    expect(await house.approve(nam, await recorded('vi'))).toMatchObject({ status: 'approved' });
  });

  it('only those are named who may see content there, by those who may approve there', async () => {
    const unfit = { code: 'library.personUnfit' };
    await expect(name('mnn', [await house.member('Anh Kỹ', 'technician')])).rejects.toMatchObject(unfit);
    const accountIds = [yBlo.accountId];
    await expect(house.reviews.setList(hoa, 'an-khuong', { language: 'mnn', accountIds })).rejects.toMatchObject({
      code: 'right.missing',
    });
    await expect(house.reviews.setList(nam, 'an-phu', { language: 'mnn', accountIds })).rejects.toMatchObject({
      code: 'area.unknown',
    });
  });
});
