import { describe, expect, it } from '@jest/globals';
import { anEntry, anItem, at, itemsOf } from '../engine.spec-support.js';
import type { Recurrence, ScheduleEntry } from '../index.js';
import { layOut, linesOf, plannedLengthMs } from './index.js';

const once = (date: string, time = '05:00'): Recurrence => ({ kind: 'once', date, time });
const daily: Recurrence = { kind: 'daily', from: '2026-01-01', until: null, time: '05:00' };
/** Copies Monday 5 January 2026 (and as many days) to `to`; it is nine on that Monday. */
const copy = (
  entries: readonly ScheduleEntry[],
  { to = '2026-01-06', days = 1, items = itemsOf(anItem()), anchors = [] as ScheduleEntry[], namesHold = true } = {},
) =>
  layOut(linesOf(entries, '2026-01-05', days, 1_000), {
    ...{ to, days, entries, anchors, items, namesHold },
    nowMs: at('2026-01-05T09:00:00'),
  });
const summary = ({ made, skipped }: ReturnType<typeof layOut>) => ({
  made: made.map(({ day, line }) => `${day}T${line.time}`),
  skipped: skipped.map(({ reason }) => reason),
});

describe('a day is copied', () => {
  it('what is there for loudspeakers only is not there for boards', () => {
    const here = anEntry(once('2026-01-05'), { devices: 'all' });
    const there = (devices: 'loudspeakers' | 'all') => anEntry(once('2026-01-06'), { id: 'e2', devices });
    expect(summary(copy([here, there('loudspeakers')])).skipped).toEqual([]);
    expect(summary(copy([here, there('all')])).skipped).toEqual(['alreadyThere']);
    expect(summary(copy([{ ...here, devices: 'boards' }, there('all')])).skipped).toEqual(['alreadyThere']);
  });

  it('what was scheduled once comes again at the same time with the same settings', () => {
    const { made } = copy([anEntry(once('2026-01-05'), { volume: 35, clusterIds: ['k1'] })]);
    expect(made).toMatchObject([
      { day: '2026-01-06', startMs: at('2026-01-06T05:00:00'), line: { volume: 35, clusterIds: ['k1'] }, place: null },
    ]);
  });

  it('a week is copied day by day', () => {
    const entries = [anEntry(once('2026-01-05')), anEntry(once('2026-01-11', '17:00:30'), { id: 'e2' })];
    expect(summary(copy(entries, { to: '2026-01-12', days: 7 })).made).toEqual([
      '2026-01-12T05:00:00',
      '2026-01-18T17:00:30',
    ]);
  });

  it('a moved occurrence is copied to the time to which it was moved, a cancelled one is not copied', () => {
    const moved = [{ original: '2026-01-05T05:00:00', to: '2026-01-05T06:30:00' }];
    const cancelled = [{ original: '2026-01-05T05:00:00', to: null }];
    expect(summary(copy([anEntry(once('2026-01-05'), { changes: moved })])).made).toEqual(['2026-01-06T06:30:00']);
    expect(summary(copy([anEntry(once('2026-01-05'), { changes: cancelled })]))).toEqual({ made: [], skipped: [] });
  });

  it('an emergency is not scheduled, so it is not copied', () => {
    expect(summary(copy([anEntry(once('2026-01-05'), { class: 'emergency' })]))).toEqual({ made: [], skipped: [] });
  });
});

describe('nothing is doubled', () => {
  it('what its own rule has there is not copied', () => {
    expect(summary(copy([anEntry(daily)]))).toEqual({ made: [], skipped: ['repeats'] });
  });

  it('a rule that has ended by then is copied', () => {
    const ended = anEntry(daily, { cancelledAtMs: at('2026-01-05T12:00:00') });
    expect(summary(copy([ended]))).toEqual({ made: ['2026-01-06T05:00:00'], skipped: [] });
  });

  it('what a person took out of a rule does not come back by copying', () => {
    const changes = [{ original: '2026-01-06T05:00:00', to: null }];
    expect(summary(copy([anEntry(daily, { changes })])).skipped).toEqual(['cancelledThere']);
  });

  it('the same running order at the same time is not doubled, another one is', () => {
    const [here, there] = [anEntry(once('2026-01-05')), anEntry(once('2026-01-06'), { id: 'e2' })];
    expect(summary(copy([here, there]))).toEqual({ made: [], skipped: ['alreadyThere'] });
    const other = { ...there, runningOrder: [{ kind: 'item' as const, itemId: 'other' }] };
    expect(summary(copy([here, other])).made).toHaveLength(1);
  });

  it('the same at other clusters is no double', () => {
    const [here, there] = [
      anEntry(once('2026-01-05'), { clusterIds: ['k1'] }),
      anEntry(once('2026-01-06'), { id: 'e2', clusterIds: ['k2'] }),
    ];
    expect(summary(copy([here, there])).made).toHaveLength(1);
    expect(summary(copy([here, { ...there, clusterIds: null }])).skipped).toEqual(['alreadyThere']);
  });

  it('copied again, everything is there already', () => {
    const entries = [anEntry(once('2026-01-05')), anEntry(once('2026-01-05', '17:00'), { id: 'e2' })];
    const copies = copy(entries).made.map(({ day, line }, index) =>
      anEntry(once(day, line.time), { id: `copy${index}` }),
    );
    expect(summary(copy([...entries, ...copies]))).toEqual({ made: [], skipped: ['alreadyThere', 'alreadyThere'] });
  });
});

