import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UNBORN } from '../../devices/player/core/journal.js';
import { owedPlays } from '../../devices/player/core/owed.js';
import { dayPart, PLAN_DAYS } from '../../devices/protocol/index.js';
import { dayParts } from '../../src/dispatch/engine/day-parts.js';
import { localDays } from '../../src/dispatch/engine/days.js';
import { aListener, anEntry, anItem, aRelay, itemsOf } from '../../src/scheduling/engine/engine.spec-support.js';
import { Board, together } from '../../src/scheduling/engine/index.js';

const ZONE = 'Asia/Ho_Chi_Minh';
const NOW = Date.parse('2026-01-05T00:00:00+07:00');
const days = localDays(NOW, ZONE, PLAN_DAYS);
const NOTHING_TAKEN_BACK = { items: new Set<string>(), occurrences: new Set<string>() };
const span = { fromMs: NOW, untilMs: days.at(-1)?.untilMs ?? NOW };

const entries = fc
  .array(
    fc.record({
      minute: fc.integer({ min: 0, max: 1_439 }),
      weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      kind: fc.constantFrom('normal' as const, 'priority' as const),
      level: fc.constantFrom('commune' as const, 'province' as const),
      area: fc.constantFrom('/p/', '/p/an-khuong/'),
      itemId: fc.constantFrom('bulletin', 'long', 'unapproved', 'voice'),
    }),
    { maxLength: 8 },
  )
  .map((all) =>
    all.map(({ minute, weekdays, kind, level, area, itemId }, index) => {
      const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
      const recurrence = { kind: 'weekly' as const, from: '2026-01-01', until: null, weekdays, time };
      return anEntry(recurrence, {
        id: `e${index}`,
        class: kind,
        level,
        areaPath: area,
        runningOrder: [
          itemId === 'voice' ? { kind: 'relay', itemId, durationMs: 1_800_000 } : { kind: 'item', itemId },
        ],
      });
    }),
  );

it('what the preview shows is what is published, and what a device is told: for any schedule', () => {
  fc.assert(
    fc.property(entries, (all) => {
      const listeners = [
        aListener('k1', { capabilities: ['stream'] }),
        aListener('k2', { areaPath: '/p/an-khuong/hamlet/' }),
      ];
      const items = itemsOf(anItem(), anItem('long', 5_400_000), aRelay());
      const board = new Board({ entries: all, listeners, items, span, zone: ZONE });
      const preview = together(board, ['k1', 'k2']).slices;
      for (const { id } of listeners) {
        const published = dayParts(days, board.planOf(id).plays, new Map(), NOW, NOTHING_TAKEN_BACK);
        // As it travels: written, read by the contract, and kept by the core of the player.
        const read = published.map((part) => dayPart.parse(JSON.parse(JSON.stringify(part))));
        const parts = Object.fromEntries(read.map(({ day, plays }) => [day, { sha256: day, version: 1, plays }]));
        const told = owedPlays({ ...UNBORN, parts }).map(({ play }) => play);
        const shown = preview.filter(({ listeners: who }) => who.includes(id)).flatMap(({ play }) => play ?? []);
        const byId = (a: { play: string }, b: { play: string }) => (a.play < b.play ? -1 : 1);
        expect([...told].sort(byId)).toEqual([...shown].sort(byId));
        if (id === 'k2') expect(told.filter(({ relay }) => relay)).toEqual([]);
      }
    }),
    { numRuns: 150 },
  );
});

const orders = fc.array(fc.constantFrom('bulletin', 'long', 'other'), { minLength: 1, maxLength: 4 });

it('a running order may be edited at any instant: a session that sounds goes on as told, each part of it once', () => {
  fc.assert(
    fc.property(orders, orders, fc.integer({ min: 0, max: 6 * 60 }), (before, after, minute) => {
      const nowMs = Date.parse('2026-01-05T17:00:00+07:00') - 3_600_000 + minute * 60_000;
      const recurrence = { kind: 'daily' as const, from: '2026-01-01', until: null, time: '17:00' };
      const planned = (order: readonly string[]) => {
        const runningOrder = order.map((itemId) => ({ kind: 'item' as const, itemId }));
        const items = itemsOf(anItem(), anItem('long', 5_400_000), anItem('other'));
        const entries = [anEntry(recurrence, { id: 'e', runningOrder })];
        return new Board({ entries, listeners: [aListener('k1')], items, span, zone: ZONE }).planOf('k1').plays;
      };
      const toldBy = (parts: ReturnType<typeof dayParts>) => new Map(parts.map(({ day, plays }) => [day, plays]));
      const tell = (plays: ReturnType<typeof planned>, told: ReturnType<typeof toldBy>, atMs: number) =>
        toldBy(dayParts(days, plays, told, atMs, NOTHING_TAKEN_BACK));
      const told = tell(planned(before), new Map(), NOW);
      const edited = tell(planned(after), told, nowMs);
      const today = (plays: ReturnType<typeof toldBy>) => plays.get('2026-01-05') ?? [];
      const hasBegun = nowMs > Date.parse('2026-01-05T17:00:00+07:00');
      // What an edit adds without moving anything stands behind what was told.
      const standing = today(edited).slice(0, hasBegun ? today(told).length : undefined);
      expect(standing).toEqual(hasBegun ? today(told) : planned(after).slice(0, after.length));
      expect(edited.get('2026-01-06')?.map(({ item }) => item.id)).toEqual(after);
      const names = [...edited.values()].flat().map(({ play }) => play);
      expect(new Set(names).size).toBe(names.length);
      // Looked at again, at once or in the evening, nothing is told otherwise.
      for (const later of [nowMs, nowMs + 3_600_000]) expect(tell(planned(after), edited, later)).toEqual(edited);
    }),
    { numRuns: 150 },
  );
});
