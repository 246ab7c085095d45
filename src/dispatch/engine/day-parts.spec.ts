import { describe, expect, it } from '@jest/globals';
import type { PlannedPlay } from '../../../devices/protocol/index.js';
import { dayParts, type TakenBack } from './day-parts.js';
import { localDays } from './days.js';

const none: TakenBack = { items: new Set(), occurrences: new Set() };
const withdrawn = (item: string): TakenBack => ({ ...none, items: new Set([item]) });
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
    expect(ids(dayParts(localDays(now, ZONE, 1), [], told, now, withdrawn('i')))).toEqual([]);
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
    expect(dayParts(localDays(now, ZONE, 1), anew, told, now, withdrawn('gone'))).toEqual([
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
});

describe('a running order that is edited while its session sounds', () => {
  const DAY = localDays(at('2026-11-21T05:00:00'), ZONE, 1);
  /** A session from five o'clock on, ten minutes a part: `a b c` are parts p0, p8, p16, as the engine numbers them. */
  const session = (order: string, from = '2026-11-21T05:00:00', occurrence = 'session'): PlannedPlay[] =>
    order.split(' ').flatMap((item, index) => {
      const start = new Date(at(from) + index * 600_000 + 7 * 3_600_000).toISOString().slice(0, 19);
      const laid = play(`${occurrence}-p${index * 8}`, start);
      const audio = { ...laid.audio, durationMs: 600_000 };
      return item === '-' ? [] : [{ ...laid, occurrence, audio, item: { ...laid.item, id: item } }];
    });
  const heard = (parts: ReturnType<typeof dayParts>) =>
    parts.flatMap(({ plays }) =>
      plays.map(({ startMs, item }) => `${new Date(startMs + 7 * 3_600_000).toISOString().slice(11, 16)} ${item.id}`),
    );
  const toldToday = (plays: readonly PlannedPlay[]) => new Map([['2026-11-21', plays]]);
  const edited = (before: string, after: string, time: string, takenBack = none) =>
    heard(
      dayParts(
        DAY,
        after === '' ? [] : session(after),
        toldToday(session(before)),
        at(`2026-11-21T${time}`),
        takenBack,
      ),
    );

  it.each<[string, string, string, string, readonly string[]]>([
    ['a step put in front: nothing is heard twice', 'a b c', 'x a b c', '05:05', ['05:00 a', '05:10 b', '05:20 c']],
    ['the first step taken out: nothing is swallowed', 'a b c', 'b c', '05:05', ['05:00 a', '05:10 b', '05:20 c']],
    ['turned round', 'a b c', 'c b a', '05:05', ['05:00 a', '05:10 b', '05:20 c']],
    ['a later step taken out', 'a b c', 'a c', '05:05', ['05:00 a', '05:10 b', '05:20 c']],
    ['other content at a place that is still ahead', 'a b c', 'a x c', '05:05', ['05:00 a', '05:10 b', '05:20 c']],
    ['other content altogether', 'a b c', 'x', '05:15', ['05:00 a', '05:10 b', '05:20 c']],
    ['what is added behind moves nothing, and comes', 'a b', 'a b c', '05:05', ['05:00 a', '05:10 b', '05:20 c']],
    ['so does what fills a pause', 'a - c', 'a b c', '05:05', ['05:00 a', '05:10 b', '05:20 c']],
    ['what is put into a pause that is over does not', 'a - c', 'a b c', '05:15', ['05:00 a', '05:20 c']],
    ['before it begins it is another one', 'a b c', 'x a', '04:59', ['05:00 x', '05:10 a']],
  ])('%s', (_what, before, after, time, expected) => {
    expect(edited(before, after, `${time}:00`)).toEqual(expected);
  });

  it('other versions of content that is still ahead wait for the next session', () => {
    const told = session('a b');
    const anew = told.map((each) => ({ ...each, item: { ...each.item, version: 2 } }));
    const [part] = dayParts(DAY, anew, toldToday(told), at('2026-11-21T05:05:00'), none);
    expect(part?.plays).toEqual(told);
  });

  it('a session that is moved after it began goes on where it is', () => {
    const now = at('2026-11-21T05:05:00');
    const moved = session('a b c', '2026-11-21T05:02:00');
    expect(heard(dayParts(DAY, moved, toldToday(session('a b c')), now, none))).toEqual([
      '05:00 a',
      '05:10 b',
      '05:20 c',
    ]);
  });

  it('an entry that is cancelled in mid-session: what has begun stays, the rest goes', () => {
    const cancelled = { ...none, occurrences: new Set(['session']) };
    // What started stays an occurrence, so the timeline still has all of it.
    expect(edited('a b c', 'a b c', '05:15:00', cancelled)).toEqual(['05:00 a', '05:10 b']);
  });

  it('an occurrence of which the schedule has nothing left is cancelled too', () => {
    expect(edited('a b c', '', '05:05:00')).toEqual(['05:00 a']);
  });

  it('a cancelling that is taken back in mid-session: what is still ahead is heard', () => {
    const told = toldToday(session('a'));
    expect(heard(dayParts(DAY, session('a b c'), told, at('2026-11-21T05:12:00'), none))).toEqual([
      '05:00 a',
      '05:20 c',
    ]);
  });

  it('case 18: content that is withdrawn in mid-session goes, and what stands behind it does not move', () => {
    expect(edited('a b c', 'a c', '05:05:00', withdrawn('b'))).toEqual(['05:00 a', '05:20 c']);
    expect(edited('a b c', 'b c', '05:05:00', withdrawn('a'))).toEqual(['05:10 b', '05:20 c']);
  });

  it('withdrawn first, and taken out of the running order afterwards: the rest is heard once, where it was told', () => {
    const now = at('2026-11-21T05:05:00');
    const [part] = dayParts(DAY, session('- b c'), toldToday(session('a b c')), now, withdrawn('a'));
    const later = dayParts(DAY, session('b c'), toldToday(part?.plays ?? []), now + 60_000, none);
    expect(heard(later)).toEqual(['05:10 b', '05:20 c']);
  });

  it('another session of the same entry, later that day, is edited', () => {
    const now = at('2026-11-21T05:05:00');
    const evening = (order: string) => session(order, '2026-11-21T17:00:00', 'evening');
    const told = toldToday([...session('a b'), ...evening('a b')]);
    expect(heard(dayParts(DAY, [...session('x a b'), ...evening('x a b')], told, now, none))).toEqual([
      ...['05:00 a', '05:10 b'],
      ...['17:00 x', '17:10 a', '17:20 b'],
    ]);
  });

  it('case 3: a session over midnight is one session on both sides of it', () => {
    const night = session('a b c', '2026-11-21T23:55:00');
    const anew = session('x a b c', '2026-11-21T23:55:00');
    const told = new Map([
      ['2026-11-21', night.slice(0, 1)],
      ['2026-11-22', night.slice(1)],
    ]);
    const before = at('2026-11-21T23:58:00');
    expect(heard(dayParts(localDays(before, ZONE, 2), anew, told, before, none))).toEqual([
      ...['23:55 a', '00:05 b', '00:15 c'],
    ]);
    const after = at('2026-11-22T00:02:00');
    const days = localDays(after, ZONE, 1);
    // Of what began yesterday the timeline of today knows nothing.
    const today = anew.filter(({ startMs }) => startMs >= (days[0]?.fromMs ?? 0));
    expect(heard(dayParts(days, today, told, after, none))).toEqual(['00:05 b', '00:15 c']);
  });

  it('what stands behind it, or in the same slot, is not moved into its way', () => {
    const now = at('2026-11-21T05:05:00');
    const second = (from: string) => session('d', `2026-11-21T${from}:00`, 'second');
    const third = (from: string) => session('e', `2026-11-21T${from}:00`, 'third');
    const told = toldToday([...session('a b'), ...second('05:20'), ...third('05:30')]);
    const anew = [...session('a'), ...second('05:10'), ...third('05:20')];
    expect(heard(dayParts(DAY, anew, told, now, none))).toEqual(['05:00 a', '05:10 b', '05:20 d', '05:30 e']);
    // What was told to sound at once with it already, and what is new there, is as the schedule has it.
    const beside = toldToday([...session('a b'), ...second('05:15')]);
    expect(heard(dayParts(DAY, [...session('a'), ...second('05:12')], beside, now, none))).toContain('05:12 d');
    expect(heard(dayParts(DAY, [...session('a'), ...second('05:10')], toldToday(session('a b')), now, none))).toContain(
      '05:10 d',
    );
  });

  it('whoever was told nothing of a session that sounds joins it at the next part', () => {
    const now = at('2026-11-21T05:05:00');
    expect(heard(dayParts(DAY, session('a b'), new Map(), now, none))).toEqual(['05:10 b']);
  });
});
