import { describe, expect, it } from '@jest/globals';
import { secondProcess } from '../../../../test/support/databases.js';
import { Calendar, DAY_S, textOfWall, wallOfText } from '../time/index.js';
import { occurrencesOf, seriesOf } from './index.js';
import { PUBLISHED_VECTORS } from './published-vectors.spec-support.js';
import { EXAMPLES, recurrenceOf } from './rfc5545.spec-support.js';

const NEW_YORK = 'America/New_York';
const FIRST = (wallOfText('1990-01-01T00:00') ?? 0) - 1;

describe('RFC 5545, 3.8.5.3', () => {
  it.each(EXAMPLES.map((example) => [`${example.says}: ${example.rule}`, example] as const))('%s', (_, example) => {
    const series = seriesOf(recurrenceOf(example), NEW_YORK);
    const last = wallOfText(example.starts.at(-1) ?? '') ?? 0;
    // Where the rule has an end, nothing comes after the last that the RFC writes down.
    const ends = /COUNT|UNTIL/.test(example.rule) ? last + 3_000 * DAY_S : last;
    expect(series.between(FIRST, ends).map(textOfWall)).toEqual(example.starts);
    for (const start of example.starts) {
      const wall = wallOfText(start) ?? 0;
      // Any piece of it is the same as the piece of the whole: nothing depends on where one begins to look.
      expect(series.between(wall, wall + 7 * DAY_S).slice(0, 1)).toEqual([wall]);
      expect(series.between(wall - 1, wall - 1)).toEqual([]);
    }
  });

  it('as instants: 9 AM is 13:00Z until the clocks are put back in October, 14:00Z after', () => {
    const entry = {
      id: 'e1',
      zone: NEW_YORK,
      createdAtMs: 0,
      cancelledAtMs: null,
      recurrence: recurrenceOf(EXAMPLES[1]!),
    };
    const span = { fromMs: Date.parse('1997-10-25T00:00:00Z'), untilMs: Date.parse('1997-10-28T00:00:00Z') };
    expect(occurrencesOf(entry, span).map(({ startMs }) => new Date(startMs).toISOString())).toEqual([
      '1997-10-25T13:00:00.000Z',
      '1997-10-26T14:00:00.000Z',
      '1997-10-27T14:00:00.000Z',
    ]);
  });

  it('an UNTIL in UTC is an instant: as the RFC prints it, every 3 hours until 17:00Z ends at noon in New York', () => {
    const start = '1997-09-02T09:00';
    const rules = ['FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z'];
    const series = seriesOf({ kind: 'rrule', start, rules, dates: [], except: [] }, NEW_YORK);
    expect(series.last()).toBe(wallOfText('1997-09-02T12:00'));
  });

  it('other published vectors: those of dateutil that the RFC allows', () => {
    expect(PUBLISHED_VECTORS.length).toBeGreaterThan(150);
    for (const line of PUBLISHED_VECTORS) {
      const [start = '', rule = '', ...starts] = line.split(' ');
      const series = seriesOf({ kind: 'rrule', start, rules: [rule], dates: [], except: [] }, 'UTC');
      const walls = starts.map(wallOfText);
      const last = walls.at(-1) ?? 0;
      const ends = /COUNT|UNTIL/.test(rule) ? last + 3_000 * DAY_S : last;
      expect([rule, series.between(FIRST, ends)]).toEqual([rule, walls]);
    }
  });

  it('the zone of the server changes nothing', async () => {
    // The zone belongs to the whole process, which other specifications share: hence one of its own.
    const source = `
      const { occurrencesOf } = await import('./src/scheduling/engine/recurrence/index.js');
      const { EXAMPLES, recurrenceOf } = await import('./src/scheduling/engine/recurrence/rfc5545.spec-support.ts');
      const span = { fromMs: Date.parse('1996-01-01T00:00:00Z'), untilMs: Date.parse('2005-12-31T00:00:00Z') };
      const lunar = { kind: 'lunar', from: '1997-01-01', until: null, time: '05:00', on: { days: [1, 15], month: null, leap: 'both', missing30: 'skip', offsetDays: -1 } };
      const made = ['UTC', 'America/Los_Angeles', 'Asia/Ho_Chi_Minh'].map((tz) => {
        process.env.TZ = tz;
        const all = [...EXAMPLES.map(recurrenceOf), lunar].map((recurrence) =>
          occurrencesOf({ id: 'e', zone: '${NEW_YORK}', createdAtMs: 0, cancelledAtMs: null, recurrence: structuredClone(recurrence) }, span));
        return { offset: new Date(Date.UTC(2026, 0, 1)).getTimezoneOffset(), starts: all.flat().length, all: JSON.stringify(all) };
      });
      console.log(JSON.stringify({ offsets: made.map(({ offset }) => offset), starts: made[0].starts, different: new Set(made.map(({ all }) => all)).size }));
    `;
    const { offsets, starts, different } = JSON.parse(await secondProcess(source).firstLine);
    expect(offsets).toEqual([0, 480, -420]);
    expect(starts).toBeGreaterThan(100_000);
    expect(different).toBe(1);
  });

  it('a calendar that is shared finds the same', () => {
    const calendar = new Calendar();
    const span = { fromMs: Date.parse('1997-08-01T00:00:00Z'), untilMs: Date.parse('1998-08-01T00:00:00Z') };
    for (const example of EXAMPLES.slice(0, 30)) {
      const entry = {
        id: 'e1',
        zone: NEW_YORK,
        createdAtMs: 0,
        cancelledAtMs: null,
        recurrence: recurrenceOf(example),
      };
      expect(occurrencesOf(entry, span, calendar)).toEqual(occurrencesOf(entry, span));
    }
  });
});
