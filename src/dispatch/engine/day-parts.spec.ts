import { describe, expect, it } from '@jest/globals';
import type { PlannedPlay } from '../../../devices/protocol/index.js';
import { changesAhead, dayParts } from './day-parts.js';
import { localDays } from './days.js';

const none: ReadonlySet<string> = new Set();
const ZONE = 'Asia/Ho_Chi_Minh';
const at = (text: string) => Date.parse(`${text}+07:00`);
const play = (id: string, start: string): PlannedPlay => ({
  play: id,
  occurrence: id,
  part: 0,
  startMs: at(start),
  latestEndMs: at(start) + 600_000,
  late: 'whole',
  class: 'normal',
  volume: 80,
  item: { id: 'i', version: 1, title: 'Bản tin', language: 'vi' },
  audio: { sha256: 'a'.repeat(64), bytes: 10, type: 'audio/ogg', durationMs: 60_000 },
});
const ids = (parts: ReturnType<typeof dayParts>) =>
  parts.map((part) => [part.day, part.plays.map((each) => each.play)]);

describe('parts of a plan', () => {
  it('days are local days, whatever the zone of the server', () => {
    const days = localDays(at('2026-11-21T00:00:00'), ZONE, 2);
    expect(days).toEqual([
      { day: '2026-11-21', fromMs: at('2026-11-21T00:00:00'), untilMs: at('2026-11-22T00:00:00') },
      { day: '2026-11-22', fromMs: at('2026-11-22T00:00:00'), untilMs: at('2026-11-23T00:00:00') },
    ]);
    expect(localDays(at('2026-11-20T23:59:59'), ZONE, 1)[0]?.day).toBe('2026-11-20');
  });

  it('case 3: a play across midnight belongs to the day on which it starts, once', () => {
    const days = localDays(at('2026-11-21T08:00:00'), ZONE, 2);
    expect(
      ids(dayParts(days, [play('late', '2026-11-21T23:59:30')], new Map(), at('2026-11-21T08:00:00'), none)),
    ).toEqual([['2026-11-21', ['late']]]);
  });

  it('what has started stays as it was told, even when its entry was changed or cancelled', () => {
    const now = at('2026-11-21T12:00:00');
    const told = new Map([
      ['2026-11-21', [play('morning', '2026-11-21T05:00:00'), play('evening', '2026-11-21T17:00:00')]],
    ]);
    expect(ids(dayParts(localDays(now, ZONE, 1), [play('night', '2026-11-21T20:00:00')], told, now, none))).toEqual([
      ['2026-11-21', ['morning', 'night']],
    ]);
  });

  it('case 18: content that was withdrawn leaves the plan even after its start', () => {
    const now = at('2026-11-21T05:01:00');
    const told = new Map([['2026-11-21', [play('morning', '2026-11-21T05:00:00')]]]);
    expect(ids(dayParts(localDays(now, ZONE, 1), [], told, now, new Set(['i'])))).toEqual([]);
  });

  it('a play that nobody was told is not put into the past', () => {
    const now = at('2026-11-21T12:00:00');
    expect(
      ids(dayParts(localDays(now, ZONE, 1), [play('morning', '2026-11-21T05:00:00')], new Map(), now, none)),
    ).toEqual([]);
  });

  it('time passing alone changes no part', () => {
    const days = localDays(at('2026-11-21T04:00:00'), ZONE, 1);
    const timeline = [play('a', '2026-11-21T05:00:00'), play('b', '2026-11-21T17:00:00')];
    const first = dayParts(days, timeline, new Map(), at('2026-11-21T04:00:00'), none);
    const later = dayParts(
      days,
      timeline,
      new Map([['2026-11-21', first[0]?.plays ?? []]]),
      at('2026-11-21T12:00:00'),
      none,
    );
    expect(later).toEqual(first);
  });

  it('what has begun stays where it began, whatever the schedule says of it now', () => {
    const now = at('2026-11-21T12:00:00');
    const told = new Map([['2026-11-21', [play('morning', '2026-11-21T05:00:00')]]]);
    const moved = [play('morning', '2026-11-21T20:00:00')];
    expect(dayParts(localDays(now, ZONE, 1), moved, told, now, none)).toEqual([
      { v: 1, day: '2026-11-21', plays: [play('morning', '2026-11-21T05:00:00')] },
    ]);
  });

  it('what stood behind something withdrawn in mid-session is still played when it was told', () => {
    const now = at('2026-11-21T05:07:00');
    const second = play('second', '2026-11-21T05:10:00');
    const told = new Map([
      ['2026-11-21', [{ ...play('first', '2026-11-21T05:00:00'), item: { ...second.item, id: 'gone' } }, second]],
    ]);
    const anew = [play('second', '2026-11-21T05:00:00')];
    expect(dayParts(localDays(now, ZONE, 1), anew, told, now, new Set(['gone']))).toEqual([
      { v: 1, day: '2026-11-21', plays: [second] },
    ]);
  });

  it('what began before midnight and was pushed over it is in one day only', () => {
    const now = at('2026-11-21T23:55:00');
    const told = new Map([['2026-11-21', [play('late', '2026-11-21T23:50:00')]]]);
    expect(ids(dayParts(localDays(now, ZONE, 2), [play('late', '2026-11-22T00:10:00')], told, now, none))).toEqual([
      ['2026-11-21', ['late']],
    ]);
  });

  it('tells what is new, taken out, back again, and at another time', () => {
    const told = [
      { play: 'a', withdrawn: false, startMs: 100 },
      { play: 'b', withdrawn: false, startMs: 100 },
      { play: 'c', withdrawn: true, startMs: 100 },
      { play: 'over', withdrawn: false, startMs: 10 },
      { play: 'late', withdrawn: false, startMs: 10 },
    ];
    const planned = new Map(Object.entries({ b: 100, c: 200, d: 300, late: 400 }));
    expect(changesAhead(told, planned, 50)).toEqual({
      added: ['d'],
      withdrawn: ['a'],
      revived: ['c'],
      moved: ['c', 'late'],
    });
  });
});
