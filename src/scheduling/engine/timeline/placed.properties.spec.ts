import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plannedPlay } from '../../../../devices/protocol/index.js';
import {
  aBoard,
  aListener,
  anEntry,
  anItem,
  aPicture,
  aRelay,
  at,
  aVideo,
  daily,
  itemsOf,
} from '../engine.spec-support.js';
import {
  Board,
  type BoardSettings,
  clashKey,
  DEVICES,
  type Plan,
  type ScheduleEntry,
  spanOfDays,
  together,
} from '../index.js';
import { RuleBook } from '../rules/index.js';
import { aRuleSet, ceiling, hours } from '../rules/rules.spec-support.js';

const ZONE = 'Asia/Ho_Chi_Minh';
const span = spanOfDays('2026-01-05', 3, ZONE);
const version = (id: string, minutes: number, language: string) => ({
  ...anItem(id, minutes * 60_000),
  ...{ groupId: 'bulletin', language },
});
const items = itemsOf(
  version('bulletin', 10, 'vi'),
  version('stieng', 13, 'sti'),
  anItem('chime', 12_345),
  aPicture(),
  aVideo(),
  aRelay(),
);
const listeners = [
  aListener('k1', { areaPath: '/p/x/ap/', groupIds: ['g'], languages: ['sti', 'vi'] }),
  aListener('k2', { areaPath: '/p/x/', capabilities: ['stream'] }),
  aListener('k3', { areaPath: '/p/y/', groupIds: ['g'], hamletIds: ['h'], languages: ['km'] }),
  aListener('k4', { areaPath: '/p/y/', hamletIds: ['h'] }),
  aBoard('b1', { areaPath: '/p/x/', groupIds: ['g'], languages: ['vi'] }),
  aBoard('b2', { areaPath: '/p/y/', hamletIds: ['h'] }),
];
const rules = new RuleBook(
  [
    aRuleSet({ areaPath: '/p/', validFrom: '2026-01-01', windows: [hours('05:00–06:30')], maxSessionMinutes: 70 }),
    aRuleSet({
      ...{ id: 'r2', areaPath: '/p/x/', validFrom: '2026-01-01' },
      ...{ volumeCeilings: [ceiling(50, '04:00–05:30')], maxSessionsPerDay: 2 },
    }),
  ],
  [],
);

const IDS = ['e0', 'e1', 'e2', 'e3', 'e4', 'e5', 'e6'];
const someId = fc.constantFrom(...IDS, 'nobody');
const place: fc.Arbitrary<ScheduleEntry['place']> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  fc.record({ kind: fc.constant('inSlot' as const), entryId: someId }),
  fc.record({ kind: fc.constant('after' as const), entryId: someId, gapMs: fc.constantFrom(0, 1_500) }),
);
const step = fc.constantFrom<ScheduleEntry['runningOrder'][number]>(
  { kind: 'item', itemId: 'bulletin' },
  { kind: 'item', itemId: 'chime' },
  { kind: 'item', itemId: 'video' },
  { kind: 'show', itemId: 'picture', durationMs: 20_000 },
  { kind: 'item', itemId: 'unapproved' },
  { kind: 'relay', itemId: 'voice', durationMs: 300_000 },
  { kind: 'gap', durationMs: 2_000 },
  { kind: 'bulletin' },
);
/** Twice a day, with whatever a person cancelled or moved of it. */
const twice = (time: string, changes: ScheduleEntry['changes'] = []) => ({
  recurrence: {
    ...{ kind: 'rrule' as const, start: `2026-01-01T${time}`, dates: [], except: [] },
    rules: [`FREQ=DAILY;BYHOUR=${Number(time.slice(0, 2))},6`],
  },
  changes: changes.map(({ original, to }) => ({ original: `${original}T06:${time.slice(3)}:00`, to })),
});
const change = fc.record({
  original: fc.constantFrom('2026-01-05', '2026-01-06', '2026-01-07'),
  to: fc.constantFrom(null, '2026-01-05T05:10:00', '2026-01-06T06:10:00'),
});
const entryOf = (id: string): fc.Arbitrary<ScheduleEntry> =>
  fc
    .record({
      time: fc.constantFrom('05:00', '05:05', '05:30', '06:20', '23:55'),
      areaPath: fc.constantFrom('/p/', '/p/x/', '/p/x/ap/', '/p/y/'),
      devices: fc.constantFrom(...DEVICES),
      clusterIds: fc.option(fc.subarray(['k1', 'k2', 'k4', 'b1']), { freq: 3 }),
      groupIds: fc.option(fc.constant(['g']), { freq: 3 }),
      hamletIds: fc.option(fc.constant(['h']), { freq: 5 }),
      class: fc.constantFrom('normal' as const, 'priority' as const),
      level: fc.constantFrom('commune' as const, 'province' as const),
      runningOrder: fc.array(step, { minLength: 1, maxLength: 3 }),
      slot: fc.option(fc.constant({ lengthMs: 900_000, reserved: false })),
      place,
      more: fc.option(fc.uniqueArray(change, { maxLength: 2, selector: ({ original }) => original })),
      volume: fc.constantFrom(40, 80),
      createdAtMs: fc.constantFrom(0, at('2026-01-06T05:07:00')),
      cancelledAtMs: fc.constantFrom(null, null, at('2026-01-06T05:20:00')),
    })
    .map(({ time, more, ...changes }) => anEntry(daily(time), { id, ...changes, ...(more && twice(time, more)) }));
