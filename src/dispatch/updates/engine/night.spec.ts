import { describe, expect, test } from '@jest/globals';
import { type NightWindow, nightAt } from './night.js';

const ZONE = 'Asia/Ho_Chi_Minh';
const at = (local: string) => Date.parse(`${local}:00+07:00`);
const local = (ms: number | null) => (ms === null ? null : new Date(ms + 7 * 3_600_000).toISOString().slice(0, 16));
const hours = (from: number, until: number): NightWindow => ({ fromMinute: from * 60, untilMinute: until * 60 });

describe('the night in which a program is installed', () => {
  test.each<[string, string, NightWindow, string, string]>([
    ['in the morning: the next one', '2026-01-05T09:00', hours(0, 4), '2026-01-06T00:00', '2026-01-06T04:00'],
    ['within it: from now', '2026-01-05T01:30', hours(0, 4), '2026-01-05T01:30', '2026-01-05T04:00'],
    ['near its end: the next one', '2026-01-05T03:45', hours(0, 4), '2026-01-06T00:00', '2026-01-06T04:00'],
    ['over midnight, before it', '2026-01-05T23:00', hours(22, 4), '2026-01-05T23:00', '2026-01-06T04:00'],
    ['over midnight, after it', '2026-01-06T02:00', hours(22, 4), '2026-01-06T02:00', '2026-01-06T04:00'],
    ['over midnight, by day', '2026-01-06T12:00', hours(22, 4), '2026-01-06T22:00', '2026-01-07T04:00'],
    ['at the end of a year', '2025-12-31T12:00', hours(0, 4), '2026-01-01T00:00', '2026-01-01T04:00'],
  ])('%s', (_, now, window, from, until) => {
    const night = nightAt(at(now), ZONE, window);
    expect([local(night.fromMs), local(night.untilMs)]).toEqual([from, until]);
  });

  test('at any hour: now, without end', () => {
    expect(nightAt(at('2026-01-05T09:00'), ZONE, null)).toEqual({ fromMs: at('2026-01-05T09:00'), untilMs: null });
  });
});
