import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { at } from '../engine.spec-support.js';
import { spanOfDays } from '../time/index.js';
import { type OccurrenceChange, occurrencesOf, type Recurrence, type Recurring, splitSeries } from './index.js';

const VN = 'Asia/Ho_Chi_Minh';
const SPAN = spanOfDays('2026-01-01', 60, VN);
const entryOf = (recurrence: Recurrence, changes: readonly OccurrenceChange[] = []): Recurring => ({
  id: 'old',
  recurrence,
  zone: VN,
  createdAtMs: at('2026-01-01T00:00:00'),
  cancelledAtMs: null,
  changes,
});
const daily = (time: string): Recurrence => ({ kind: 'daily', from: '2026-01-01', until: null, time });
const twice: Recurrence = {
  kind: 'rrule',
  start: '2026-01-01T05:00',
  rules: ['FREQ=DAILY;BYHOUR=5,17'],
  dates: [],
  except: [],
};
/** Start and identity, in Vietnamese wall time. */
const shown = (entry: Recurring) =>
  occurrencesOf(entry, SPAN).map(
    ({ id, startMs }) => `${new Date(startMs + 7 * 3_600_000).toISOString().slice(0, 16)} ${id}`,
  );
const startsOf = (entry: Recurring) => occurrencesOf(entry, SPAN).map(({ startMs }) => startMs);

describe('a moved or cancelled occurrence', () => {
  it('keeps the identity of its original start', () => {
    const moved = entryOf(daily('05:00'), [{ original: '2026-01-03T05:00:00', to: '2026-01-03T06:30:00' }]);
    expect(shown(moved).slice(1, 4)).toEqual([
      '2026-01-02T05:00 old-20260102T0500',
      '2026-01-03T06:30 old-20260103T0500',
      '2026-01-04T05:00 old-20260104T0500',
    ]);
  });

  it('is found where it went, and no longer where it was', () => {
    const moved = entryOf(daily('05:00'), [{ original: '2026-01-03T05:00:00', to: '2026-02-03T06:30:00' }]);
    const on = (day: string) => occurrencesOf(moved, spanOfDays(day, 1, VN)).map(({ id }) => id);
    expect(on('2026-01-03')).toEqual([]);
    expect(on('2026-02-03')).toEqual(['old-20260203T0500', 'old-20260103T0500']);
  });

  it('does not occur when cancelled, nor when the rule has no such start', () => {
    const changed = entryOf(daily('05:00'), [
      { original: '2026-01-02T05:00:00', to: null },
      { original: '2026-01-03T05:01:00', to: '2026-01-03T09:00:00' },
    ]);
    expect(shown(changed).slice(0, 3)).toEqual([
      '2026-01-01T05:00 old-20260101T0500',
      '2026-01-03T05:00 old-20260103T0500',
      '2026-01-04T05:00 old-20260104T0500',
    ]);
  });
});

describe('an edit of rule or start', () => {
  const effective = at('2026-01-10T00:00:00');
  const edit = (recurrence: Recurrence) => ({ id: 'new', recurrence, zone: VN });

  it('ends the old entry at its instant and goes on in a linked one', () => {
    const { ended, next, orphans } = splitSeries(entryOf(daily('05:00')), edit(daily('06:00')), effective);
    expect(shown(ended).at(-1)).toBe('2026-01-09T05:00 old-20260109T0500');
    expect(shown(next)[0]).toBe('2026-01-10T06:00 new-20260110T0600');
    expect(next.previousId).toBe('old');
    expect(orphans).toEqual([]);
  });

  it('does not bring a cancelled occurrence back', () => {
    const entry = entryOf(daily('05:00'), [{ original: '2026-01-12T05:00:00', to: null }]);
    const { next } = splitSeries(entry, edit(daily('06:00')), effective);
    expect(shown(next).slice(1, 3)).toEqual([
      '2026-01-11T06:00 new-20260111T0600',
      '2026-01-13T06:00 new-20260113T0600',
    ]);
  });

  it('carries changes over by local day and ordinal within the day', () => {
    const entry = entryOf(twice, [
      { original: '2026-01-12T17:00:00', to: null },
      { original: '2026-01-13T05:00:00', to: '2026-01-13T07:00:00' },
    ]);
    const later = { ...twice, start: '2026-01-01T06:00', rules: ['FREQ=DAILY;BYHOUR=6,18'] };
    const { next, orphans } = splitSeries(entry, edit(later), effective);
    expect(next.changes).toEqual([
      { original: '2026-01-12T18:00:00', to: null },
      { original: '2026-01-13T06:00:00', to: '2026-01-13T07:00:00' },
    ]);
    expect(orphans).toEqual([]);
  });

  it('lists what has no counterpart, and drops nothing', () => {
    const entry = entryOf(twice, [
      { original: '2026-01-12T17:00:00', to: '2026-01-12T19:00:00' },
      { original: '2026-01-13T05:00:00', to: null },
    ]);
    const weekly: Recurrence = { kind: 'weekly', from: '2026-01-01', until: null, weekdays: [1], time: '05:30' };
    expect(splitSeries(entry, edit(weekly), effective).orphans).toEqual(entry.changes);
  });

  it('what was moved to before the instant has been played, and is not played again', () => {
    const entry = entryOf(daily('05:00'), [{ original: '2026-01-12T05:00:00', to: '2026-01-08T09:00:00' }]);
    const { ended, next } = splitSeries(entry, edit(daily('06:00')), effective);
    expect(shown(ended)).toContain('2026-01-08T09:00 old-20260112T0500');
    expect(shown(next).map((line) => line.slice(0, 10))).not.toContain('2026-01-12');
  });

  it('what was moved from before the instant to after it is still to come', () => {
    const entry = entryOf(daily('05:00'), [{ original: '2026-01-08T05:00:00', to: '2026-01-11T09:00:00' }]);
    const { ended, next } = splitSeries(entry, edit(daily('06:00')), effective);
    expect(startsOf(ended).length).toBe(8);
    expect(shown(next)).toContain('2026-01-11T09:00 new-20260108T0600');
  });

  it('does not go on beyond where the old entry was cancelled', () => {
    const cancelled = { ...entryOf(daily('05:00')), cancelledAtMs: at('2026-01-05T00:00:00') };
    const { ended, next } = splitSeries(cancelled, edit(daily('06:00')), effective);
    expect(startsOf(ended)).toHaveLength(4);
    expect(startsOf(next)).toEqual([]);
  });
});

