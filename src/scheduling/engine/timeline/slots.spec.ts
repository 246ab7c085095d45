import { describe, expect, it } from '@jest/globals';
import {
  aListener,
  anEntry,
  anItem,
  aRelay,
  aSlot,
  at,
  behind,
  daily,
  inSlot,
  itemsOf,
  planFor,
} from '../engine.spec-support.js';
import { type Plan, type ScheduleEntry, spanOfDays, type TimelineItem } from '../index.js';

const ZONE = 'Asia/Ho_Chi_Minh';
const listener = aListener('k1', { capabilities: ['stream'] });
/** The bulletin is 10 minutes and 1 millisecond long. */
const items = itemsOf(anItem('chime', 12_345), anItem('bulletin', 600_001), anItem('long', 3_000_000), aRelay());
const plan = (
  entries: ScheduleEntry[],
  date = '2026-01-05',
  days = 1,
  shelf: Map<string, TimelineItem> = items,
): Plan => planFor({ entries, items: shelf, span: spanOfDays(date, days, ZONE), listener });
/** `slot 05:00:00.000`: local times of the first day or later ones. */
const heard = ({ slices }: Plan): string[] =>
  slices.map(({ entryId, startMs }) => `${entryId} ${new Date(startMs + 7 * 3_600_000).toISOString().slice(11, 23)}`);
const missing = ({ gaps }: Plan): string[] => gaps.map(({ entryId, reason }) => `${entryId} ${reason}`);

describe('a running order', () => {
  it('each step starts when the one before has ended, to the millisecond', () => {
    const { slices } = plan([aSlot('05:00'), inSlot('a'), inSlot('b')]);
    const fiveMs = at('2026-01-05T05:00:00');
    expect(slices.map(({ kind, startMs, endMs }) => [kind, startMs - fiveMs, endMs - fiveMs])).toEqual([
      ['sound', 0, 12_345],
      ['relay', 12_345, 912_345],
      ['sound', 914_345, 1_514_346],
      ['sound', 1_514_346, 2_114_347],
    ]);
  });

  it('goes on behind the bulletin when that has ended, however many entries it has', () => {
    const [chime, bulletin] = [{ kind: 'item', itemId: 'chime' } as const, { kind: 'bulletin' } as const];
    const slot = aSlot('05:00', { runningOrder: [bulletin, chime] });
    expect(heard(plan([slot]))).toEqual(['slot 05:00:00.000']);
    expect(heard(plan([slot, inSlot('a')]))).toEqual(['a 05:00:00.000', 'slot 05:10:00.001']);
    expect(heard(plan([slot, inSlot('a'), inSlot('b')])).at(-1)).toBe('slot 05:20:00.002');
  });

  it('taken off by a person in its middle, begins nothing more; ended by a change of its rule, it plays out', () => {
    const cancelledAtMs = at('2026-01-05T05:12:00');
    const order = [1, 2, 3].map(() => ({ kind: 'item', itemId: 'bulletin' }) as const);
    const entry = anEntry(daily('05:00'), { runningOrder: order, cancelledAtMs });
    expect(heard(plan([entry]))).toHaveLength(3);
    expect(heard(plan([{ ...entry, takenOff: true }]))).toEqual(['e1 05:00:00.000', 'e1 05:10:00.001']);
    const slot = { ...aSlot('05:00'), cancelledAtMs, takenOff: true };
    const both = [
      slot,
      { ...inSlot('a'), cancelledAtMs, takenOff: true },
      { ...inSlot('b'), cancelledAtMs, takenOff: true },
    ];
    expect(heard(plan(both)).filter((line) => line.startsWith('b'))).toEqual([]);
  });

  it('is silent for a gap, and where an item may not be aired takes no time for it', () => {
    const shelf = itemsOf(anItem('chime', 12_345));
    const entry = anEntry(daily('05:00'), {
      runningOrder: [
        { kind: 'item', itemId: 'bulletin' },
        { kind: 'gap', durationMs: 1 },
        { kind: 'item', itemId: 'chime' },
      ],
    });
    const made = plan([entry], undefined, 1, shelf);
    expect(heard(made)).toEqual(['e1 05:00:00.001']);
    expect(made.gaps).toMatchObject([{ part: 0, reason: 'notApproved' }]);
  });

  it('a step keeps its number when another is silent, and the same item twice is two plays', () => {
    const twice = anEntry(daily('05:00'), {
      runningOrder: [
        { kind: 'item', itemId: 'bulletin' },
        { kind: 'item', itemId: 'bulletin' },
      ],
    });
    expect(plan([twice]).plays.map(({ play }) => play)).toEqual(['e1-20260105T0500-p0', 'e1-20260105T0500-p8']);
  });

  it('case 3: over midnight it belongs to the day on which it began, and every part is told exactly once', () => {
    const once = { kind: 'once', date: '2026-01-05', time: '23:50' } as const;
    const entries = [aSlot('23:50', { recurrence: once }), inSlot('a'), inSlot('b')];
    const [first, second] = [plan(entries, '2026-01-05'), plan(entries, '2026-01-06')];
    expect(heard(first)).toEqual(['slot 23:50:00.000', 'slot 23:50:12.345']);
    const { slices } = plan(entries, '2026-01-05', 2);
    expect([...first.slices, ...second.slices]).toEqual(slices);
    expect(second.slices).toMatchObject([
      { occurrence: 'a-20260105T2350', startMs: at('2026-01-06T00:05:14.345') },
      { occurrence: 'b-20260105T2350', startMs: at('2026-01-06T00:15:14.346') },
    ]);
  });
});