const entries = fc.tuple(...IDS.map(entryOf));
const edits = fc.array(fc.constantFrom(...IDS).chain(entryOf), { maxLength: 6 });

const boardOf = (all: Iterable<ScheduleEntry>, more: Partial<BoardSettings> = {}): Board =>
  new Board({ entries: all, listeners, items, span, zone: ZONE, rules, ...more });
const plansOf = (board: Board): Plan[] => listeners.map(({ id }) => board.planOf(id));

describe('with slots, places, priorities, languages and rules, for any entries', () => {
  it('the order of entries, listeners and items does not matter', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const reversed = boardOf([...all].reverse(), {
          listeners: [...listeners].reverse(),
          items: new Map([...items].reverse()),
        });
        expect(plansOf(reversed)).toEqual(plansOf(boardOf(all)));
      }),
      { numRuns: 80 },
    );
  });

  it('edited entry by entry it is the same as made anew, and whoever is not named keeps the very same plan', () => {
    fc.assert(
      fc.property(entries, edits, (before, changes) => {
        const board = boardOf(before);
        const now = new Map(before.map((entry) => [entry.id, entry]));
        for (const entry of changes) {
          const plans = plansOf(board);
          const touched = board.edit(entry);
          now.set(entry.id, entry);
          const anew = boardOf(now.values());
          for (const [n, { id }] of listeners.entries()) {
            expect(board.planOf(id)).toEqual(anew.planOf(id));
            if (!touched.includes(id)) expect(board.planOf(id)).toBe(plans[n]);
          }
        }
      }),
      { numRuns: 80 },
    );
  });

  it('sharing changes nothing: each hears what it would hear on a board of its own', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const board = boardOf(all);
        for (const listener of listeners)
          expect(boardOf(all, { listeners: [listener] }).planOf(listener.id)).toEqual(board.planOf(listener.id));
      }),
      { numRuns: 60 },
    );
  });

  it('the preview of all is what each device is told, no more and no less', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const board = boardOf(all);
        const preview = together(board, IDS_OF_LISTENERS);
        const of = <T extends { readonly listeners: readonly string[] }>(list: readonly T[], id: string) =>
          list.filter((each) => each.listeners.includes(id)).map(({ listeners: _, ...each }) => each);
        for (const id of IDS_OF_LISTENERS) {
          const told = board.planOf(id);
          const shown = of(preview.slices, id);
          expect(shown).toHaveLength(told.slices.length);
          expect(shown.flatMap(({ play }) => play ?? []).sort(byPlay)).toEqual([...told.plays].sort(byPlay));
          expect(of(preview.gaps, id)).toHaveLength(told.gaps.length);
          expect(of(preview.remarks, id)).toHaveLength(told.remarks.length);
          expect(
            of(preview.clashes, id)
              .map(({ key }) => key)
              .sort(),
          ).toEqual(told.clashes.map(({ key }) => key).sort());
          expect(of(preview.overlaps, id)).toHaveLength(told.overlaps.length);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('every play is one that the protocol takes, none outside the hours of its rules, and no two have one id', () => {
    fc.assert(
      fc.property(entries, (all) => {
        for (const { plays, slices } of plansOf(boardOf(all))) {
          for (const play of plays) expect(plannedPlay.parse(play)).toEqual(play);
          expect(new Set(slices.map(({ id }) => id)).size).toBe(slices.length);
          // Boards are under no hours.
          for (const { startMs, endMs } of slices.filter(({ kind }) => kind !== 'show')) {
            const minutes = (ms: number) => ((ms + 7 * 3_600_000) % 86_400_000) / 60_000;
            expect(minutes(startMs)).toBeGreaterThanOrEqual(300);
            expect(minutes(endMs)).toBeLessThanOrEqual(390);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('two of class priority never sound together, and each clash has the key of its two occurrences', () => {
    fc.assert(
      fc.property(entries, (all) => {
        for (const { slices, clashes } of plansOf(boardOf(all, { rules: null }))) {
          const urgent = slices.filter((slice) => slice.class === 'priority');
          for (const [n, { startMs }] of urgent.entries())
            if (n > 0) expect(startMs).toBeGreaterThanOrEqual(urgent[n - 1]?.endMs ?? 0);
          for (const { key, first, second } of clashes) expect(key).toBe(clashKey(first, second));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('a clash has one default, wherever it is', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const defaults = new Map<string, string>();
        for (const { clashes } of plansOf(boardOf(all, { rules: null })))
          for (const { key, byDefault } of clashes) {
            expect(defaults.get(key) ?? byDefault).toBe(byDefault);
            defaults.set(key, byDefault);
          }
      }),
      { numRuns: 200 },
    );
  });
});

const IDS_OF_LISTENERS = listeners.map(({ id }) => id);
const byPlay = (a: { readonly play: string }, b: { readonly play: string }) => (a.play < b.play ? -1 : 1);