describe('an edit of an entry that stands in or behind another: its rule gives the days only', () => {
  const place = { kind: 'inSlot', entryId: 'slot' };
  const placed = (recurrence: Recurrence, changes: readonly OccurrenceChange[]) => ({
    ...entryOf(recurrence, changes),
    place,
  });
  const split = (entry: Recurring, recurrence: Recurrence, to: object | null = place) =>
    splitSeries(entry, { id: 'new', recurrence, zone: VN, place: to }, at('2026-01-10T04:00:00'));
  const midnight = (day: string) => `2026-01-${day}T00:00:00`;

  it('carries today’s change over, though the clock time of the rule is past: its session is still to come', () => {
    const changes = [
      { original: midnight('10'), to: null },
      { original: midnight('12'), to: midnight('10') },
      { original: midnight('08'), to: midnight('11') },
    ];
    const { next, orphans } = split(placed(daily('00:00'), changes), daily('02:00'));
    const two = (day: string) => `2026-01-${day}T02:00:00`;
    expect(next.changes).toEqual([
      { original: two('10'), to: null },
      { original: two('12'), to: midnight('10') },
      { original: two('08'), to: midnight('11') },
    ]);
    expect(orphans).toEqual([]);
  });

  it('carries that of yesterday over too, whose session may go on over midnight; what was before is over', () => {
    const changes = ['07', '08', '09'].map((day) => ({ original: midnight(day), to: null }));
    const { next, orphans } = split(placed(daily('00:00'), changes), daily('00:00'));
    expect(next.changes).toEqual([{ original: midnight('09'), to: null }]);
    expect(orphans).toEqual([]);
  });

  it('keeps the ordinal within the day, and lists what has no counterpart from today on', () => {
    const changes = [
      { original: '2026-01-10T17:00:00', to: null },
      { original: '2026-01-13T05:00:00', to: '2026-01-10T05:00:00' },
      { original: '2026-01-09T17:00:00', to: null },
    ];
    const later: Recurrence = { ...twice, start: '2026-01-10T01:00', rules: ['FREQ=DAILY;BYHOUR=1,2'] };
    expect(split(placed(twice, changes), later).next.changes).toEqual([
      { original: '2026-01-10T02:00:00', to: null },
      { original: '2026-01-13T01:00:00', to: '2026-01-10T05:00:00' },
    ]);
    const sundays: Recurrence = { kind: 'weekly', from: '2026-01-10', until: null, weekdays: [7], time: '00:00' };
    const { next, orphans } = split(placed(twice, changes), sundays);
    expect(next.changes).toEqual([]);
    expect(orphans).toEqual(changes.slice(0, 2));
  });

  it('a move to another day keeps that day in whatever zone', () => {
    const entry = placed(daily('00:00'), [{ original: midnight('12'), to: midnight('14') }]);
    const edit = { id: 'new', recurrence: daily('00:00'), zone: 'UTC', place };
    expect(splitSeries(entry, edit, effective()).next.changes).toEqual(entry.changes);
  });

  it('put into a slot, a day that was cancelled stays so, and what was moved has been played', () => {
    const entry = entryOf(daily('03:00'), [
      { original: '2026-01-10T03:00:00', to: null },
      { original: '2026-01-12T03:00:00', to: '2026-01-10T03:30:00' },
    ]);
    expect(split(entry, daily('03:00')).next.changes).toEqual([
      { original: '2026-01-10T03:00:00', to: null },
      { original: '2026-01-12T03:00:00', to: null },
    ]);
  });

  const effective = () => at('2026-01-10T04:00:00');
});

