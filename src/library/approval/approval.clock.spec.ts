import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { Audit } from '../../accounts/index.js';
import { AreaService } from '../../areas/index.js';
import type { Actor } from '../../platform/http/index.js';
import { silentLog } from '../../platform/logging/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { librarySuite, newestOf } from '../library.spec-support.js';
import { ApprovalClock } from './approval.clock.js';
import { approvalNotices } from './approval.spec-support.js';
import { type House, openHouse } from './approval-house.spec-support.js';
import { Decisions } from './decisions.js';

const MINUTE_MS = 60_000;

describeOnBothDatabases('what the clock does to content', librarySuite, (open) => {
  let house: House;
  let hoa: Actor;
  let nam: Actor;
  let tu: Actor;
  beforeAll(async () => {
    house = await openHouse(await open());
    [hoa, nam, tu] = [
      await house.member('Chị Hoa', 'operator'),
      await house.member('Anh Nam', 'approver'),
      await house.member('Anh Tư', 'operator'),
    ];
    const policy = { dutyAccountIds: [tu.accountId], preApproved: true, freeText: true, reviewWithinMinutes: 30 };
    await house.policies.set(nam, 'an-khuong', policy);
  });
  afterAll(() => house.close());

  const approved = async (validTo: string | null) => house.approve(nam, await house.pending(hoa, { validTo }));
  async function aired(): Promise<string> {
    const { id } = await house.create(hoa);
    const { audio } = newestOf(await house.settled(hoa, id));
    await house.database.write((tx) =>
      house.approvals.airAtOnce(tx, tu, id, {
        version: 1,
        audioSha256: audio.sha256 ?? '',
        areaPath: '/p/an-khuong/',
      }),
    );
    return id;
  }
  const tick = () => house.approvalClock.tick();
  const statusOf = async (id: string) => (await house.items.get(nam, id)).status;

  it('the last day on air is whole in Viet Nam; at its midnight the content leaves the air', async () => {
    house.clock.set(Date.parse('2026-03-01T08:00:00+07:00'));
    const [ends, stays, later] = [await approved('2026-03-10'), await approved(null), await approved('2026-03-11')];
    house.clock.set(Date.parse('2026-03-10T16:59:59.999Z'));
    expect(await tick()).toBe(0);
    expect(await house.airable(ends.id)).not.toBeNull();
    house.clock.set(Date.parse('2026-03-10T17:00:00Z'));
    expect(await tick()).toBe(1);
    const after = await house.items.get(nam, ends.id);
    expect(after).toMatchObject({ status: 'expired', approvedVersion: null });
    expect(newestOf(after)).toMatchObject({ statusReason: 'Hết hiệu lực.', approver: null });
    expect(await house.airable(ends.id)).toBeNull();
    expect((await house.messages(ends.id)).at(-1)).toMatchObject({ topic: 'library.withdrawn', version: 1 });
    expect((await house.deeds(ends.id)).at(-1)).toMatchObject({ action: 'library.expired', by: 'Vang' });
    expect([await statusOf(stays.id), await statusOf(later.id)]).toEqual(['approved', 'approved']);
  });

  it('the validity is that which was approved, whatever a newer draft says', async () => {
    house.clock.set(Date.parse('2026-04-01T08:00:00+07:00'));
    const item = await approved('2026-04-02');
    const { metadata } = newestOf(item);
    await house.items.setMetadata(hoa, item.id, { ...metadata, validTo: '2026-12-31' });
    house.clock.set(Date.parse('2026-04-03T00:00:00+07:00'));
    expect(await tick()).toBeGreaterThanOrEqual(1);
    expect((await house.items.get(nam, item.id)).versions.map(({ status }) => status)).toEqual(['expired', 'draft']);
    expect(await house.airable(item.id)).toBeNull();
  });

  it('what was aired at once and judged by nobody is taken off at its deadline, and approvers are told', async () => {
    const id = await aired();
    house.clock.advance(30 * MINUTE_MS - 1);
    expect(await tick()).toBe(0);
    house.clock.advance(1);
    expect(await tick()).toBe(1);
    const after = await house.items.get(nam, id);
    expect(after).toMatchObject({ status: 'withdrawn', approvedVersion: null });
    expect(newestOf(after)).toMatchObject({
      statusReason: 'Quá hạn hậu kiểm: không ai duyệt đúng hạn.',
      airedByName: 'Anh Tư',
    });
    expect((await house.messages(id)).map(({ topic }) => topic)).toEqual(['library.approved', 'library.withdrawn']);
    expect((await house.deeds(id)).at(-1)).toMatchObject({ action: 'library.lapsed', by: 'Vang' });
    expect((await house.notices(id)).map(({ kind, open }) => [kind, open])).toEqual([
      ['library.reviewAfter', false],
      ['library.lapsed', true],
    ]);
  });

  it('judged a moment before the deadline, it stays', async () => {
    const id = await aired();
    house.clock.advance(30 * MINUTE_MS - 1);
    await house.approve(nam, await house.items.get(nam, id));
    house.clock.advance(60 * MINUTE_MS);
    expect(await tick()).toBe(0);
    expect(await statusOf(id)).toBe('approved');
  });

  it('several processes that tick at the same moment take each step once, and ticking again takes none', async () => {
    const ids = [await aired(), await aired(), await aired()];
    house.clock.advance(30 * MINUTE_MS);
    const { database, clock } = house;
    const audit = new Audit(clock);
    const { notices } = approvalNotices({ database, areas: new AreaService(database), audit, clock });
    const decisions = new Decisions(audit, new Outbox(clock), notices, clock);
    const other = new ApprovalClock(database, decisions, clock, silentLog);
    const taken = await Promise.all([tick(), other.tick(), tick()]);
    expect(taken.reduce((all, each) => all + each, 0)).toBe(3);
    expect(await tick()).toBe(0);
    for (const id of ids) {
      const { topics, lapses } = {
        topics: (await house.messages(id)).map(({ topic }) => topic),
        lapses: (await house.deeds(id)).filter(({ action }) => action === 'library.lapsed').length,
      };
      expect([topics, lapses]).toEqual([['library.approved', 'library.withdrawn'], 1]);
    }
  });

  it('one that cannot be taken off keeps no other on air', async () => {
    const [broken, whole] = [await aired(), await aired()];
    await house.database.write(({ manager }) => manager.delete('item', { id: broken }));
    house.clock.advance(30 * MINUTE_MS);
    expect(await tick()).toBe(1);
    expect(await statusOf(whole)).toBe('withdrawn');
  });

  it('started, it does at once what became due while nothing ran', async () => {
    const id = await aired();
    house.clock.advance(30 * MINUTE_MS);
    await house.approvalClock.start();
    await house.approvalClock.stop();
    expect(await statusOf(id)).toBe('withdrawn');
    // Stopped, it does nothing more.
    const next = await aired();
    house.clock.advance(30 * MINUTE_MS);
    house.approvalClock.tickSoon();
    await house.approvalClock.stop();
    expect(await statusOf(next)).toBe('provisional');
    await tick();
  });
});
