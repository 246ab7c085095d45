import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aListener, anEntry, anItem, aRelay, at, behind, daily, itemsOf, planFor } from '../engine.spec-support.js';
import {
  Board,
  type ClashDecision,
  clashKey,
  type Listener,
  type Plan,
  type ScheduleEntry,
  spanOfDays,
} from '../index.js';
import { RuleBook } from '../rules/index.js';
import { aRuleSet, hours } from '../rules/rules.spec-support.js';

const ZONE = 'Asia/Ho_Chi_Minh';
const items = itemsOf(anItem(), aRelay());
const span = spanOfDays('2026-01-05', 1, ZONE);
const priority = (id: string, time: string, changes: Partial<ScheduleEntry> = {}): ScheduleEntry =>
  anEntry(daily(time), { id, class: 'priority', ...changes });
const ofProvince = (id: string, time: string, changes: Partial<ScheduleEntry> = {}): ScheduleEntry =>
  priority(id, time, { areaPath: '/p/', level: 'province', ...changes });
const plan = (
  entries: ScheduleEntry[],
  decisions: ClashDecision[] = [],
  more: Partial<Parameters<typeof planFor>[0]> = {},
): Plan => planFor({ entries, items, span, decisions, ...more });
const occurrence = (id: string, time: string) => `${id}-20260105T${time.replace(':', '')}`;
const decided = (first: string, second: string, changes: Partial<ClashDecision> = {}): ClashDecision => ({
  ...{ key: clashKey(first, second), areaPath: '/p/an-khuong/', goesFirst: first, other: 'append' },
  ...{ automatic: false, byName: 'Chị Hoa', atMs: 0 },
  ...changes,
});
const minute = (ms: number) => (ms - at('2026-01-05T00:00:00')) / 60_000;
/** `a 300`: entry and minute of the day. */
const heard = ({ slices }: Plan) => slices.map(({ entryId, startMs }) => `${entryId} ${minute(startMs)}`);