describe('edits never resurrect or lose an occurrence', () => {
  const minute = fc.integer({ min: 0, max: 1_439 });
  const clock = (of: number) => [Math.floor(of / 60), of % 60].map((part) => String(part).padStart(2, '0')).join(':');
  const day = fc.integer({ min: 0, max: 40 });
  const dayText = (index: number) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10);
  const rule = fc
    .tuple(
      fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 0, max: 59 }),
      fc.constantFrom('', ';INTERVAL=2', ';BYDAY=MO,TU,SU', ';COUNT=30'),
    )
    .map(
      ([hours, minutes, more]): Recurrence => ({
        kind: 'rrule',
        start: `2026-01-01T00:${String(minutes).padStart(2, '0')}`,
        rules: [`FREQ=DAILY;BYHOUR=${hours.join(',')}${more}`],
        dates: [],
        except: [],
      }),
    );
  /** Changes of real occurrences of the rule. */
  const changed = rule.chain((recurrence) => {
    const all = occurrencesOf(entryOf(recurrence), SPAN).map(({ startMs }) =>
      new Date(startMs + 7 * 3_600_000).toISOString().slice(0, 19),
    );
    return fc.tuple(
      fc.constant(recurrence),
      fc
        .subarray(all, { maxLength: 6 })
        .chain((originals) =>
          fc.tuple(
            ...originals.map((original) =>
              fc
                .option(fc.tuple(day, minute))
                .map((to): OccurrenceChange => ({ original, to: to && `${dayText(to[0])}T${clock(to[1])}:00` })),
            ),
          ),
        ),
    );
  });
  const instant = fc.tuple(day, minute).map(([of, minutes]) => at(`${dayText(of)}T${clock(minutes)}:00`));

  it('the same rule again: the two entries together start when the one did', () => {
    fc.assert(
      fc.property(changed, instant, ([recurrence, changes], effectiveMs) => {
        const entry = entryOf(recurrence, changes);
        const { ended, next, orphans } = splitSeries(entry, { id: 'new', recurrence, zone: VN }, effectiveMs);
        expect([...startsOf(ended), ...startsOf(next)]).toEqual(startsOf(entry));
        expect(orphans).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('another rule: the past stays, every change ahead is carried over or listed', () => {
    fc.assert(
      fc.property(changed, rule, instant, ([recurrence, changes], edited, effectiveMs) => {
        const entry = entryOf(recurrence, changes);
        const { ended, next, orphans } = splitSeries(entry, { id: 'new', recurrence: edited, zone: VN }, effectiveMs);
        expect(startsOf(ended)).toEqual(startsOf(entry).filter((ms) => ms < effectiveMs));
        expect(startsOf(next).every((ms) => ms >= effectiveMs)).toBe(true);
        const ms = (text: string) => at(text);
        const ahead = changes.filter(({ original, to }) =>
          to === null ? ms(original) >= effectiveMs : ms(to) >= effectiveMs,
        );
        const gone = changes.filter(
          ({ original, to }) => to !== null && ms(to) < effectiveMs && ms(original) >= effectiveMs,
        );
        const kept = next.changes ?? [];
        expect(kept.length + orphans.length).toBeGreaterThanOrEqual(ahead.length);
        expect(kept.length + orphans.length).toBeLessThanOrEqual(ahead.length + gone.length);
        for (const { to } of ahead.filter((change) => !orphans.includes(change) && change.to !== null))
          if (!orphans.some((orphan) => orphan.to === to)) expect(startsOf(next)).toContain(ms(to ?? ''));
        // A cancelled one leaves its place empty: as many starts on a day as the rule has, less those changed there.
        const plain = occurrencesOf({ ...next, changes: [] }, SPAN);
        const originals = new Set(occurrencesOf(next, SPAN).map(({ id }) => id));
        for (const change of kept.filter(({ to }) => to === null)) {
          const id = `new-${change.original.replaceAll(/[-:]/g, '').slice(0, 13)}`;
          expect(originals.has(id)).toBe(false);
        }
        const moved = kept.map(({ original }) => `new-${original.replaceAll(/[-:]/g, '').slice(0, 13)}`);
        for (const { id } of plain) expect(originals.has(id) || moved.includes(id)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
