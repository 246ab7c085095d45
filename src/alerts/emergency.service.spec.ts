import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { type Shelved, shelve } from '../../test/support/shelf.js';
import { everyTable, MONDAY_NINE, Station } from '../../test/support/station.js';
import { AccountService, actorFrom } from '../accounts/index.js';

import { ApprovalService, EmergencyPolicies, LibraryService } from '../library/index.js';
import type { Actor } from '../platform/http/index.js';
import { ScheduleService } from '../scheduling/index.js';
import { emergencyView, newEmergency } from './emergency.api.js';
import { EmergencyService } from './emergency.service.js';

describeOnBothDatabases('airing an emergency at once', everyTable, (open) => {
  let station: Station;
  let officer: Actor;
  let approver: Actor;
  beforeEach(async () => {
    station = await Station.open(await open());
    await station.settle();
    officer = await account('truc', 'operator');
    approver = await account('lanhdao', 'approver');
  });
  afterEach(() => station.close());

  async function account(login: string, role: 'operator' | 'approver'): Promise<Actor> {
    const area = await station.area('ak');
    const request = { login, password: 'mật khẩu đủ dài', name: login, grants: [{ role, areaId: area.id }] };
    const { id } = await station.get(AccountService).create(station.root, request);
    return actorFrom({ id, name: login }, [{ role, areaPath: area.path }]);
  }
  async function policy(changes: { preApproved?: boolean; freeText?: boolean } = {}): Promise<void> {
    const { id } = await station.area('ak');
    const request = { dutyAccountIds: [officer.accountId], preApproved: true, freeText: true, reviewWithinMinutes: 60 };
    await station.get(EmergencyPolicies).set(approver, id, { ...request, ...changes });
  }
  async function air(item: Shelved, actor = officer, changes: object = {}) {
    const request = {
      areaId: (await station.area('ak')).id,
      itemId: item.id,
      version: 1,
      audioSha256: item.audioSha256,
      reason: 'Vỡ đê lúc 23 giờ',
      requestKey: randomUUID(),
      ...changes,
    };
    return emergencyView.parse(await station.get(EmergencyService).air(actor, newEmergency.parse(request)));
  }
  async function playsToday() {
    const { id: areaId } = await station.area('ak');
    const query = { areaId, from: '2026-01-05', days: 1 };
    return (await station.get(ScheduleService).preview(station.root, query)).plays.map(({ play }) => play);
  }
  const basisOf = (item: Shelved) =>
    station.database.read(
      async (reader) => (await station.get(LibraryService).airable(reader, [item.id])).get(item.id)?.approval ?? null,
    );

  it('approved content is planned for all loudspeakers of the place within half a minute, as an emergency', async () => {
    await policy();
    const item = await shelve(station, { area: 'ak', title: 'Báo động lũ' });
    const aired = await air(item);
    expect(aired).toMatchObject({ title: 'Báo động lũ', basis: 'before', reviewDueAtMs: null, officerName: 'truc' });
    expect(aired.startMs - MONDAY_NINE).toBeLessThanOrEqual(30_000);
    const [play, ...more] = await playsToday();
    expect(more).toEqual([]);
    expect(play).toMatchObject({ class: 'emergency', startMs: aired.startMs, late: 'whole', volume: 90 });
    expect(play?.item).not.toHaveProperty('approval');
  });

  it('hậu kiểm: what nobody approved goes on air, says so in the plan, and is approved afterwards', async () => {
    await policy();
    const item = await shelve(station, { area: 'ak', status: 'draft' });
    const aired = await air(item);
    expect(aired).toMatchObject({ basis: 'after', reviewDueAtMs: MONDAY_NINE + 3_600_000 });
    expect((await playsToday())[0]?.item.approval).toBe('after');
    const hashes = {
      version: 1,
      textSha256: null,
      audioSha256: item.audioSha256,
      contentSha256: null,
      checklist: null,
    };
    await station.get(ApprovalService).approve(approver, item.id, hashes);
    expect(await basisOf(item)).toBe('before');
    const [row] = await station.get(EmergencyService).list(station.root, (await station.area('ak')).id);
    expect(row).toMatchObject({ basis: 'after' });
  });

  it('hậu kiểm: what is refused afterwards is off the air', async () => {
    await policy();
    const item = await shelve(station, { area: 'ak', status: 'draft' });
    await air(item);
    await station.get(ApprovalService).refuse(approver, item.id, 'Tin chưa kiểm chứng');
    expect(await basisOf(item)).toBeNull();
    expect(await playsToday()).toEqual([]);
  });

  it('only people whom the policy names, only what it lets them, and only in their area', async () => {
    const approved = await shelve(station, { area: 'ak' });
    const draft = await shelve(station, { area: 'ak', status: 'draft' });
    const foreign = await shelve(station, { area: 'ap' });
    await expect(air(approved)).rejects.toMatchObject({ code: 'alert.notOnDuty' });
    await policy({ preApproved: false });
    await expect(air(approved)).rejects.toMatchObject({ code: 'alert.onlyFreeText' });
    await policy({ freeText: false });
    await expect(air(draft)).rejects.toMatchObject({ code: 'library.emergencyForbids' });
    await expect(air(approved, approver)).rejects.toMatchObject({ code: 'alert.notOnDuty' });
    await expect(air(foreign)).rejects.toMatchObject({ code: expect.stringMatching(/itemUnknown|contentElsewhere/) });
    const elsewhere = { areaId: (await station.area('ap')).id };
    await expect(air(approved, officer, elsewhere)).rejects.toMatchObject({ code: 'area.unknown' });
    expect(await playsToday()).toEqual([]);
  });

  it('an officer who heard another sound airs nothing', async () => {
    await policy();
    for (const status of ['approved', 'draft'] as const) {
      const item = await shelve(station, { area: 'ak', status });
      const other = { audioSha256: 'f'.repeat(64) };
      await expect(air(item, officer, other)).rejects.toMatchObject({
        code: expect.stringMatching(/alert.heardOther|library.changedMeanwhile/),
      });
    }
    expect(await playsToday()).toEqual([]);
  });

  it('a second tap is the same emergency; airing it again is another one with the same deadline', async () => {
    await policy();
    const item = await shelve(station, { area: 'ak', status: 'draft' });
    const requestKey = randomUUID();
    const [first, second] = [await air(item, officer, { requestKey }), await air(item, officer, { requestKey })];
    expect(second).toEqual(first);
    station.clock.advance(600_000);
    const again = await air(item);
    expect(again).toMatchObject({ basis: 'after', reviewDueAtMs: first.reviewDueAtMs });
    expect(await playsToday()).toHaveLength(2);
  });

  it('stopping takes it out of the plan; a stranger cannot', async () => {
    await policy();
    const { id } = await air(await shelve(station, { area: 'ak' }));
    const room = station.get(EmergencyService);
    const colleague = await account('dongnghiep', 'operator');
    await expect(room.stop(colleague, id)).rejects.toMatchObject({ code: 'right.missing' });
    expect(await room.stop(officer, id)).toMatchObject({ stoppedAtMs: MONDAY_NINE, stoppedByName: 'truc' });
    expect(await playsToday()).toEqual([]);
    expect(await room.stop(approver, id)).toMatchObject({ stoppedByName: 'truc' });
  });
});