describe('case 14: a priority bulletin of the province and one of the commune at the same minute', () => {
  const both = [priority('a', '05:00'), ofProvince('p', '05:00')];
  const [a, p] = [occurrence('a', '05:00'), occurrence('p', '05:00')];

  it('is a clash that waits for a person; until then the higher office goes first, the other behind it', () => {
    const made = plan(both);
    expect(made.clashes).toEqual([
      { key: `${a} ${p}`, first: a, second: p, fromMs: at('2026-01-05T05:00:00'), byDefault: p },
    ]);
    expect(heard(made)).toEqual(['p 300', 'a 310']);
    expect(made.overlaps).toEqual([]);
  });

  it('decided: the commune goes first, the province behind it, and the clash stays on the list', () => {
    const made = plan(both, [decided(a, p)]);
    expect(heard(made)).toEqual(['a 300', 'p 310']);
    expect(made.clashes).toHaveLength(1);
  });

  it('decided: only one of them is heard (phát thay thế), and the other says what took its place', () => {
    const made = plan(both, [decided(a, p, { other: 'replace' })]);
    expect(heard(made)).toEqual(['a 300']);
    expect(made.gaps).toMatchObject([{ entryId: 'p', occurrence: p, part: 0, reason: 'replaced', by: a }]);
  });

  it('a decision of one commune does not reach another, nor does that of one day reach the next', () => {
    const elsewhere = aListener('k9', { areaPath: '/p/thanh-an/' });
    const there = [...both, priority('b', '05:00', { areaPath: '/p/thanh-an/' })];
    const decisions = [decided(a, p), decided(p, occurrence('b', '05:00'), { areaPath: '/p/an-khuong/' })];
    expect(heard(plan(there, decisions, { listener: elsewhere }))).toEqual(['p 300', 'b 310']);
    const two = plan(both, [decided(a, p)], { span: spanOfDays('2026-01-05', 2, ZONE) });
    expect(heard(two)).toEqual(['a 300', 'p 310', 'p 1740', 'a 1750']);
  });

  it('the key, the default and its time are the same for every cluster of the commune, whatever else each hears', () => {
    const listeners: Listener[] = [
      aListener('k1'),
      aListener('k2'),
      aListener('k3', { areaPath: '/p/an-khuong/ap-2/' }),
    ];
    const only = ofProvince('x', '04:55', { level: 'centre', clusterIds: ['k2'] });
    const board = new Board({ entries: [...both, only], listeners, items, span, zone: ZONE });
    const [first, second, third] = listeners.map(({ id }) =>
      board.planOf(id).clashes.filter(({ key }) => key === clashKey(a, p)),
    );
    expect(first).toHaveLength(1);
    expect(second).toEqual(first);
    expect(third).toEqual(first);
  });

  it('a default is one everywhere: also where the first to begin is heard later, or at another time', () => {
    const relayed: ScheduleEntry['runningOrder'] = [
      { kind: 'relay', itemId: 'voice', durationMs: 600_000 },
      { kind: 'item', itemId: 'bulletin' },
    ];
    const listeners = [aListener('k1'), aListener('k2', { capabilities: ['stream'] })];
    const entries = [priority('a', '05:00', { runningOrder: relayed }), priority('b', '05:05')];
    const board = new Board({ entries, listeners, items, span, zone: ZONE });
    const defaults = listeners.map(({ id }) => board.planOf(id).clashes.map(({ byDefault }) => byDefault));
    expect(defaults).toEqual([[occurrence('a', '05:00')], [occurrence('a', '05:00')]]);
    expect(heard(board.planOf('k1'))).toEqual(['a 310', 'b 320']);
  });

  it('a default is one everywhere: also of two that begin in one minute, one of them with what not all can play', () => {
    const relayed: ScheduleEntry['runningOrder'] = [
      { kind: 'relay', itemId: 'voice', durationMs: 300_000 },
      { kind: 'item', itemId: 'bulletin' },
    ];
    const listeners = [aListener('k1'), aListener('k2', { capabilities: ['stream'] })];
    const entries = [priority('a', '05:00', { runningOrder: relayed }), priority('b', '05:00')];
    const board = new Board({ entries, listeners, items, span, zone: ZONE });
    const defaults = listeners.map(({ id }) => board.planOf(id).clashes.map(({ byDefault }) => byDefault));
    expect(defaults).toEqual([[occurrence('a', '05:00')], [occurrence('a', '05:00')]]);
  });

  it('a default is one everywhere: also where languages put what stands behind another at other times', () => {
    const inTwo = itemsOf(anItem(), { ...anItem('stieng'), groupId: 'bulletin', language: 'sti' });
    const listeners = [aListener('k1', { languages: ['vi'] }), aListener('k2', { languages: ['vi', 'sti'] })];
    const chain = [anEntry(daily('05:00'), { id: 'a' }), behind('c', 'a', 0, { class: 'priority' })];
    const entries = [...chain, priority('b', '05:15')];
    const board = new Board({ entries, listeners, items: inTwo, span, zone: ZONE });
    const defaults = listeners.map(({ id }) => board.planOf(id).clashes.map(({ byDefault }) => byDefault));
    expect(defaults).toEqual([[occurrence('c', '05:00')], [occurrence('c', '05:00')]]);
  });

  it('what stays where it is keeps its play; what is moved keeps its identity, and its latest end moves with it', () => {
    const [alone] = plan([priority('a', '05:00')]).plays;
    const moved = plan(both).plays.find(({ play }) => play === alone?.play);
    const byMs = 600_000;
    expect(moved).toEqual({
      ...alone,
      startMs: (alone?.startMs ?? 0) + byMs,
      latestEndMs: (alone?.latestEndMs ?? 0) + byMs,
    });
  });
});

