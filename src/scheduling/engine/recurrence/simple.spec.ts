import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { anEntry, at } from '../engine.spec-support.js';
import { Calendar, spanOfDays } from '../time/index.js';
import { entryIdOf, extentOf, occurrencesOf, type Recurrence } from './index.js';

const VN = 'Asia/Ho_Chi_Minh';
const daily = (from: string, until: string | null, time = '05:00'): Recurrence => ({
  kind: 'daily',
  from,
  until,
  time,
});
const weekly = (weekdays: number[], from: string, until: string | null, time = '05:00'): Recurrence => ({
  kind: 'weekly',
  from,
  until,
  weekdays,
  time,
});
/** Local days on which the rule occurs, seen through `days` days from `first`. */
const daysOf = (recurrence: Recurrence, first: string, days: number, zone = VN) =>
  occurrencesOf(anEntry(recurrence, { zone }), spanOfDays(first, days, zone)).map(({ localDay }) => localDay);

describe('recurrence', () => {
  it('case 1: a weekly item on Sunday plays', () => {
    expect(daysOf(weekly([7], '2026-01-01', null), '2026-01-01', 14)).toEqual(['2026-01-04', '2026-01-11']);
  });

  it('weekdays are those of ISO, Monday first', () => {
    for (const weekday of [1, 2, 3, 4, 5, 6, 7])
      expect(daysOf(weekly([weekday], '2026-01-05', null), '2026-01-05', 7)).toEqual([
        `2026-01-${weekday + 4 < 10 ? '0' : ''}${weekday + 4}`,
      ]);
  });

  it('case 2: the first and the last day of a range play', () => {
    expect(daysOf(daily('2026-01-05', '2026-01-07'), '2026-01-01', 31)).toEqual([
      '2026-01-05',
      '2026-01-06',
      '2026-01-07',
    ]);
    expect(daysOf(weekly([1, 7], '2026-01-04', '2026-01-12'), '2026-01-01', 31)).toEqual([
      '2026-01-04',
      '2026-01-05',
      '2026-01-11',
      '2026-01-12',
    ]);
    expect(daysOf(daily('2026-01-05', '2026-01-05'), '2026-01-01', 31)).toEqual(['2026-01-05']);
    expect(daysOf(daily('2026-01-05', '2026-01-06', '23:59:59'), '2026-01-01', 31)).toEqual([
      '2026-01-05',
      '2026-01-06',
    ]);
    expect(daysOf(daily('2026-01-05', '2026-01-06', '00:00'), '2026-01-01', 31)).toEqual(['2026-01-05', '2026-01-06']);
  });

  it('month ends, the leap day and year ends are days like others', () => {
    expect(daysOf(daily('2028-02-28', '2028-03-01'), '2028-02-01', 60)).toEqual([
      '2028-02-28',
      '2028-02-29',
      '2028-03-01',
    ]);
    expect(daysOf(daily('2026-02-28', '2026-03-01'), '2026-02-01', 60)).toEqual(['2026-02-28', '2026-03-01']);
    expect(daysOf(daily('2026-12-31', '2027-01-01'), '2026-12-01', 60)).toEqual(['2026-12-31', '2027-01-01']);
    expect(daysOf({ kind: 'once', date: '2028-02-29', time: '05:00' }, '2028-02-29', 1)).toEqual(['2028-02-29']);
  });

  it('a span holds its first instant and not its last', () => {
    const once = anEntry({ kind: 'once', date: '2026-01-05', time: '05:00' });
    const start = at('2026-01-05T05:00:00');
    expect(occurrencesOf(once, { fromMs: start, untilMs: start + 1 })).toHaveLength(1);
    expect(occurrencesOf(once, { fromMs: start - 1, untilMs: start })).toEqual([]);
    expect(occurrencesOf(once, { fromMs: start + 1, untilMs: start + 2 })).toEqual([]);
    expect(occurrencesOf(once, { fromMs: start, untilMs: start })).toEqual([]);
  });

  it('the identity is the entry and its local start, whatever else changes', () => {
    const [five] = occurrencesOf(anEntry(daily('2026-01-05', null)), spanOfDays('2026-01-05', 1, VN));
    expect(five).toEqual({ id: 'e1-20260105T0500', localDay: '2026-01-05', startMs: at('2026-01-05T05:00:00') });
    const renamed = anEntry(daily('2026-01-01', '2026-02-01', '05:00:00'), {
      volume: 20,
      class: 'priority',
    });
    expect(occurrencesOf(renamed, spanOfDays('2026-01-05', 1, VN))).toEqual([five]);
    const [seconds] = occurrencesOf(anEntry(daily('2026-01-05', null, '05:00:30')), spanOfDays('2026-01-05', 1, VN));
    expect(seconds?.id).toBe('e1-20260105T050030');
    expect(entryIdOf('e1-20260105T050030')).toBe('e1');
  });

  it('cancelled: what has started stays, what starts at that moment or later does not occur', () => {
    const cancelled = (ms: number) =>
      occurrencesOf(anEntry(daily('2026-01-05', null), { cancelledAtMs: ms }), spanOfDays('2026-01-05', 3, VN)).map(
        ({ localDay }) => localDay,
      );
    expect(cancelled(at('2026-01-06T05:00:00'))).toEqual(['2026-01-05']);
    expect(cancelled(at('2026-01-06T05:00:00') + 1)).toEqual(['2026-01-05', '2026-01-06']);
  });

  it('an entry made at nine has no occurrence at five of that day: nobody missed it', () => {
    const made = anEntry(daily('2026-01-05', null), { createdAtMs: at('2026-01-05T09:00:00') });
    expect(occurrencesOf(made, spanOfDays('2026-01-05', 2, VN)).map(({ localDay }) => localDay)).toEqual([
      '2026-01-06',
    ]);
  });

  it('extent: first and last start of the rule; null when it never occurs', () => {
    expect(extentOf(weekly([7], '2026-01-05', '2026-01-20'), VN)).toEqual({
      firstMs: at('2026-01-11T05:00:00'),
      lastMs: at('2026-01-18T05:00:00'),
    });
    expect(extentOf(weekly([7], '2026-01-05', '2026-01-10'), VN)).toBeNull();
    expect(extentOf(weekly([], '2026-01-05', null), VN)).toBeNull();
    expect(extentOf(daily('2026-01-05', null), VN)).toEqual({ firstMs: at('2026-01-05T05:00:00'), lastMs: null });
  });

  it('a span of more than ten years is refused, not computed', () => {
    expect(() =>
      occurrencesOf(anEntry(daily('2026-01-05', null)), { fromMs: 0, untilMs: at('2026-01-05T05:00:00') }),
    ).toThrow(RangeError);
  });
});

