import { describe, expect, it } from '@jest/globals';
import { dayPart, plannedPlay } from '../../../../devices/protocol/index.js';
import { aListener, anEntry, anItem, at, itemsOf, planFor } from '../engine.spec-support.js';
import { Board, inWords, type Recurrence, type ScheduleEntry, spanOfDays, type TimelineItem } from '../index.js';

const ZONE = 'Asia/Ho_Chi_Minh';
const daily = (time: string): Recurrence => ({ kind: 'daily', from: '2026-01-01', until: null, time });
const day = (entries: ScheduleEntry[], items: Map<string, TimelineItem> = itemsOf(anItem()), date = '2026-01-05') =>
  planFor({ entries, items, span: spanOfDays(date, 1, ZONE) });

describe('timeline', () => {
  it('makes the play that the protocol describes, with everything resolved', () => {
    const [play] = day([
      anEntry(daily('05:00'), { class: 'priority', volume: 65, late: 'skip', graceMs: 60_000 }),
    ]).plays;
    expect(plannedPlay.parse(play)).toEqual({
      play: 'e1-20260105T0500-p0',
      occurrence: 'e1-20260105T0500',
      part: 0,
      startMs: at('2026-01-05T05:00:00'),
      latestEndMs: at('2026-01-05T05:11:00'),
      late: 'skip',
      class: 'priority',
      volume: 65,
      item: { id: 'bulletin', version: 3, title: 'Bản tin giảm nghèo', textSha256: 'a'.repeat(64), language: 'vi' },
      audio: { sha256: 'b'.repeat(64), bytes: 1_000, type: 'audio/ogg', durationMs: 600_000 },
    });
  });

  it('a recording without text has no hash of a text', () => {
    const [play] = day([anEntry(daily('05:00'))], itemsOf({ ...anItem(), textSha256: null })).plays;
    expect(play?.item).not.toHaveProperty('textSha256');
  });

  it('case 3: an item across midnight is one play, whole, of the day on which it starts', () => {
    const late = anEntry({ kind: 'once', date: '2026-01-05', time: '23:55' });
    const [play, ...more] = day([late]).plays;
    expect(more).toEqual([]);
    expect(play).toMatchObject({ startMs: at('2026-01-05T23:55:00'), audio: { durationMs: 600_000 } });
    expect(play?.latestEndMs).toBeGreaterThanOrEqual(at('2026-01-06T00:05:00'));
    expect(day([late], undefined, '2026-01-06').plays).toEqual([]);
  });

  it('case 4: an item of unknown length is a gap with its reason, never a play of length 0', () => {
    for (const durationMs of [0, -1, Number.NaN, 1.5])
      expect(day([anEntry(daily('05:00'))], itemsOf(anItem('bulletin', durationMs)))).toMatchObject({
        plays: [],
        gaps: [{ reason: 'unknownDuration' }],
      });
  });

  it('an item that may not be aired is a gap that names entry, occurrence and day', () => {
    expect(day([anEntry(daily('05:00'))], new Map()).gaps).toEqual([
      {
        entryId: 'e1',
        occurrence: 'e1-20260105T0500',
        part: 0,
        localDay: '2026-01-05',
        startMs: at('2026-01-05T05:00:00'),
        reason: 'notApproved',
      },
    ]);
  });

  it('content is played on the first and on the last day of its validity (case 2), and before or after is a gap', () => {
    const entry = anEntry(daily('23:55'));
    const reasons = (validFrom: string | null, validTo: string | null) => {
      const { plays, gaps } = day([entry], itemsOf({ ...anItem(), validFrom, validTo }));
      return plays.length > 0 ? 'played' : gaps.map(({ reason }) => reason);
    };
    expect(reasons('2026-01-05', '2026-01-05')).toBe('played');
    expect(reasons(null, '2026-01-04')).toEqual(['notValid']);
    expect(reasons('2026-01-06', null)).toEqual(['notValid']);
    expect(reasons(null, null)).toBe('played');
  });

  it('what is aired before anybody approved it says so on the way to the receipt', () => {
    const after = itemsOf({ ...anItem(), approval: 'after' });
    expect(day([anEntry(daily('05:00'))], after).plays[0]?.item.approval).toBe('after');
    expect(day([anEntry(daily('05:00'))]).plays[0]?.item).not.toHaveProperty('approval');
  });

  it('plays are in order of start, then class, then id', () => {
    const entries = [
      anEntry(daily('05:00'), { id: 'b' }),
      anEntry(daily('05:00'), { id: 'c', class: 'priority' }),
      anEntry(daily('05:00'), { id: 'a' }),
      anEntry(daily('04:00'), { id: 'd' }),
    ];
    expect(day(entries).plays.map(({ occurrence }) => occurrence.charAt(0))).toEqual(['d', 'c', 'a', 'b']);
  });
});

