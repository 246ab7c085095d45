import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Actor } from '../../platform/http/index.js';
import type { ItemView } from '../items/item.api.js';
import { heard, librarySuite, newestOf } from '../library.spec-support.js';
import { type House, openHouse } from './approval-house.spec-support.js';

describeOnBothDatabases('sửa và duyệt', librarySuite, (open) => {
  let house: House;
  let hoa: Actor;
  let nam: Actor;
  let mai: Actor;
  beforeAll(async () => {
    house = await openHouse(await open());
    [hoa, nam, mai] = [
      await house.member('Chị Hoa', 'operator'),
      await house.member('Anh Nam', 'approver'),
      await house.member('Chị Mai', 'contentOffice', '/p/'),
    ];
  });
  afterAll(() => house.close());

  const correct = (actor: Actor, item: ItemView, text: string) =>
    house.corrections.correct(actor, item.id, {
      text,
      version: item.currentVersion,
      textSha256: newestOf(item).textSha256 ?? '',
    });
  const hear = (actor: Actor, item: ItemView) =>
    house.corrections.heard(actor, item.id, {
      version: item.currentVersion,
      audioSha256: newestOf(item).audio.sha256 ?? '',
    });

  it('the corrected words are a new version that waits; the operator stays its author, both names are recorded', async () => {
    const item = await house.pending(hoa, { text: 'Họp ngày 5/3.' });
    const corrected = await correct(nam, item, 'Họp ngày 6/3.');
    expect(corrected).toMatchObject({ currentVersion: 2, status: 'pending', approvedVersion: null });
    expect(corrected.versions).toMatchObject([
      { status: 'withdrawn', text: 'Họp ngày 5/3.', approver: { name: 'Anh Nam' } },
      {
        text: 'Họp ngày 6/3.',
        author: { id: hoa.accountId, name: 'Chị Hoa' },
        correctedBy: { id: nam.accountId, name: 'Anh Nam' },
        submittedBy: { name: 'Chị Hoa' },
      },
    ]);
    const ready = await house.settled(nam, item.id);
    expect(newestOf(ready).audio.sha256).not.toBe(newestOf(item).audio.sha256);

    await hear(nam, ready);
    expect(await house.approve(nam, ready)).toMatchObject({ status: 'approved', approvedVersion: 2 });
    expect(await house.deeds(item.id)).toMatchObject([
      { action: 'library.created' },
      { action: 'library.pending', by: 'Chị Hoa' },
      { action: 'library.corrected', by: 'Anh Nam', detail: { version: 1 } },
      { action: 'library.heard', by: 'Anh Nam', detail: { version: 2, audioSha256: newestOf(ready).audio.sha256 } },
      { action: 'library.approved', by: 'Anh Nam', detail: { author: 'Chị Hoa', correctedBy: 'Anh Nam' } },
    ]);
  });

  it('nobody approves it before its new sound is ready, and before they have heard that sound', async () => {
    const item = await house.pending(hoa, { text: 'một' });
    const corrected = await correct(nam, item, 'hai');
    await expect(house.approve(nam, corrected)).rejects.toMatchObject({ code: 'library.audioNotReady' });
    await expect(
      house.corrections.heard(nam, item.id, { version: 2, audioSha256: newestOf(item).audio.sha256 ?? '' }),
    ).rejects.toMatchObject({ code: 'library.audioNotReady' });
    const ready = await house.settled(nam, item.id);
    await expect(house.approve(nam, ready)).rejects.toMatchObject({ code: 'library.notHeard', status: 409 });
    await expect(
      house.corrections.heard(nam, item.id, { version: 2, audioSha256: newestOf(item).audio.sha256 ?? '' }),
    ).rejects.toMatchObject({ code: 'library.changedMeanwhile' });
    await hear(nam, ready);
    await hear(nam, ready);
    // What one has heard, another has not.
    await expect(house.approve(mai, ready)).rejects.toMatchObject({ code: 'library.notHeard' });
    expect(await house.approve(nam, ready)).toMatchObject({ approvedVersion: 2 });
    expect((await house.deeds(item.id)).filter(({ action }) => action === 'library.heard').length).toBe(1);
  });

  it('case 5: neither an operator nor the author corrects, and the author does not approve what was corrected', async () => {
    const item = await house.pending(mai, { text: 'một' });
    await expect(correct(hoa, item, 'hai')).rejects.toMatchObject({ code: 'right.missing' });
    await expect(correct(mai, item, 'hai')).rejects.toMatchObject({ code: 'library.ownWork' });
    await correct(nam, item, 'hai');
    const ready = await house.settled(nam, item.id);
    await hear(mai, ready);
    await expect(house.approve(mai, ready)).rejects.toMatchObject({ code: 'library.ownWork' });
  });

  it('only what was read is corrected, only while it waits, and only into other words', async () => {
    const item = await house.pending(hoa, { text: 'một' });
    const version = { version: 1, textSha256: newestOf(item).textSha256 ?? '' };
    const attempt = (change: object) => house.corrections.correct(nam, item.id, { text: 'hai', ...version, ...change });
    await expect(attempt({ textSha256: '0'.repeat(64) })).rejects.toMatchObject({ code: 'library.changedMeanwhile' });
    await expect(attempt({ version: 9 })).rejects.toMatchObject({ code: 'library.versionUnknown' });
    await expect(attempt({ text: ' \n ' })).rejects.toMatchObject({ code: 'library.textEmpty' });
    await expect(attempt({ text: 'một ' })).rejects.toMatchObject({ code: 'library.correctionSame' });
    await house.approve(nam, item);
    await expect(attempt({})).rejects.toMatchObject({ code: 'library.statusWrong' });
  });

  it('what a person has read aloud is not corrected into other words', async () => {
    const { id } = await house.create(hoa, { kind: 'recording', text: 'lời đọc' });
    await house.upload(hoa, id);
    await house.settled(hoa, id);
    const item = await house.approvals.submit(hoa, id);
    await expect(correct(nam, item, 'lời khác')).rejects.toMatchObject({
      code: 'library.correctionRecorded',
      status: 409,
    });
  });

  it('text on a board has no sound to hear', async () => {
    const item = await house.pending(hoa, { kind: 'boardText', text: 'Họp 7 giờ' });
    const corrected = await correct(nam, item, 'Họp 8 giờ');
    expect(heard(corrected).audioSha256).toBeNull();
    expect(await house.approve(nam, corrected)).toMatchObject({ approvedVersion: 2 });
  });

  it('of a correction and an approval at the same moment one happens', async () => {
    const item = await house.pending(hoa, { text: 'một' });
    const results = await Promise.allSettled([correct(nam, item, 'hai'), house.approve(mai, item)]);
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
    expect(refused).toHaveLength(1);
    expect(['library.changedMeanwhile', 'library.statusWrong']).toContain(refused[0]);
    const after = await house.items.get(nam, item.id);
    expect(after.versions.map(({ status }) => status)).toEqual(
      after.approvedVersion === 1 ? ['approved'] : ['withdrawn', 'pending'],
    );
  });

  it('the notice of the corrected version takes the place of the one before', async () => {
    const item = await house.pending(hoa, { text: 'một' });
    await correct(nam, item, 'hai');
    expect((await house.notices(item.id)).map(({ kind, open }) => [kind, open])).toEqual([
      ['library.pending', false],
      ['library.pending', true],
    ]);
  });
});