describe('zones that change their clocks', () => {
  const startsOf = (recurrence: Recurrence, zone: string, first: string, days: number) =>
    occurrencesOf(anEntry(recurrence, { zone }), spanOfDays(first, days, zone)).map(({ id, startMs }) => [
      id,
      new Date(startMs).toISOString(),
    ]);

  it('a skipped time moves on by as much as the clock does', () => {
    // Berlin, 29 March 2026: 02:00 becomes 03:00.
    expect(startsOf(daily('2026-03-28', '2026-03-30', '02:30'), 'Europe/Berlin', '2026-03-28', 3)).toEqual([
      ['e1-20260328T0230', '2026-03-28T01:30:00.000Z'],
      ['e1-20260329T0230', '2026-03-29T01:30:00.000Z'], // 03:30 in summer time
      ['e1-20260330T0230', '2026-03-30T00:30:00.000Z'],
    ]);
  });

  it('a time that comes twice counts once, the first time', () => {
    // Berlin, 25 October 2026: 03:00 becomes 02:00.
    expect(startsOf({ kind: 'once', date: '2026-10-25', time: '02:30' }, 'Europe/Berlin', '2026-10-25', 1)).toEqual([
      ['e1-20261025T0230', '2026-10-25T00:30:00.000Z'],
    ]);
  });

  it('a start that is pushed past midnight is found, on the day it really starts', () => {
    // Toronto, 30 March 1919: 23:30 becomes 00:30 of the 31st.
    const entry = anEntry(
      { kind: 'once', date: '1919-03-30', time: '23:45' },
      { zone: 'America/Toronto', createdAtMs: -2e12 },
    );
    const [found] = occurrencesOf(entry, spanOfDays('1919-03-31', 1, 'America/Toronto'));
    expect(found).toMatchObject({ id: 'e1-19190330T2345', localDay: '1919-03-31' });
    expect(occurrencesOf(entry, spanOfDays('1919-03-30', 1, 'America/Toronto'))).toEqual([]);
  });

  it('the short way over days of 24 hours is the long way of Temporal', () => {
    const zones = [
      'Asia/Ho_Chi_Minh',
      'Europe/Berlin',
      'Africa/Cairo',
      'Asia/Beirut',
      'America/Sao_Paulo',
      'Pacific/Apia',
      'Australia/Lord_Howe',
    ];
    const wall = fc.record({
      zone: fc.constantFrom(...zones),
      minute: fc.integer({ min: Date.UTC(2010, 0, 1) / 60_000, max: Date.UTC(2027, 0, 1) / 60_000 }),
      // Where clocks are changed, so that random minutes meet some.
      near: fc.constantFrom(
        null,
        '2026-03-29T02:',
        '2026-10-25T02:',
        '2026-04-24T00:',
        '2026-03-29T00:',
        '2017-10-15T00:',
        '2011-12-30T12:',
        '2026-10-04T02:',
      ),
    });
    fc.assert(
      fc.property(wall, ({ zone, minute, near }) => {
        const random = new Date(minute * 60_000).toISOString().slice(0, 16);
        const [day = '', time = ''] = (near === null ? random : `${near}${random.slice(14)}`).split('T');
        const long = Temporal.PlainDateTime.from(`${day}T${time}`).toZonedDateTime(zone, {
          disambiguation: 'compatible',
        });
        expect(new Calendar().instantOf(day, time, zone)).toEqual({
          startMs: long.epochMilliseconds,
          localDay: long.toPlainDate().toString(),
        });
      }),
      { numRuns: 2_000 },
    );
  });
});
