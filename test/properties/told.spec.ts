import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UNBORN } from '../../devices/player/core/journal.js';
import { owedPlays } from '../../devices/player/core/owed.js';
import { dayPart, PLAN_DAYS } from '../../devices/protocol/index.js';
import { dayParts } from '../../src/dispatch/engine/day-parts.js';
import { localDays } from '../../src/dispatch/engine/days.js';
import { aListener, anEntry, anItem, itemsOf } from '../../src/scheduling/engine/engine.spec-support.js';
import { Board, together } from '../../src/scheduling/engine/index.js';

const ZONE = 'Asia/Ho_Chi_Minh';
const NOW = Date.parse('2026-01-05T00:00:00+07:00');
const days = localDays(NOW, ZONE, PLAN_DAYS);
const span = { fromMs: NOW, untilMs: days.at(-1)?.untilMs ?? NOW };

const entries = fc
  .array(
    fc.record({
      minute: fc.integer({ min: 0, max: 1_439 }),
      weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      kind: fc.constantFrom('normal' as const, 'priority' as const),
      level: fc.constantFrom('commune' as const, 'province' as const),
      area: fc.constantFrom('/p/', '/p/an-khuong/'),
      itemId: fc.constantFrom('bulletin', 'long', 'unapproved'),
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
        runningOrder: [{ kind: 'item', itemId }],
      });
    }),
  );

it('what the preview shows is what is published, and what a device is told: for any schedule', () => {
  fc.assert(
    fc.property(entries, (all) => {
      const listeners = [aListener('k1'), aListener('k2', { areaPath: '/p/an-khuong/hamlet/' })];
      const items = itemsOf(anItem(), anItem('long', 5_400_000));
      const board = new Board({ entries: all, listeners, items, span, zone: ZONE });
      const preview = together(board, ['k1', 'k2']).slices;
      for (const { id } of listeners) {
        const published = dayParts(days, board.planOf(id).plays, new Map(), NOW, new Set());
        // As it travels: written, read by the contract, and kept by the core of the player.
        const read = published.map((part) => dayPart.parse(JSON.parse(JSON.stringify(part))));
        const parts = Object.fromEntries(read.map(({ day, plays }) => [day, { sha256: day, version: 1, plays }]));
        const told = owedPlays({ ...UNBORN, parts }).map(({ play }) => play);
        const shown = preview.filter(({ listeners: who }) => who.includes(id)).flatMap(({ play }) => play ?? []);
        const byId = (a: { play: string }, b: { play: string }) => (a.play < b.play ? -1 : 1);
        expect([...told].sort(byId)).toEqual([...shown].sort(byId));
      }
    }),
    { numRuns: 150 },
  );
});