describe('entries in a slot', () => {
  it('priority goes first, then whoever was there first, then the lower id', () => {
    const entries = [
      inSlot('d', { createdAtMs: 2 }),
      inSlot('c', { createdAtMs: 1 }),
      inSlot('b', { createdAtMs: 1 }),
      inSlot('a', { createdAtMs: 3, class: 'priority' }),
    ];
    const order = ({ slices }: Plan) =>
      slices
        .map(({ entryId }) => entryId)
        .filter((id) => id !== 'slot')
        .join('');
    expect(order(plan([aSlot('05:00'), ...entries]))).toBe('abcd');
    expect(order(plan([...entries.reverse(), aSlot('05:00')]))).toBe('abcd');
  });

  it('their rule gives the days, the slot the time, and the identity is that of the start of the slot', () => {
    const weekly = { kind: 'weekly', from: '2026-01-01', until: null, weekdays: [7], time: '09:09' } as const;
    const { slices, gaps } = plan([aSlot('05:00'), inSlot('a', { recurrence: weekly })], '2026-01-05', 7);
    expect(slices.filter(({ entryId }) => entryId === 'a')).toMatchObject([
      { id: 'a-20260111T0500-p0', startMs: at('2026-01-11T05:15:14.345') },
    ]);
    expect(gaps).toEqual([]);
  });

  it('longer than the slot is said, with by how much; what stands behind the slot is not in it', () => {
    const long = inSlot('a', { runningOrder: [{ kind: 'item', itemId: 'long' }] });
    expect(plan([aSlot('05:00'), long]).remarks).toEqual([
      {
        code: 'slotOverrun',
        entryId: 'slot',
        occurrence: 'slot-20260105T0500',
        byMs: 314_345,
        endMs: at('2026-01-05T06:05:14.345'),
      },
    ]);
    expect(plan([aSlot('05:00'), inSlot('a'), behind('b', 'slot', 3_600_000)]).remarks).toEqual([]);
  });

  it('an entry whose slot does not occur on its day is a gap on that day', () => {
    const once = { kind: 'once', date: '2026-01-06', time: '05:00' } as const;
    const made = plan(
      [aSlot('05:00', { recurrence: once }), inSlot('a', { recurrence: daily('04:00') })],
      undefined,
      3,
    );
    expect(made.gaps).toMatchObject([
      { entryId: 'a', localDay: '2026-01-05', reason: 'anchorMissing', startMs: at('2026-01-05T04:00:00'), part: null },
      { entryId: 'a', localDay: '2026-01-07', reason: 'anchorMissing' },
    ]);
    expect(made.slices.filter(({ entryId }) => entryId === 'a')).toHaveLength(1);
  });

  it('a day that the span cuts off before the slot is not taken for a day without it', () => {
    const span = { fromMs: at('2026-01-05T00:00:00'), untilMs: at('2026-01-05T03:00:00') };
    const { slices, gaps } = planFor({ entries: [aSlot('05:00'), inSlot('a')], items, span, listener });
    expect([slices, gaps]).toEqual([[], []]);
  });

  it('made or cancelled in the middle of a day it counts from then on: by its own start, not by that of the slot', () => {
    const createdAtMs = at('2026-01-05T05:10:00');
    expect(heard(plan([aSlot('05:00'), inSlot('a', { createdAtMs })]))).toContain('a 05:15:14.345');
    expect(heard(plan([aSlot('05:00'), inSlot('a', { createdAtMs: at('2026-01-05T05:16:00') })]))).toHaveLength(2);
    const cancelledAtMs = at('2026-01-05T05:20:00');
    expect(heard(plan([aSlot('05:00'), inSlot('a', { cancelledAtMs }), inSlot('b', { cancelledAtMs })]))).toEqual([
      ...['slot 05:00:00.000', 'slot 05:00:12.345', 'a 05:15:14.345'],
    ]);
    expect(missing(plan([aSlot('05:00', { cancelledAtMs: at('2026-01-05T04:00:00') }), inSlot('a')]))).toEqual([
      'a anchorMissing',
    ]);
  });
});