describe('clashes', () => {
  it('of one office: the earlier start first; two of class normal, or of two classes, are none', () => {
    expect(heard(plan([priority('a', '05:05'), priority('b', '05:00')]))).toEqual(['b 300', 'a 310']);
    const mixed = plan([
      priority('a', '05:00'),
      anEntry(daily('05:00'), { id: 'b' }),
      anEntry(daily('05:05'), { id: 'c' }),
    ]);
    expect(mixed.clashes).toEqual([]);
    expect(mixed.overlaps).toHaveLength(3);
  });

  it('what only touches is none', () => {
    expect(plan([priority('a', '05:00'), priority('b', '05:10')]).clashes).toEqual([]);
  });

  it('a lower one that began earlier waits for the end of the higher one: nobody is told to break off in advance', () => {
    expect(heard(plan([priority('a', '05:00'), ofProvince('p', '05:05')]))).toEqual(['p 305', 'a 315']);
  });

  it('chains of three push on: each behind the one before', () => {
    const three = [priority('a', '05:00'), ofProvince('p', '05:00'), priority('d', '05:05', { level: 'district' })];
    expect(heard(plan(three))).toEqual(['p 300', 'd 310', 'a 320']);
    expect(plan(three).clashes).toHaveLength(3);
  });

  it('one that gives way to a higher office does not end up together with one that gave way to it', () => {
    const made = plan([priority('b', '05:00'), priority('c', '05:00'), ofProvince('p', '05:09', { level: 'centre' })]);
    expect(heard(made)).toEqual(['p 309', 'b 319', 'c 329']);
  });

  it('an occurrence of several parts moves as a whole', () => {
    const parts = ['bulletin', 'bulletin'].map((itemId) => ({ kind: 'item' as const, itemId }));
    expect(heard(plan([priority('a', '05:00', { runningOrder: parts }), ofProvince('p', '05:15')]))).toEqual([
      ...['p 315', 'a 325', 'a 335'],
    ]);
  });

  it('what stands behind another in a chain gives way only where it has to', () => {
    const chain = [priority('a', '05:00'), behind('b', 'a', 0, { class: 'priority' })];
    expect(heard(plan([...chain, ofProvince('p', '05:00')]))).toEqual(['p 300', 'a 310', 'b 320']);
  });

  it('what gives way to beyond the allowed hours is not played, and the rule is named', () => {
    const rules = new RuleBook(
      [aRuleSet({ areaPath: '/p/', validFrom: '2026-01-01', windows: [hours('04:00–05:15')] })],
      [],
    );
    const made = plan([priority('a', '05:00'), ofProvince('p', '05:00')], [], { rules });
    expect(heard(made)).toEqual(['p 300']);
    expect(made.gaps).toMatchObject([{ entryId: 'a', reason: 'ruleWindow', startMs: at('2026-01-05T05:10:00') }]);
  });

  it('decisions in a circle never loop, and nothing is lost', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => occurrence(id, '05:00')) as [string, string, string];
    const made = plan(
      ['a', 'b', 'c'].map((id) => priority(id, '05:00')),
      [decided(a, b), decided(b, c), decided(c, a)],
    );
    expect(made.slices.map(({ startMs }) => minute(startMs))).toEqual([300, 310, 320]);
    expect(new Set(made.slices.map(({ entryId }) => entryId)).size).toBe(3);
  });

  it('a clash over midnight is the same clash after midnight', () => {
    const [late, early] = [priority('late', '23:50'), priority('early', '23:58')];
    const night = spanOfDays('2026-01-05', 1, ZONE).untilMs;
    const of = (day: string) => plan([late, early], [], { span: spanOfDays(day, 1, ZONE) }).slices;
    const moved = [...of('2026-01-05'), ...of('2026-01-06')].filter(
      ({ entryId, startMs }) => entryId === 'early' && startMs >= night,
    );
    // Behind the other at midnight: told on the day on which it starts now, once.
    expect(moved.map(({ startMs, occurrence }) => [startMs - night, occurrence])).toEqual([[0, 'early-20260105T2358']]);
  });

  it('hundreds at one minute end in bounded time', () => {
    const recurrence = { kind: 'once', date: '2026-01-05', time: '05:00' } as const;
    const crowd = Array.from({ length: 800 }, (_, n) => ({ ...priority(`e${n}`, '05:00'), recurrence }));
    const { slices, clashes } = plan(crowd, [], { span: spanOfDays('2026-01-05', 8, ZONE) });
    expect(slices).toHaveLength(800);
    expect(clashes).toHaveLength(500);
  });
});

describe('for any priority bulletins and decisions', () => {
  const bulletins = fc.array(
    fc.record({
      minute: fc.integer({ min: 0, max: 59 }),
      level: fc.constantFrom('commune', 'district', 'province', 'centre'),
      class: fc.constantFrom('priority', 'priority', 'normal'),
    }),
    { maxLength: 7 },
  );
  const choices = fc.array(fc.record({ a: fc.nat(6), b: fc.nat(6), other: fc.constantFrom('append', 'replace') }), {
    maxLength: 8,
  });

  it('no two sound together, each is heard or says what took its place, and input order never matters', () => {
    fc.assert(
      fc.property(bulletins, choices, (all, some) => {
        const time = (n: number) => `05:${String(all[n]?.minute).padStart(2, '0')}`;
        const entries = all.map((each, n) =>
          anEntry(daily(time(n)), { id: `e${n}`, level: each.level, class: each.class }),
        );
        const decisions = some
          .filter(({ a, b }) => a !== b && a < all.length && b < all.length)
          .map(({ a, b, other }) => decided(occurrence(`e${a}`, time(a)), occurrence(`e${b}`, time(b)), { other }));
        const distinct = [...new Map(decisions.map((each) => [each.key, each])).values()];
        const made = plan(entries, distinct);
        expect(plan([...entries].reverse(), [...distinct].reverse())).toEqual(made);
        const urgent = made.slices.filter((slice) => slice.class === 'priority');
        for (const [at, { startMs }] of urgent.entries())
          if (at > 0) expect(startMs).toBeGreaterThanOrEqual(urgent[at - 1]?.endMs ?? 0);
        expect([...made.slices, ...made.gaps].map(({ entryId }) => entryId).sort()).toEqual(
          entries.map(({ id }) => id).sort(),
        );
        for (const { by } of made.gaps) expect(made.slices.map((slice) => slice.occurrence)).toContain(by);
      }),
      { numRuns: 200 },
    );
  });
});
