import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aBoard, aListener, anEntry, anItem, aPicture, at, itemsOf } from '../engine.spec-support.js';
import type { Recurrence } from '../recurrence/index.js';
import { RuleBook } from '../rules/index.js';
import { aRuleSet, hours } from '../rules/rules.spec-support.js';
import { spanOfDays } from '../time/index.js';
import { Board } from '../timeline/index.js';
import { whyAt } from './index.js';

const ZONE = 'Asia/Ho_Chi_Minh';
const DAY = '2026-01-05';
const listeners = [aListener('k1', { languages: ['vi', 'mnong'] }), aBoard('b1', { languages: ['mnong', 'vi'] })];
const version = { ...anItem('short-mnong', 90_000), groupId: 'short', language: 'mnong' };
const items = itemsOf(
  anItem('short', 61_234),
  version,
  { ...anItem('long', 1_200_000), validTo: '2026-01-05' },
  aPicture(),
  aPicture('picture-mnong', { groupId: 'picture', language: 'mnong' }),
);
const rules = new RuleBook(
  [aRuleSet({ areaPath: '/p/', validFrom: '2026-01-01', windows: [hours('05:00–05:50')] })],
  [],
);

const two = (number: number) => String(number).padStart(2, '0');
const time = fc.integer({ min: 0, max: 70 }).map((minute) => `${two(5 + Math.floor(minute / 60))}:${two(minute % 60)}`);
const recurrence: fc.Arbitrary<Recurrence> = fc.oneof(
  fc.record({ kind: fc.constant('once' as const), date: fc.constantFrom('2026-01-04', DAY, '2026-01-06'), time }),
  time.map((each) => ({ kind: 'daily' as const, from: '2026-01-02', until: null, time: each })),
  time.map((each) => ({
    ...{ kind: 'rrule' as const, start: `2026-01-03T${each}`, rules: ['FREQ=DAILY;INTERVAL=2'] },
    ...{ dates: [], except: [] },
  })),
);
const entries = fc
  .array(
    fc.record({
      recurrence,
      areaPath: fc.constantFrom('/p/', '/p/an-khuong/', '/p/x/'),
      class: fc.constantFrom('normal' as const, 'priority' as const),
      devices: fc.constantFrom('loudspeakers' as const, 'boards' as const, 'all' as const),
      clusterIds: fc.option(fc.constantFrom(['k1'], ['k2'], ['b1'])),
      createdAtMs: fc.constantFrom(0, at('2026-01-05T05:20')),
      cancelledAtMs: fc.option(fc.constant(at('2026-01-05T05:30'))),
      placed: fc.boolean(),
      item: fc.constantFrom('short', 'long', 'unapproved'),
      gapMs: fc.constantFrom(0, 90_000),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((all) =>
    all.map(({ recurrence: rule, placed, item, gapMs, ...changes }, index) =>
      anEntry(rule, {
        ...{ id: `e${index}`, title: `Mục ${index}`, ...changes },
        runningOrder: [
          { kind: 'item', itemId: item },
          { kind: 'gap', durationMs: 60_000 + gapMs },
          { kind: 'item', itemId: 'short' },
          { kind: 'show', itemId: 'picture', durationMs: 90_000 },
        ],
        place: placed && index > 0 ? { kind: 'after', entryId: 'e0', gapMs } : null,
      }),
    ),
  );

it('says that it plays exactly when the plan sounds it in the minute, and never without a reason', () => {
  fc.assert(
    fc.property(
      entries,
      fc.integer({ min: 0, max: 120 }),
      fc.boolean(),
      fc.constantFrom(...listeners),
      (all, minute, ruled, listener) => {
        const board = new Board({
          ...{ entries: all, listeners, items, zone: ZONE, rules: ruled ? rules : null },
          span: spanOfDays('2026-01-04', 2, ZONE),
        });
        const plan = board.planOf(listener.id);
        const fromMs = at(`${DAY}T05:00`) + minute * 60_000;
        const sounding = plan.slices.filter(({ startMs, endMs }) => startMs < fromMs + 60_000 && endMs > fromMs);
        const question = { atMs: fromMs + 30_000, listener, plan, entries: all, items, zone: ZONE };
        for (const { id } of all) {
          const told = whyAt({ ...question, about: { kind: 'entry', entryId: id } });
          expect([id, told.plays]).toEqual([id, sounding.some(({ entryId }) => entryId === id)]);
          expect(told.reasons.length).toBeGreaterThan(0);
          for (const { vi, en } of told.reasons) expect(`${vi} ${en}`).not.toMatch(/undefined|NaN|\d{4}-\d\d-\d\d/);
        }
        for (const itemId of ['short', 'short-mnong', 'long', 'picture', 'picture-mnong']) {
          const told = whyAt({ ...question, about: { kind: 'item', itemId } });
          expect([itemId, told.plays]).toEqual([
            itemId,
            sounding.some((slice) => (slice.play?.item.id ?? slice.itemId) === itemId),
          ]);
          expect(told.reasons.length).toBeGreaterThan(0);
        }
      },
    ),
    { numRuns: 60 },
  );
});