describe('a slot that ends while it is on air', () => {
  const cancelledAtMs = at('2026-01-05T05:20:00');
  const session = ['slot 05:00:00.000', 'slot 05:00:12.345', 'a 05:15:14.345', 'b 05:25:14.346', 'c 05:35:14.347'];

  it('what goes with it stays as it was told until the session that has begun is over', () => {
    const entries = [
      aSlot('05:00', { cancelledAtMs }),
      ...['a', 'b'].map((id) => inSlot(id, { cancelledAtMs })),
      behind('c', 'b', 0, { cancelledAtMs }),
    ];
    const made = plan(entries, '2026-01-05', 3);
    expect(heard(made)).toEqual(session);
    expect(made.gaps).toEqual([]);
  });

  it('what goes on from it begins with the next session, and nothing of it stands in the former one', () => {
    const next = { createdAtMs: cancelledAtMs, place: { kind: 'inSlot', entryId: 'later' } } as const;
    const entries = [
      ...[aSlot('05:00', { cancelledAtMs }), inSlot('a', { cancelledAtMs }), inSlot('b', { cancelledAtMs })],
      ...[aSlot('06:00', { id: 'later', createdAtMs: cancelledAtMs }), inSlot('a2', next), inSlot('b2', next)],
    ];
    expect(heard(plan(entries)).filter((line) => /^[ab]/.test(line))).toEqual([
      ...['a 05:15:14.345', 'b 05:25:14.346', 'a2 06:15:14.345', 'b2 06:25:14.346'],
    ]);
  });

  it('one of several that is taken out meanwhile is no longer heard, and those behind it move up', () => {
    const entries = [aSlot('05:00'), inSlot('a'), inSlot('b', { cancelledAtMs }), inSlot('c')];
    expect(heard(plan(entries)).slice(2)).toEqual(['a 05:15:14.345', 'c 05:25:14.346']);
  });
});

