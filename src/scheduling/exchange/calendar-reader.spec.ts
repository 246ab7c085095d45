import { describe, expect, it } from '@jest/globals';
import { at } from '../engine/engine.spec-support.js';
import { refusalOf } from '../engine/index.js';
import { readCalendar } from './calendar-reader.js';
import { countsTooFar, importSeries } from './engine/import-series.js';
import { anEvent, calendarOf, DTSTART, onlyEvent, parts } from './exchange.spec-support.js';

const ofEvent = (...lines: string[]) => onlyEvent(calendarOf(anEvent(...lines))).series;
const codeOf = (...lines: string[]) => {
  const [part] = parts(calendarOf(anEvent(...lines)));
  return part && 'code' in part ? part.code : null;
};

describe('times', () => {
  it('stand in their zone, also when that is named as Windows or the file itself names it', () => {
    expect(ofEvent(DTSTART)).toMatchObject({ zone: 'Asia/Ho_Chi_Minh', start: '2026-01-12T05:00:00' });
    expect(ofEvent('DTSTART;TZID=SE Asia Standard Time:20260112T050000').zone).toBe('Asia/Ho_Chi_Minh');
    const zone = ['BEGIN:VTIMEZONE', 'TZID:Ours', 'X-LIC-LOCATION:Asia/Ho_Chi_Minh', 'END:VTIMEZONE'];
    const event = onlyEvent(calendarOf(...zone, anEvent('DTSTART;TZID=Ours:20260112T050000')));
    expect(event.series.zone).toBe('Asia/Ho_Chi_Minh');
  });

  it('without a zone are of the calendar, else of Viet Nam; a single one in UTC is shown there', () => {
    expect(ofEvent('DTSTART:20260112T050000').zone).toBe('Asia/Ho_Chi_Minh');
    expect(ofEvent('DTSTART:20260111T220000Z')).toMatchObject({
      zone: 'Asia/Ho_Chi_Minh',
      start: '2026-01-12T05:00:00',
    });
    expect(ofEvent('DTSTART:20260111T220000Z', 'RRULE:FREQ=DAILY').zone).toBe('UTC');
    const berlin = onlyEvent(calendarOf('X-WR-TIMEZONE:Europe/Berlin', anEvent('DTSTART:20260112T050000')));
    expect(berlin.series.zone).toBe('Europe/Berlin');
  });

  it('of other zones are brought to that of the event', () => {
    const series = ofEvent(DTSTART, 'RRULE:FREQ=DAILY', 'EXDATE:20260113T220000Z', 'EXDATE;VALUE=DATE:20260120');
    expect(series.except).toEqual(['2026-01-14T05:00:00', '2026-01-20']);
  });
});

it('rules are left to the engine, as they were written', () => {
  expect(ofEvent(DTSTART, 'RRULE:FREQ=YEARLY;RSCALE=CHINESE').rules).toEqual(['FREQ=YEARLY;RSCALE=CHINESE']);
});

it('moved and cancelled occurrences belong to their series', () => {
  const text = calendarOf(
    anEvent(DTSTART, 'RRULE:FREQ=DAILY'),
    anEvent('RECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20260113T050000', 'DTSTART;TZID=Asia/Ho_Chi_Minh:20260113T063000'),
    anEvent('RECURRENCE-ID:20260113T220000Z', 'STATUS:CANCELLED'),
  );
  expect(onlyEvent(text).series.changes).toEqual([
    { original: '2026-01-13T05:00:00', to: '2026-01-13T06:30:00' },
    { original: '2026-01-14T05:00:00', to: null },
  ]);
});

