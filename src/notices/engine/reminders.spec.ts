import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { secondProcess } from '../../../test/support/databases.js';
import { decideReminder, type Matter, MOST_REMINDERS, nextReminderAt, quietUntil } from './reminders.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** In Viet Nam. */
const at = (local: string) => Date.parse(`${local}+07:00`);
const told = (local: string, changes: Partial<Matter> = {}): Matter => ({
  lastToldAtMs: at(local),
  remindAfterMs: 4 * HOUR_MS,
  reminders: 0,
  urgent: false,
  ...changes,
});

describe('quiet hours', () => {
  it.each([
    ['2026-03-02T20:59:59.999', null],
    ['2026-03-02T21:00:00.000', '2026-03-03T05:00'],
    ['2026-03-02T23:59:59.999', '2026-03-03T05:00'],
    ['2026-03-03T00:00:00.000', '2026-03-03T05:00'],
    ['2026-03-03T04:59:59.999', '2026-03-03T05:00'],
    ['2026-03-03T05:00:00.000', null],
    ['2026-12-31T22:00:00.000', '2027-01-01T05:00'],
    ['2028-02-28T23:00:00.000', '2028-02-29T05:00'],
    ['1969-12-31T23:00:00.000', '1970-01-01T05:00'],
  ])('at %s they last until %s', (moment, end) => {
    expect(quietUntil(at(moment))).toBe(end === null ? null : at(end));
  });

  it('the zone of the server changes nothing', async () => {
    const { offsets, answers } = JSON.parse(
      await secondProcess(`
        const { quietUntil } = await import('./src/notices/engine/reminders.ts');
        const { localTime } = await import('./src/notices/engine/letters.ts');
        const all = ['Asia/Ho_Chi_Minh', 'America/New_York', 'Pacific/Kiritimati'].map((tz) => {
          process.env.TZ = tz;
          const hours = Array.from({ length: 48 }, (_, hour) => ${at('2026-03-08T00:00')} + hour * 3_600_000);
          return { offset: new Date(hours[0]).getTimezoneOffset(), answer: JSON.stringify(hours.map((ms) => [quietUntil(ms), localTime(ms)])) };
        });
        console.log(JSON.stringify({ offsets: all.map((a) => a.offset), answers: new Set(all.map((a) => a.answer)).size }));
      `).firstLine,
    );
    expect(offsets).toEqual([-420, 300, -840]); // the zone of the process really was another one
    expect(answers).toBe(1);
  });
});

describe('when people are reminded', () => {
  it('after the given time; in the quiet hours the next morning; urgent matters at any hour', () => {
    expect(nextReminderAt(told('2026-03-02T09:00'))).toBe(at('2026-03-02T13:00'));
    expect(nextReminderAt(told('2026-03-02T18:00'))).toBe(at('2026-03-03T05:00'));
    expect(nextReminderAt(told('2026-03-02T18:00', { urgent: true }))).toBe(at('2026-03-02T22:00'));
  });

  it('never without a time, and not a fourth time', () => {
    expect(nextReminderAt(told('2026-03-02T09:00', { remindAfterMs: null }))).toBeNull();
    expect(nextReminderAt(told('2026-03-02T09:00', { remindAfterMs: 0 }))).toBeNull();
    expect(nextReminderAt(told('2026-03-02T09:00', { reminders: MOST_REMINDERS }))).toBeNull();
    expect(decideReminder(told('2026-03-02T09:00', { reminders: 3 }), at('2026-04-01T09:00'))).toEqual({
      kind: 'never',
    });
  });

  it('asked too early it waits, asked at the moment it reminds', () => {
    const matter = told('2026-03-02T09:00');
    expect(decideReminder(matter, at('2026-03-02T12:59:59'))).toEqual({
      kind: 'wait',
      untilMs: at('2026-03-02T13:00'),
    });
    expect(decideReminder(matter, at('2026-03-02T13:00'))).toEqual({ kind: 'remind' });
  });

  it('a service that was off makes up for it, but not at night', () => {
    const matter = told('2026-03-02T09:00');
    expect(decideReminder(matter, at('2026-03-05T10:00'))).toEqual({ kind: 'remind' });
    expect(decideReminder(matter, at('2026-03-05T23:10'))).toEqual({ kind: 'wait', untilMs: at('2026-03-06T05:00') });
  });

  it('whenever the service looks: three at most, each long enough after the last, none at night unless urgent', () => {
    const moments = fc.array(fc.integer({ min: 1, max: 40 * HOUR_MS }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        fc.integer({ min: at('2026-01-01T00:00'), max: at('2030-01-01T00:00') }),
        fc.integer({ min: 1, max: 3 * DAY_MS }),
        fc.boolean(),
        moments,
        (toldMs, remindAfterMs, urgent, pauses) => {
          let nowMs = toldMs;
          let matter: Matter = { lastToldAtMs: toldMs, remindAfterMs, reminders: 0, urgent };
          for (const pause of pauses) {
            nowMs += pause;
            const decision = decideReminder(matter, nowMs);
            if (decision.kind === 'wait') expect(decision.untilMs).toBeGreaterThan(nowMs);
            if (decision.kind !== 'remind') continue;
            expect(nowMs - matter.lastToldAtMs).toBeGreaterThanOrEqual(remindAfterMs);
            if (!urgent) expect(quietUntil(nowMs)).toBeNull();
            matter = { ...matter, lastToldAtMs: nowMs, reminders: matter.reminders + 1 };
          }
          expect(matter.reminders).toBeLessThanOrEqual(MOST_REMINDERS);
        },
      ),
    );
  });
});
