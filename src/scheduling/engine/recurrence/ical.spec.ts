import { describe, expect, it } from '@jest/globals';
import { Calendar, spanOfDays } from '../time/index.js';
import { extentOf, occurrencesOf, type Recurrence } from './index.js';

const VN = 'Asia/Ho_Chi_Minh';
const rrule = (start: string, rules: string[], more: { dates?: string[]; except?: string[] } = {}): Recurrence => ({
  kind: 'rrule',
  start,
  rules,
  dates: more.dates ?? [],
  except: more.except ?? [],
});
/** Identities without the entry: original local starts. */
const startsOf = (recurrence: Recurrence, first: string, days: number, zone = VN) =>
  occurrencesOf({ id: 'e', recurrence, zone, createdAtMs: 0, cancelledAtMs: null }, spanOfDays(first, days, zone)).map(
    ({ id }) => id.slice(2),
  );

describe('rules of RFC 5545', () => {
  it('case 1: a weekly item on Sunday plays', () => {
    expect(startsOf(rrule('2021-01-03T05:00', ['FREQ=WEEKLY;BYDAY=SU']), '2026-01-01', 14)).toEqual([
      '20260104T0500',
      '20260111T0500',
    ]);
  });

  it('case 2: the last day of a range plays, however it is written', () => {
    for (const until of ['20260107', '20260107T050000', '20260106T220000Z'])
      expect(startsOf(rrule('2026-01-05T05:00', [`FREQ=DAILY;UNTIL=${until}`]), '2026-01-01', 31)).toEqual([
        '20260105T0500',
        '20260106T0500',
        '20260107T0500',
      ]);
  });

  it('case 3: an item across midnight belongs to the day on which it began, once', () => {
    const late = rrule('2026-01-05T23:50', ['FREQ=DAILY;COUNT=2']);
    expect(startsOf(late, '2026-01-05', 1)).toEqual(['20260105T2350']);
    expect(startsOf(late, '2026-01-06', 1)).toEqual(['20260106T2350']);
    expect(startsOf(late, '2026-01-07', 1)).toEqual([]);
    expect(startsOf(rrule('2026-01-05T00:00', ['FREQ=DAILY;COUNT=1']), '2026-01-05', 1)).toEqual(['20260105T0000']);
  });

  it('month ends: the 31st only where there is one, the last day everywhere', () => {
    expect(startsOf(rrule('2026-01-31T05:00', ['FREQ=MONTHLY']), '2026-01-01', 151)).toEqual([
      '20260131T0500',
      '20260331T0500',
      '20260531T0500',
    ]);
    expect(startsOf(rrule('2028-01-31T05:00', ['FREQ=MONTHLY;BYMONTHDAY=-1']), '2028-01-01', 100)).toEqual([
      '20280131T0500',
      '20280229T0500',
      '20280331T0500',
    ]);
    expect(startsOf(rrule('2024-02-29T05:00', ['FREQ=YEARLY']), '2024-01-01', 2_000)).toEqual([
      '20240229T0500',
      '20280229T0500',
    ]);
  });

  it('a pattern of two weeks loses no day over a year end', () => {
    expect(startsOf(rrule('2025-12-15T05:00', ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU']), '2025-12-14', 36)).toEqual([
      '20251215T0500',
      '20251221T0500',
      '20251229T0500',
      '20260104T0500',
      '20260112T0500',
      '20260118T0500',
    ]);
  });

  it('dates are added and exceptions taken away; what comes twice counts once', () => {
    const rule = rrule('2026-01-05T05:00', ['FREQ=DAILY;COUNT=4', 'FREQ=DAILY;COUNT=2;BYHOUR=5,17'], {
      dates: ['2026-01-05T05:00', '2026-01-10T09:30'],
      except: ['2026-01-06T05:00', '2026-01-07'],
    });
    expect(startsOf(rule, '2026-01-01', 31)).toEqual([
      '20260105T0500',
      '20260105T1700',
      '20260108T0500',
      '20260110T0930',
    ]);
  });

  it('the start occurs when there is no rule, and only if it fits one when there is', () => {
    expect(startsOf(rrule('2026-01-05T05:00', [], { dates: ['2026-01-07T05:00'] }), '2026-01-01', 31)).toEqual([
      '20260105T0500',
      '20260107T0500',
    ]);
    expect(startsOf(rrule('2026-01-05T05:00', ['FREQ=WEEKLY;BYDAY=TU;COUNT=2']), '2026-01-01', 31)).toEqual([
      '20260106T0500',
      '20260113T0500',
    ]);
  });

  it('a week number without a weekday means the weekday of the start', () => {
    expect(startsOf(rrule('2026-01-01T05:00', ['FREQ=YEARLY;BYWEEKNO=20']), '2026-01-01', 365)).toEqual([
      '20260514T0500',
    ]);
  });

  it('extent: first and last start, without those excluded; open where a rule is', () => {
    const rule = rrule('2026-01-05T05:00', ['FREQ=DAILY;COUNT=4'], { except: ['2026-01-05', '2026-01-08'] });
    expect(extentOf(rule, 'UTC')).toEqual({
      firstMs: Date.parse('2026-01-06T05:00:00Z'),
      lastMs: Date.parse('2026-01-07T05:00:00Z'),
    });
    const moved = [{ original: '2026-01-06T05:00:00', to: '2026-02-01T05:00:00' }];
    expect(extentOf(rule, 'UTC', moved)?.lastMs).toBe(Date.parse('2026-02-01T05:00:00Z'));
    expect(extentOf(rrule('2026-01-05T05:00', ['FREQ=DAILY']), 'UTC')?.lastMs).toBeNull();
  });
});

it('jumps: where a rule began does not matter for what a week costs', () => {
  const week = spanOfDays('2026-01-05', 7, VN);
  const rules = [
    'FREQ=DAILY',
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO',
    'FREQ=MONTHLY;BYDAY=1MO',
    'FREQ=MINUTELY;INTERVAL=1439',
  ];
  const entries = rules.map((rule) => ({
    id: 'e',
    recurrence: rrule('0021-01-04T05:00', [rule]),
    zone: VN,
    createdAtMs: 0,
    cancelledAtMs: null,
  }));
  const calendar = new Calendar();
  const before = performance.now();
  for (let round = 0; round < 500; round++) for (const entry of entries) occurrencesOf(entry, week, calendar);
  // Two thousand expansions; walking two thousand years would take minutes.
  expect(performance.now() - before).toBeLessThan(1_000);
});

describe('where clocks are changed', () => {
  const BERLIN = 'Europe/Berlin';

  it('two local times that a skipped hour makes one instant are one occurrence', () => {
    // Berlin, 29 March 2026: 02:00 becomes 03:00.
    expect(startsOf(rrule('2026-03-29T00:30', ['FREQ=HOURLY;COUNT=5']), '2026-03-29', 1, BERLIN)).toEqual([
      '20260329T0030',
      '20260329T0130',
      '20260329T0330',
      '20260329T0430',
    ]);
  });

  it('an hour that comes twice is played the first time, also when the rule ends in the second pass', () => {
    // Berlin, 25 October 2026: 03:00 becomes 02:00; 02:45 comes at 00:45Z and at 01:45Z.
    const rule = rrule('2026-10-24T02:45', ['FREQ=DAILY;UNTIL=20261025T011500Z']);
    expect(startsOf(rule, '2026-10-24', 3, BERLIN)).toEqual(['20261024T0245', '20261025T0245']);
  });
});