describe('several of one entry on a day', () => {
  const rule = (times: string): ScheduleEntry['recurrence'] => ({
    ...{ kind: 'rrule', start: '2026-01-01T00:00', rules: [`FREQ=DAILY;BYHOUR=${times}`], dates: [], except: [] },
  });
  const slot = aSlot('05:00', { recurrence: rule('5,11,17'), runningOrder: [{ kind: 'bulletin' }] });
  const original = (day: number, hour: string) => `2026-01-0${day}T${hour}:00:00`;
  const identities = ({ slices }: Plan) => slices.map(({ occurrence }) => occurrence);

  it('one a day stands in every session of its day', () => {
    expect(identities(plan([slot, inSlot('a')]))).toEqual([
      ...['a-20260105T0500', 'a-20260105T1100', 'a-20260105T1700'],
    ]);
  });

  it('of several each stands in the session of its turn, and cancelling one leaves the others', () => {
    const [two, three] = [inSlot('a', { recurrence: rule('0,1') }), inSlot('a', { recurrence: rule('0,1,2') })];
    expect(identities(plan([slot, two]))).toEqual(['a-20260105T0500', 'a-20260105T1100']);
    const without = { ...three, changes: [{ original: original(5, '01'), to: null }] };
    expect(identities(plan([slot, without]))).toEqual(['a-20260105T0500', 'a-20260105T1700']);
  });

  it('the turn is that of the rule of the slot: a session that is cancelled or moved leaves the others theirs', () => {
    const three = inSlot('a', { recurrence: rule('0,1,2') });
    const fewer = { ...slot, changes: [{ original: original(5, '05'), to: null }] };
    const made = plan([fewer, three]);
    expect(identities(made)).toEqual(['a-20260105T1100', 'a-20260105T1700']);
    expect(made.gaps).toMatchObject([{ occurrence: 'a-20260105T0000', reason: 'anchorMissing' }]);
    const moved = { ...slot, changes: [{ original: original(5, '05'), to: original(5, '20') }] };
    expect(identities(plan([moved, three]))).toEqual(['a-20260105T1100', 'a-20260105T1700', 'a-20260105T0500']);
  });

  it('more than there are sessions: those beyond are told to be missing', () => {
    const made = plan([
      aSlot('05:00', { runningOrder: [{ kind: 'bulletin' }] }),
      inSlot('a', { recurrence: rule('0,1') }),
    ]);
    expect(identities(made)).toEqual(['a-20260105T0500']);
    expect(made.gaps).toMatchObject([{ occurrence: 'a-20260105T0100', reason: 'anchorMissing' }]);
  });

  it('one that is moved to a day takes a session that is free there; where none is, it is told to be missing', () => {
    const to = original(6, '00');
    const changes = [{ original: original(5, '01'), to }];
    const entries = [slot, inSlot('a', { recurrence: rule('0,1'), changes })];
    expect(identities(plan(entries, '2026-01-05', 2))).toEqual([
      ...['a-20260105T0500', 'a-20260106T0500', 'a-20260106T1100', 'a-20260106T1700'],
    ]);
    const crowded = [slot, inSlot('a', { changes: [{ original: original(5, '00'), to }] })];
    const made = plan(crowded, '2026-01-05', 2);
    expect(identities(made)).toEqual(['a-20260106T0500', 'a-20260106T1100', 'a-20260106T1700']);
    expect(made.gaps).toMatchObject([{ occurrence: 'a-20260105T0000', reason: 'anchorMissing' }]);
  });

  it('one that is alone on its day and moved to another day stands in every session there', () => {
    const weekly = { kind: 'weekly', from: '2026-01-01', until: null, weekdays: [1], time: '00:00' } as const;
    const changes = [{ original: original(5, '00'), to: original(6, '00') }];
    expect(identities(plan([slot, inSlot('a', { recurrence: weekly, changes })], '2026-01-05', 2))).toEqual([
      ...['a-20260106T0500', 'a-20260106T1100', 'a-20260106T1700'],
    ]);
  });
});

describe('right behind another entry (phát nối tiếp)', () => {
  it('chains add up, with their gaps', () => {
    const entries = [behind('c', 'b', 500), anEntry(daily('05:00'), { id: 'a' }), behind('b', 'a', 1_000)];
    expect(heard(plan(entries))).toEqual(['a 05:00:00.000', 'b 05:10:01.001', 'c 05:20:01.502']);
  });

  it('two behind one stand one behind the other; a chain of a thousand holds', () => {
    const entries = [anEntry(daily('05:00'), { id: 'a' }), behind('b', 'a'), behind('c', 'a')];
    expect(heard(plan(entries))).toEqual(['a 05:00:00.000', 'b 05:10:00.001', 'c 05:20:00.002']);
    const second = itemsOf(anItem('bulletin', 1_000));
    const chain = Array.from({ length: 1_000 }, (_, n) => behind(`n${n + 1}`, `n${n}`));
    const made = plan([anEntry(daily('05:00'), { id: 'n0' }), ...chain], undefined, 1, second);
    expect(heard(made).at(-1)).toBe('n1000 05:16:40.000');
  });

  it('behind what is not there, or not heard here, is a gap, as is all behind that', () => {
    expect(missing(plan([behind('b', 'nobody'), behind('c', 'b')]))).toEqual(['b anchorMissing', 'c anchorMissing']);
    const elsewhere = anEntry(daily('05:00'), { id: 'a', clusterIds: ['k2'] });
    expect(missing(plan([elsewhere, behind('b', 'a'), behind('c', 'b')]))).toEqual([
      'b anchorMissing',
      'c anchorMissing',
    ]);
  });

  it('in a circle nothing plays, and each says so', () => {
    const circle = [behind('a', 'c'), behind('b', 'a'), behind('c', 'b'), behind('self', 'self'), behind('d', 'a')];
    const made = plan([...circle, anEntry(daily('05:00'))]);
    expect(missing(made)).toEqual(['a', 'b', 'c', 'd', 'self'].map((id) => `${id} afterCycle`));
    expect(heard(made)).toEqual(['e1 05:00:00.000']);
  });
});
