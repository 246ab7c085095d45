import { beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Database } from '../../platform/database/index.js';
import { at } from '../engine/engine.spec-support.js';
import { DEFAULT_ZONE, spanOfDays } from '../engine/index.js';
import { tables } from '../scheduling.spec-support.js';
import { aRuledProvince, EVERY_DAY } from './rules.spec-support.js';

const REASON = 'Hội nghị đối thoại với dân';

describeOnBothDatabases('rules in plans', tables, (open) => {
  let database: Database;
  let place: Awaited<ReturnType<typeof aRuledProvince>>;
  beforeEach(async () => {
    database = await open();
    place = await aRuledProvince(database);
  });

  /** Starts that are played, and gaps with their reason, of An Khương on a day. */
  async function heard(day = '2026-01-06', areaId = place.areas.ak.id) {
    const { plays, gaps } = await place.schedule.preview(place.root, { areaId, from: day, days: 1 });
    return [
      ...plays.map(({ starts, volume }) => `${starts.slice(0, 5)} at ${volume}`),
      ...gaps.map(({ starts, reason }) => `${starts.slice(0, 5)} ${reason}`),
    ];
  }
  const daily = (time: string, changes: Record<string, unknown> = {}) =>
    place.request({ recurrence: { kind: 'daily', from: '2026-01-05', until: null, time }, ...changes });
  const bookAt = (path: string) =>
    database.read((reader) => place.rules.bookFor(reader, path, spanOfDays('2026-01-06', 7, DEFAULT_ZONE)));

  it('case 15: where the rules begin at 06:00, an entry at 05:00 is a gap that says why; one at 06:00 is played', async () => {
    await place.entries.createMany(place.operator, [daily('05:00'), daily('06:00')]);
    expect(await heard()).toEqual(['05:00 at 80', '06:00 at 80']);
    await place.ruleSets.create(place.approver, place.ruleSet());
    expect(await heard()).toEqual(['06:00 at 80', '05:00 ruleWindow']);
  });

  it('case 15: a person with a reason lets all of an entry pass, until it is revoked', async () => {
    const { id } = await place.entries.create(place.operator, daily('05:00'));
    await place.ruleSets.create(place.approver, place.ruleSet());
    const request = { occurrence: null, codes: ['ruleWindow' as const], reason: REASON };
    const given = await place.overrides.give(place.approver, id, request);
    expect(given).toMatchObject({ entryId: id, codes: ['ruleWindow'], byName: 'Anh Tư', revokedAtMs: null });
    expect(await heard()).toEqual(['05:00 at 80']);
    await place.overrides.revoke(place.approver, given.id);
    expect(await heard()).toEqual(['05:00 ruleWindow']);
    expect(await place.overrides.list(place.operator, id)).toEqual([{ ...given, revokedAtMs: place.clock.nowMs() }]);
  });

  it('one occurrence may pass alone, also one that was moved', async () => {
    const { id } = await place.entries.create(place.operator, daily('05:00'));
    await place.ruleSets.create(place.approver, place.ruleSet());
    await place.entries.changeOccurrence(place.operator, id, { original: '2026-01-07T05:00', to: '2026-01-20T05:30' });
    const pass = (occurrence: string) =>
      place.overrides.give(place.approver, id, { occurrence, codes: ['ruleWindow'], reason: REASON });
    await pass(`${id}-20260106T0500`);
    await pass(`${id}-20260107T0500`);
    expect(await heard('2026-01-06')).toEqual(['05:00 at 80']);
    expect(await heard('2026-01-08')).toEqual(['05:00 ruleWindow']);
    expect(await heard('2026-01-20')).toEqual(['05:30 at 80', '05:00 ruleWindow']);
    for (const none of [`${id}-20260106T0501`, `${id}-20260231T0500`, `${id}-20261306T0500`, 'e-20260106T0500', id])
      await expect(pass(none)).rejects.toMatchObject({ code: 'schedule.noOccurrence' });
  });

  it('what stands behind another passes by the name it has there', async () => {
    const first = await place.entries.create(place.operator, daily('05:00'));
    const behind = { kind: 'after', entryId: first.id };
    const second = await place.entries.create(place.operator, daily('00:00', { place: behind }));
    await place.ruleSets.create(place.approver, place.ruleSet());
    const occurrence = `${second.id}-20260106T0500`;
    await place.overrides.give(place.approver, second.id, { occurrence, codes: ['ruleWindow'], reason: REASON });
    expect(await heard()).toEqual(['05:12 at 80', '05:00 ruleWindow']);
  });

  it('case 15: an emergency passes every rule, and which ones is in the audit log', async () => {
    const silence = { fromMs: at('2026-01-06T00:00:00'), untilMs: at('2026-01-07T00:00:00') };
    const blackouts = [{ ...silence, reason: 'Tang lễ', kind: 'funeral' }];
    await place.ruleSets.create(place.approver, place.ruleSet({ blackouts }));
    await database.write((tx) =>
      place.airing.air(tx, place.operator, {
        area: place.areas.ak,
        item: { id: 'item-ak', audio: { durationMs: 720_000 } },
        title: 'Bão số 3',
        startMs: at('2026-01-06T03:00:00'),
        graceMs: 600_000,
        volume: 100,
        clusterIds: null,
      }),
    );
    expect(await heard()).toEqual(['03:00 at 100']);
    const [logged] = await database.read((reader) =>
      reader.query<{ detail: string }[]>("SELECT detail FROM audit_entry WHERE action = 'schedule.rulePassed'"),
    );
    expect(JSON.parse(logged?.detail ?? '{}')).toMatchObject({ codes: expect.arrayContaining(['ruleBlackout']) });
  });

  it('the volume is turned down to what the rules allow; a day has no more sessions, and none is longer, than they allow', async () => {
    await place.entries.createMany(place.operator, [daily('05:00'), daily('12:00'), daily('12:12'), daily('17:00')]);
    const ceilings = [{ days: EVERY_DAY, from: '00:00', until: '06:00', max: 50 }];
    const limits = { windows: null, volumeCeilings: ceilings, maxSessionsPerDay: 2, maxSessionMinutes: 20 };
    await place.ruleSets.create(place.approver, place.ruleSet(limits));
    expect(await heard()).toEqual([
      '05:00 at 50',
      '12:00 at 80',
      '12:12 ruleSessionTooLong',
      '17:00 ruleTooManySessions',
    ]);
  });

  it('the province’s rules hold in its communes, unless a commune has its own', async () => {
    await place.entries.createMany(place.operator, [daily('05:00'), daily('06:00')]);
    const fromFive = [{ days: EVERY_DAY, from: '05:00', until: '05:30' }];
    await place.ruleSets.create(place.office, place.ruleSet({ areaId: place.areas.bp.id, windows: fromFive }));
    expect(await heard()).toEqual(['05:00 at 80', '06:00 ruleWindow']);
    await place.ruleSets.create(place.approver, place.ruleSet({ validFrom: '2026-01-07' }));
    expect(await heard('2026-01-06')).toEqual(['05:00 at 80', '06:00 ruleWindow']);
    expect(await heard('2026-01-07')).toEqual(['06:00 at 80', '05:00 ruleWindow']);
  });

  it('national mourning is silence everywhere, without any rule set', async () => {
    await place.entries.create(place.operator, daily('05:00'));
    const mourning = [{ from: '2026-01-06', to: '2026-01-07', reason: 'Quốc tang' }];
    await place.yearDays.set(place.root, 2026, { holidays: [], swapped: [], mourning });
    expect(await heard('2026-01-07')).toEqual(['05:00 ruleBlackout']);
    expect(await heard('2026-01-08')).toEqual(['05:00 at 80']);
  });

  it('holidays have hours of their own: those of the ready-made list until people enter theirs', async () => {
    await place.entries.createMany(place.operator, [daily('06:00'), daily('08:00')]);
    const windows = [
      { days: EVERY_DAY, from: '06:00', until: '07:00' },
      { days: ['holiday'], from: '08:00', until: '09:00' },
    ];
    await place.ruleSets.create(place.approver, place.ruleSet({ windows }));
    // Mùng 1 Tết Bính Ngọ.
    expect(await heard('2026-02-17')).toEqual(['08:00 at 80', '06:00 ruleWindow']);
    await place.yearDays.set(place.root, 2026, { holidays: [], swapped: [], mourning: [] });
    expect(await heard('2026-02-17')).toEqual(['06:00 at 80', '08:00 ruleWindow']);
  });

  it('without rules and mourning there is no book, and areas aside do not count', async () => {
    expect((await bookAt('/')).rules).toBeNull();
    await place.ruleSets.create(place.root, place.ruleSet({ areaId: place.areas.ap.id }));
    expect((await bookAt(place.areas.ak.path)).rules).toBeNull();
    for (const path of ['/', place.areas.bp.path, place.areas.ap.path])
      expect((await bookAt(path)).rules).not.toBeNull();
  });

  it('who may override: a right on every area whose rules are broken', async () => {
    const { approver, office, operator, root, overrides, ruleSets, areas } = place;
    const { id } = await place.entries.create(operator, daily('05:00'));
    const give = (
      actor: typeof root,
      codes: ('ruleWindow' | 'ruleVolume' | 'ruleBlackout')[],
      occurrence: string | null = null,
    ) => overrides.give(actor, id, { occurrence, codes, reason: REASON });
    await expect(give(operator, ['ruleWindow'])).rejects.toMatchObject({ code: 'right.missing' });
    await ruleSets.create(office, place.ruleSet({ areaId: areas.bp.id }));
    await expect(give(approver, ['ruleWindow'])).rejects.toMatchObject({ code: 'right.missing' });
    await expect(give(approver, ['ruleVolume'])).rejects.toMatchObject({ code: 'override.noRule' });
    await give(office, ['ruleWindow', 'ruleVolume']);
    // Rules of the commune's own stand in for the province's, but only until they end.
    const own = await ruleSets.create(approver, place.ruleSet({ validTo: '2026-02-01' }));
    await expect(give(approver, ['ruleWindow'])).rejects.toMatchObject({ code: 'right.missing' });
    await give(approver, ['ruleWindow'], `${id}-20260110T0500`);
    await expect(give(approver, ['ruleWindow'], `${id}-20260210T0500`)).rejects.toMatchObject({
      code: 'right.missing',
    });
    // A silence of the commune is the commune's to break.
    const funeral = { fromMs: at('2026-01-10T04:00:00'), untilMs: at('2026-01-10T10:00:00'), reason: 'Tang lễ' };
    await ruleSets.addBlackout(approver, own.ruleSet.id, { ...funeral, kind: 'funeral' });
    await give(approver, ['ruleBlackout'], `${id}-20260110T0500`);
    await give(approver, ['ruleBlackout']);
    const mourning = [{ from: '2026-01-12', to: '2026-01-12', reason: 'Quốc tang' }];
    await place.yearDays.set(root, 2026, { holidays: [], swapped: [], mourning });
    for (const occurrence of [`${id}-20260112T0500`, null])
      await expect(give(office, ['ruleBlackout'], occurrence)).rejects.toMatchObject({ code: 'right.missing' });
    await give(root, ['ruleBlackout']);
  });

  it('nobody overrides what is not theirs to see, or was cancelled', async () => {
    const stranger = await place.entries.create(
      place.root,
      place.request({ areaId: place.areas.ap.id, itemId: 'item-ap' }),
    );
    const own = await place.entries.create(place.operator, daily('05:00'));
    const request = { occurrence: null, codes: ['ruleWindow' as const], reason: REASON };
    await place.ruleSets.create(place.office, place.ruleSet({ areaId: place.areas.bp.id }));
    const there = await place.overrides.give(place.root, stranger.id, request);
    for (const act of [
      place.overrides.give(place.approver, stranger.id, request),
      place.overrides.list(place.approver, stranger.id),
    ])
      await expect(act).rejects.toMatchObject({ code: 'schedule.unknown' });
    await expect(place.overrides.revoke(place.approver, there.id)).rejects.toMatchObject({ code: 'override.unknown' });
    await place.entries.cancel(place.operator, own.id);
    await expect(place.overrides.give(place.approver, own.id, request)).rejects.toMatchObject({
      code: 'schedule.over',
    });
  });

  it('every change is recorded, and told to those who make plans, or is not there at all', async () => {
    const { approver, root, ruleSets, overrides, areas } = place;
    const { id } = await place.entries.create(place.operator, daily('05:00'));
    const before = await messages();
    const made = await ruleSets.create(approver, place.ruleSet());
    const funeral = { fromMs: at('2026-01-10T04:00:00'), untilMs: at('2026-01-10T10:00:00'), reason: 'Tang lễ' };
    await ruleSets.addBlackout(approver, made.ruleSet.id, { ...funeral, kind: 'funeral' });
    const given = await overrides.give(approver, id, { occurrence: null, codes: ['ruleWindow'], reason: REASON });
    await overrides.revoke(approver, given.id);
    await overrides.revoke(approver, given.id);
    await ruleSets.end(approver, made.ruleSet.id, '2026-03-01');
    await place.yearDays.set(root, 2026, { holidays: [], swapped: [], mourning: [] });
    await expect(ruleSets.create(approver, place.ruleSet({ number: '' }))).rejects.toThrow();
    const here = { areaId: areas.ak.id, areaPath: areas.ak.path };
    expect((await messages()).slice(before.length)).toEqual([
      here,
      here,
      here,
      here,
      here,
      { areaId: null, areaPath: '/' },
    ]);
    const deeds = (await rowsOf('audit_entry')).filter(({ action }) => !action?.startsWith('schedule.'));
    expect(deeds.map(({ action, actor_name }) => [action, actor_name])).toEqual([
      ['ruleSet.created', 'Anh Tư'],
      ['ruleSet.blackoutAdded', 'Anh Tư'],
      ['override.given', 'Anh Tư'],
      ['override.revoked', 'Anh Tư'],
      ['ruleSet.ended', 'Anh Tư'],
      ['yearDays.set', 'Quản trị'],
    ]);
  });

  const rowsOf = (table: string) =>
    database.read((reader) => reader.query<Record<string, string>[]>(`SELECT * FROM ${table} ORDER BY id`));
  const messages = async () =>
    (await rowsOf('outbox'))
      .filter(({ topic }) => topic === 'schedule.changed')
      .map(({ payload }) => JSON.parse(payload ?? ''));
});