describe('what is refused, event by event', () => {
  it.each<[string, ...string[][]]>([
    ['schedule.zoneUnknown', ['DTSTART;TZID=Mars/Olympus:20260112T050000']],
    ['schedule.icsAllDay', ['DTSTART;VALUE=DATE:20260112']],
    ['schedule.icsPeriod', [DTSTART, 'RDATE;VALUE=PERIOD:20260113T050000Z/PT1H']],
    ['schedule.icsUnsupported', [DTSTART, 'EXRULE:FREQ=DAILY']],
    [
      'schedule.icsUnsupported',
      [DTSTART, 'RRULE:FREQ=DAILY'],
      ['RECURRENCE-ID;RANGE=THISANDFUTURE:20260112T220000Z', DTSTART],
    ],
    ['schedule.icsEventUnreadable', []],
    ['schedule.icsEventUnreadable', ['DTSTART:20260230T990000']],
    ['schedule.icsEventUnreadable', ['DTSTART nothing']],
    ['schedule.icsOrphan', ['RECURRENCE-ID:20260112T220000Z', DTSTART]],
    ['schedule.icsCancelled', [DTSTART, 'STATUS:CANCELLED']],
  ])('%s %j', (code, ...events) => {
    const text = calendarOf(...events.map((lines) => anEvent(...lines)));
    expect(parts(text)[0]).toMatchObject({ code });
  });

  it('a second series of one UID, and what is no event', () => {
    const text = calendarOf(anEvent(DTSTART), anEvent(DTSTART), 'BEGIN:VTODO\r\nUID:t\r\nEND:VTODO');
    expect(parts(text).map((part) => ('code' in part ? part.code : part.kind))).toEqual([
      'event',
      'schedule.icsTwice',
      'schedule.icsNoEvent',
    ]);
  });

  it('lines of reminders inside an event are not its own', () => {
    expect(codeOf(DTSTART, 'BEGIN:VALARM', 'DTSTART:nonsense', 'END:VALARM')).toBeNull();
  });
});

describe('garbage', () => {
  const whole = calendarOf(anEvent(DTSTART, 'RRULE:FREQ=DAILY'));

  it.each([
    '',
    'hello',
    '<ics/>',
    whole.slice(0, -20),
    whole.slice(0, 60),
    whole.replace('END:VEVENT', ''),
    `${whole}END:VCALENDAR`,
    anEvent(DTSTART),
  ])('is unreadable as a whole: %j', (text) => {
    expect(readCalendar(text)).toBe('schedule.icsUnreadable');
  });

  it.each([
    ['100,000 events', calendarOf('BEGIN:VEVENT\r\nEND:VEVENT\r\n'.repeat(100_000))],
    ['nothing but beginnings', 'BEGIN:VCALENDAR\r\n'.repeat(60_000)],
    ['one line of a megabyte', calendarOf(anEvent(`DTSTART${';A=B'.repeat(240_000)}:20260112T050000`))],
    ['folds', calendarOf(anEvent(DTSTART, `SUMMARY:x\r\n${' y\r\n'.repeat(240_000)}X:y`))],
  ])('is refused soon: %s', (_, text) => {
    const before = performance.now();
    expect(['schedule.icsTooMany', 'schedule.icsUnreadable']).toContain(readCalendar(text));
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  it.each([
    'FREQ=SECONDLY;COUNT=20000',
    'FREQ=MINUTELY;UNTIL=20351231',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=NEVER',
  ])('rules that are bombs or none are refused soon: %s', (rule) => {
    const { series } = onlyEvent(calendarOf(anEvent(DTSTART, `RRULE:${rule}`)));
    const before = performance.now();
    const { recurrence } = importSeries({ ...series, lunar: null });
    expect(refusalOf(recurrence, series.zone, at('2026-01-05T09:00:00'))).not.toBeNull();
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  it('rules that count far are refused before anything is counted', () => {
    expect(countsTooFar({ rules: ['FREQ=SECONDLY;COUNT=1000000'] })).toBe(true);
    expect(countsTooFar({ rules: ['FREQ=DAILY;COUNT=3650', 'FREQ=DAILY'] })).toBe(false);
  });
});