describe('what cannot be copied is told', () => {
  it('times that are past', () => {
    const { made, skipped } = summary(
      copy([anEntry(once('2026-01-05')), anEntry(once('2026-01-05', '17:00'), { id: 'e2' })], { to: '2026-01-05' }),
    );
    expect({ made, skipped }).toEqual({ made: [], skipped: ['past', 'repeats'] });
    expect(summary(copy([anEntry(once('2026-01-05'))], { to: '2026-01-01' })).skipped).toEqual(['past']);
  });

  it('content that is not approved, or not valid on that day', () => {
    expect(summary(copy([anEntry(once('2026-01-05'))], { items: itemsOf() })).skipped).toEqual(['notApproved']);
    for (const limits of [{ validTo: '2026-01-05' }, { validFrom: '2026-01-07' }]) {
      const items = itemsOf({ ...anItem(), ...limits });
      expect(summary(copy([anEntry(once('2026-01-05'))], { items })).skipped).toEqual(['notValid']);
    }
  });

  it('names of another area', () => {
    const entry = anEntry(once('2026-01-05'), { hamletIds: ['h1'] });
    expect(summary(copy([entry], { namesHold: false })).skipped).toEqual(['elsewhere']);
  });
});

describe('what stands in a slot or behind another entry', () => {
  const slot = anEntry(once('2026-01-05'), { id: 'a-slot', slot: { lengthMs: 3_600_000, reserved: false } });
  const inside = anEntry(once('2026-01-05', '00:00'), { id: 'b', place: { kind: 'inSlot', entryId: 'a-slot' } });

  it('goes into the copy of its slot, also when it is read first', () => {
    for (const id of ['a-slot', 'c-slot']) {
      const { made } = copy([
        { ...slot, id },
        { ...inside, place: { kind: 'inSlot', entryId: id } },
      ]);
      const of = (slotted: boolean) => made.find(({ line }) => (line.slot !== null) === slotted);
      expect(of(false)?.place).toEqual({ kind: 'inSlot', made: of(true)?.index, gapMs: 0 });
    }
  });

  it('stays in a slot that repeats', () => {
    const { made } = copy([{ ...slot, recurrence: daily }, inside]);
    expect(made).toMatchObject([{ place: { kind: 'inSlot', entryId: 'a-slot' } }]);
  });

  it('stays in the slot of an upper office where that one is there, and is told of where it is not', () => {
    const above = { ...slot, areaPath: '/p/' };
    expect(copy([inside], { anchors: [{ ...above, recurrence: daily }] }).made).toHaveLength(1);
    expect(summary(copy([inside], { anchors: [above] })).skipped).toEqual(['anchorMissing']);
    expect(summary(copy([inside])).skipped).toEqual(['anchorMissing']);
  });
});

it('a span with too much is cut behind the first line too many', () => {
  const dense: Recurrence = {
    ...{ kind: 'rrule', start: '2026-01-05T00:00', rules: ['FREQ=MINUTELY;INTERVAL=5'], dates: [], except: [] },
  };
  expect(linesOf([anEntry(dense)], '2026-01-05', 28, 100)).toHaveLength(101);
});

describe('planned length', () => {
  const items = itemsOf(anItem('a', 60_000));
  const length = (runningOrder: ScheduleEntry['runningOrder'], slot: ScheduleEntry['slot'] = null) =>
    plannedLengthMs({ runningOrder, slot }, items);

  it('is the sum of the parts, or the frame of a slot', () => {
    expect(
      length([
        { kind: 'item', itemId: 'a' },
        { kind: 'gap', durationMs: 5_000 },
      ]),
    ).toBe(65_000);
    expect(length([{ kind: 'item', itemId: 'a' }], { lengthMs: 900_000, reserved: false })).toBe(900_000);
  });

  it('case 4: an unknown length is unknown, not 0', () => {
    expect(
      length([
        { kind: 'item', itemId: 'a' },
        { kind: 'item', itemId: 'unknown' },
      ]),
    ).toBeNull();
  });
});