describe('a full day', () => {
  const many = (count: number, changes: Partial<ScheduleEntry> = {}, minute = 0) =>
    Array.from({ length: count }, (_, i) => {
      const time = new Date((minute * 60 + i) * 1_000).toISOString().slice(11, 19);
      return anEntry(daily(time), { id: `${changes.id ?? 'e'}${String(i).padStart(4, '0')}`, ...without(changes) });
    });
  const without = ({ id: _, ...changes }: Partial<ScheduleEntry>) => changes;
  const items = itemsOf(anItem('bulletin', 1_000));
  const days = (entries: ScheduleEntry[], count: number) =>
    planFor({ entries, items, span: spanOfDays('2026-01-05', count, ZONE) });

  it('what the contract cannot hold is a gap, latest starts first, each local day for itself', () => {
    const { plays, gaps, overlaps } = days(many(2_003).reverse(), 2);
    for (const [index, date] of ['2026-01-05', '2026-01-06'].entries()) {
      const part = plays.slice(index * 2_000, (index + 1) * 2_000);
      expect(dayPart.parse({ v: 1, day: date, plays: part }).plays).toHaveLength(2_000);
      expect(part.at(-1)?.occurrence).toBe(`e1999-${date.replaceAll('-', '')}T003319`);
      expect(gaps.slice(index * 3, index * 3 + 3)).toMatchObject(
        [2000, 2001, 2002].map((i) => ({ entryId: `e${i}`, localDay: date, reason: 'dayFull' })),
      );
    }
    expect(plays).toHaveLength(4_000);
    expect(gaps).toHaveLength(6);
    expect(overlaps).toEqual([]);
    const [one] = plays;
    expect(dayPart.safeParse({ v: 1, day: '2026-01-05', plays: Array(2_001).fill(one) }).success).toBe(false);
  });

  it('2,000 are not too many; of two at one time the one of the higher class stays', () => {
    expect(days(many(2_000), 1).gaps).toEqual([]);
    const last = { recurrence: daily('23:00') };
    const crowd = [
      ...many(1_999),
      anEntry(last.recurrence, { id: 'a' }),
      anEntry(last.recurrence, { id: 'b', class: 'priority' }),
    ];
    const { plays, gaps } = days(crowd, 1);
    expect(plays.at(-1)?.occurrence).toBe('b-20260105T2300');
    expect(gaps).toMatchObject([{ entryId: 'a', reason: 'dayFull' }]);
  });

  it('what cannot be played takes no room', () => {
    const { plays, gaps } = days(
      [...many(10, { id: 'x', runningOrder: [{ kind: 'item', itemId: 'unapproved' }] }), ...many(2_000)],
      1,
    );
    expect(plays).toHaveLength(2_000);
    expect(gaps.every(({ reason }) => reason === 'notApproved')).toBe(true);
  });
});

describe('overlaps', () => {
  const pairs = (...entries: ScheduleEntry[]) =>
    day(entries).overlaps.map(({ first, second, fromMs, untilMs }) => [
      first.charAt(0),
      second.charAt(0),
      (untilMs - fromMs) / 60_000,
    ]);

  it('two plays of ten minutes, four minutes apart, overlap for six', () => {
    expect(pairs(anEntry(daily('05:00'), { id: 'a' }), anEntry(daily('05:04'), { id: 'b' }))).toEqual([['a', 'b', 6]]);
  });

  it('a play that begins when another ends does not', () => {
    expect(pairs(anEntry(daily('05:00'), { id: 'a' }), anEntry(daily('05:10'), { id: 'b' }))).toEqual([]);
  });

  it('hundreds of plays in one minute do not make millions of pairs', () => {
    const crowd = Array.from({ length: 1_000 }, (_, i) => anEntry(daily('05:00'), { id: `e${i}` }));
    expect(day(crowd).overlaps).toHaveLength(10_000);
  });

  it('a long play overlaps several', () => {
    const items = itemsOf(anItem(), anItem('long', 3_600_000));
    const entries = [
      anEntry(daily('05:00'), { id: 'a', runningOrder: [{ kind: 'item', itemId: 'long' }] }),
      anEntry(daily('05:10'), { id: 'b' }),
      anEntry(daily('05:30'), { id: 'c' }),
    ];
    expect(day(entries, items).overlaps.map(({ first, second }) => first.charAt(0) + second.charAt(0))).toEqual([
      'ab',
      'ac',
    ]);
  });

  it.each<[string, Partial<ScheduleEntry>, Partial<ScheduleEntry>, boolean]>([
    ['two communes', { areaPath: '/p/x/' }, { areaPath: '/p/y/' }, false],
    ['province and commune', { areaPath: '/p/' }, { areaPath: '/p/y/' }, true],
    ['different clusters', { clusterIds: ['k1'] }, { clusterIds: ['k2'] }, false],
    ['one cluster in common', { clusterIds: ['k1', 'k2'] }, { clusterIds: ['k2', 'k3'] }, true],
    ['some clusters and all', { clusterIds: ['k1'] }, { clusterIds: null }, true],
  ])('are those of one loudspeaker: %s', (_, a, b, overlap) => {
    const of = (id: string, changes: Partial<ScheduleEntry>) =>
      anEntry(daily('05:00'), { id, areaPath: '/p/x/', ...changes });
    const listeners = [
      ...['k1', 'k2', 'k3'].map((id) => aListener(id, { areaPath: '/p/x/hamlet/' })),
      aListener('y1', { areaPath: '/p/y/' }),
    ];
    const span = spanOfDays('2026-01-05', 1, ZONE);
    const board = new Board({
      entries: [of('a', a), of('b', b)],
      listeners,
      items: itemsOf(anItem()),
      span,
      zone: ZONE,
    });
    expect(listeners.some(({ id }) => board.planOf(id).overlaps.length > 0)).toBe(overlap);
  });
});

it('times are said as people read them', () => {
  expect(inWords(at('2026-01-05T05:00:00'), at('2026-01-05T05:12:30'), ZONE)).toBe(
    'Thứ Hai 05/01/2026, 05:00–05:12:30',
  );
  expect(inWords(at('2026-01-04T23:50:00'), at('2026-01-05T00:05:00'), ZONE)).toBe(
    'Chủ nhật 04/01/2026, 23:50–00:05 (05/01)',
  );
});
