import { beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Database } from '../../platform/database/index.js';
import { at } from '../engine/engine.spec-support.js';
import { tables } from '../scheduling.spec-support.js';
import { effectiveView, ruleSetAnswer } from './rule-set.api.js';
import { aRuledProvince, EVERY_DAY } from './rules.spec-support.js';

// Today is Monday 5 January 2026.
describeOnBothDatabases('rule sets', tables, (open) => {
  let database: Database;
  let place: Awaited<ReturnType<typeof aRuledProvince>>;
  beforeEach(async () => {
    database = await open();
    place = await aRuledProvince(database);
  });

  const create = (changes: Record<string, unknown> = {}, actor = place.approver) =>
    place.ruleSets.create(actor, place.ruleSet(changes));
  const silence = (from: string, until: string) => ({
    ...{ fromMs: at(from), untilMs: at(until) },
    ...{ reason: 'Tang lễ', kind: 'funeral' as const },
  });

  it('are made, seen from below, and are what their schema says', async () => {
    const made = await create({ areaId: place.areas.bp.id }, place.office);
    expect(ruleSetAnswer.parse(made)).toEqual(made);
    expect(made).toMatchObject({ ruleSet: { standing: 'inForce', attachment: null, createdByName: 'Phòng VH' } });
    const own = await create({ number: '3/QC', validFrom: '2026-02-01' });
    expect(await place.ruleSets.list(place.monitor, place.areas.ak.id)).toEqual({
      own: [own.ruleSet],
      above: [made.ruleSet],
      overlaps: [],
    });
    await expect(place.ruleSets.list(place.monitor, place.areas.ap.id)).rejects.toMatchObject({ code: 'area.unknown' });
  });

  it('only approvers, content offices and administrators of the area make them', async () => {
    await expect(create({}, place.operator)).rejects.toMatchObject({ code: 'right.missing' });
    await expect(create({}, place.monitor)).rejects.toMatchObject({ code: 'right.missing' });
    await expect(create({ areaId: place.areas.bp.id })).rejects.toMatchObject({ code: 'area.unknown' });
    const { ruleSet } = await create({ validFrom: '2026-02-01' });
    for (const act of [
      () => place.ruleSets.replace(place.operator, ruleSet.id, place.ruleSet()),
      () => place.ruleSets.end(place.operator, ruleSet.id, '2026-03-01'),
      () =>
        place.ruleSets.addBlackout(place.operator, ruleSet.id, silence('2026-02-02T07:00:00', '2026-02-02T09:00:00')),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'right.missing' });
    const upper = await create({ areaId: place.areas.bp.id }, place.office);
    for (const id of [upper.ruleSet.id, 'none'])
      await expect(place.ruleSets.end(place.approver, id, '2026-03-01')).rejects.toMatchObject({
        code: 'ruleSet.unknown',
      });
  });

  it('are changed only before they are in force; then they end, and new ones are made', async () => {
    const ahead = await create({ validFrom: '2026-01-06' });
    const changed = await place.ruleSets.replace(
      place.approver,
      ahead.ruleSet.id,
      place.ruleSet({ validFrom: '2026-01-06', maxSessionsPerDay: 3, windows: null }),
    );
    expect(changed.ruleSet).toMatchObject({ id: ahead.ruleSet.id, maxSessionsPerDay: 3, windows: null });
    place.clock.set(at('2026-01-06T00:00:00'));
    await expect(place.ruleSets.replace(place.approver, ahead.ruleSet.id, place.ruleSet())).rejects.toMatchObject({
      code: 'ruleSet.inForce',
      status: 409,
    });
    expect((await place.ruleSets.end(place.approver, ahead.ruleSet.id, '2026-01-06')).ruleSet).toMatchObject({
      validTo: '2026-01-06',
      standing: 'inForce',
      endedByName: 'Anh Tư',
    });
    place.clock.set(at('2026-01-07T00:00:00'));
    const list = await place.ruleSets.list(place.approver, place.areas.ak.id);
    expect(list.own).toMatchObject([{ id: ahead.ruleSet.id, standing: 'over' }]);
    await expect(place.ruleSets.end(place.approver, ahead.ruleSet.id, '2026-01-07')).rejects.toMatchObject({
      code: 'ruleSet.over',
      status: 409,
    });
  });

  it.each([
    ['2026-01-04', 'ruleSet.endPast'],
    ['2026-03-01', 'ruleSet.endLater'],
    ['2025-12-31', 'ruleSet.validityReversed'],
    ['2026-02-29', 'ruleSet.noSuchDay'],
  ])('do not end on %s', async (validTo, code) => {
    const { ruleSet } = await create({ validTo: '2026-02-28' });
    await expect(place.ruleSets.end(place.approver, ruleSet.id, validTo)).rejects.toMatchObject({ code, status: 422 });
  });

  it('a silence can be added while they are in force: funerals happen tomorrow', async () => {
    const { ruleSet } = await create({ validTo: '2026-01-31' });
    const add = (from: string, until: string) =>
      place.ruleSets.addBlackout(place.approver, ruleSet.id, silence(from, until));
    const first = silence('2026-01-06T07:00:00', '2026-01-06T09:00:00');
    const second = silence('2026-01-31T20:00:00', '2026-02-01T09:00:00');
    await place.ruleSets.addBlackout(place.approver, ruleSet.id, first);
    const { ruleSet: longer } = await place.ruleSets.addBlackout(place.approver, ruleSet.id, second);
    expect(longer.blackouts).toEqual([first, second]);
    await expect(add('2026-01-05T07:00:00', '2026-01-05T09:00:00')).rejects.toMatchObject({
      code: 'ruleSet.blackoutPast',
    });
    await expect(add('2026-02-01T00:00:00', '2026-02-01T09:00:00')).rejects.toMatchObject({
      code: 'ruleSet.blackoutOutside',
    });
    await expect(add('2026-01-06T09:00:00', '2026-01-06T07:00:00')).rejects.toMatchObject({
      code: 'ruleSet.blackoutReversed',
      errors: [{ at: 'blackouts.2', code: 'ruleSet.blackoutReversed' }],
    });
    place.clock.set(at('2026-02-01T00:00:00'));
    await expect(add('2026-02-02T07:00:00', '2026-02-02T09:00:00')).rejects.toMatchObject({ code: 'ruleSet.over' });
    const later = await create({ validFrom: '2026-03-01' });
    await expect(
      place.ruleSets.addBlackout(
        place.approver,
        later.ruleSet.id,
        silence('2026-02-28T07:00:00', '2026-03-01T00:00:00'),
      ),
    ).rejects.toMatchObject({ code: 'ruleSet.blackoutOutside' });
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ['no number', { number: ' ' }, 'ruleSet.noNumber', 'number'],
    ['30 February', { date: '2026-02-30' }, 'ruleSet.noSuchDay', 'date'],
    ['no window', { windows: [] }, 'ruleSet.noWindows', 'windows'],
    ['half past 25', { windows: [{ days: [1], from: '25:30', until: '26:00' }] }, 'ruleSet.noSuchTime', 'windows.0'],
    [
      'a second window of zero length',
      {
        windows: [
          { days: [1], from: '05:00', until: '06:00' },
          { days: [2], from: '05:00', until: '05:00' },
        ],
      },
      'ruleSet.zeroLength',
      'windows.1',
    ],
    ['half a session', { maxSessionsPerDay: 0.5 }, 'ruleSet.sessionsAbsurd', 'maxSessionsPerDay'],
    [
      'a volume of 120',
      { volumeCeilings: [{ days: EVERY_DAY, from: '05:00', until: '06:00', max: 120 }] },
      'ruleSet.volumeOutOfRange',
      'volumeCeilings.0',
    ],
  ])('refused: %s, naming where it is', async (_, changes, code, where) => {
    await expect(create(changes)).rejects.toMatchObject({ code, status: 422, errors: [{ at: where, code }] });
    expect(await place.ruleSets.list(place.approver, place.areas.ak.id)).toMatchObject({ own: [] });
  });

  it('two of one area on the same days are a warning that names the one that counts', async () => {
    const old = await create({ date: '2020-01-01', validFrom: '2020-01-01' });
    const made = await create({ validTo: '2026-06-30' });
    const overlap = {
      code: 'ruleSetsOverlap',
      winner: made.ruleSet.id,
      loser: old.ruleSet.id,
      from: '2026-01-01',
      to: '2026-06-30',
    };
    expect([old.overlaps, made.overlaps]).toEqual([[], [overlap]]);
    expect((await place.ruleSets.list(place.monitor, place.areas.ak.id)).overlaps).toEqual([overlap]);
  });

  it('what holds on a day says from which paper it comes, in both languages', async () => {
    const upper = await create(
      {
        areaId: place.areas.bp.id,
        number: '1/QC-TINH',
        maxSessionMinutes: 30,
        windows: [{ days: EVERY_DAY, from: '05:00', until: '21:00' }],
        volumeCeilings: [
          { days: [6, 7], season: { from: '10-01', to: '03-31' }, from: '05:00', until: '06:00', max: 60 },
        ],
      },
      place.office,
    );
    const own = await create({
      maxSessionsPerDay: 2,
      windows: [
        { days: ['workday'], from: '06:00', until: '07:00' },
        { days: ['holiday', 7], from: '22:00', until: '00:30', untilDay: 'next' },
      ],
      blackouts: [
        silence('2026-01-01T07:00:00', '2026-01-01T09:00:00'),
        silence('2026-01-05T07:00:00', '2026-01-05T09:00:00'),
      ],
    });
    const query = { areaId: place.areas.ak1.id, day: '2026-01-01' };
    const seen = await place.ruleSets.effective(place.monitor, query);
    expect(effectiveView.parse(seen)).toEqual(seen);
    expect(seen).toMatchObject({
      holiday: 'Tết Dương lịch',
      workday: false,
      weekday: 4,
      windows: { source: { kind: 'ruleSet', id: own.ruleSet.id, number: '12/QC-UBND' } },
      maxSessionMinutes: { value: 30, source: { id: upper.ruleSet.id } },
      sessionGapMinutes: 5,
      blackouts: [{ value: { fromMs: at('2026-01-01T07:00:00') }, source: { id: own.ruleSet.id } }],
    });
    expect(seen.words.vi).toEqual([
      'Ngày 01/01/2026 là ngày lễ: Tết Dương lịch.',
      'Quy chế số 12/QC-UBND ngày 20/12/2025 chỉ cho phép phát ngày làm việc 06:00–07:00; Chủ nhật, ngày lễ 22:00–00:30 hôm sau.',
      'Quy chế số 1/QC-TINH ngày 20/12/2025 cho phép mỗi buổi phát dài tối đa 30 phút.',
      'Quy chế số 12/QC-UBND ngày 20/12/2025 cho phép tối đa 2 buổi phát mỗi ngày.',
      'Quy chế số 1/QC-TINH ngày 20/12/2025 giới hạn âm lượng: thứ Bảy, Chủ nhật 05:00–06:00 (từ 01/10 đến 31/03) tối đa 60.',
      'Quy chế số 12/QC-UBND ngày 20/12/2025 yêu cầu ngừng phát từ 07:00 01/01/2026 đến 09:00 01/01/2026 (Tang lễ).',
    ]);
    expect(seen.words.en).toEqual([
      '01/01/2026 is a holiday: Tết Dương lịch.',
      'Operating rules no. 12/QC-UBND of 20/12/2025 allow plays only on working days 06:00–07:00; Sunday, on holidays 22:00–00:30 of the next day.',
      'Operating rules no. 1/QC-TINH of 20/12/2025 allow at most 30 minutes a session.',
      'Operating rules no. 12/QC-UBND of 20/12/2025 allow at most 2 sessions a day.',
      'Operating rules no. 1/QC-TINH of 20/12/2025 limit the volume: Saturday, Sunday 05:00–06:00 (from 01/10 to 31/03) at most 60.',
      'Operating rules no. 12/QC-UBND of 20/12/2025 ask for silence from 07:00 01/01/2026 until 09:00 01/01/2026 (Tang lễ).',
    ]);
  });

  it('where nobody made rules, national mourning is all there is', async () => {
    const mourning = [{ from: '2026-01-06', to: '2026-01-07', reason: 'Quốc tang' }];
    await place.yearDays.set(place.root, 2026, { holidays: [], swapped: [], mourning });
    expect(
      await place.ruleSets.effective(place.monitor, { areaId: place.areas.ak.id, day: '2026-01-07' }),
    ).toMatchObject({
      windows: null,
      blackouts: [{ value: { kind: 'mourning', untilMs: at('2026-01-08T00:00:00') }, source: { year: 2026 } }],
      words: {
        vi: [
          'Không có quy định về khung giờ phát.',
          'Danh sách ngày đặc biệt năm 2026 yêu cầu ngừng phát từ 00:00 06/01/2026 đến 00:00 08/01/2026 (Quốc tang).',
        ],
      },
    });
  });
});
