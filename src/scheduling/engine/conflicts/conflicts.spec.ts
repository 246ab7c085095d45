import { describe, expect, it } from '@jest/globals';
import {
  aBoard,
  aListener,
  anEntry,
  anItem,
  aPicture,
  aSlot,
  at,
  behind,
  daily,
  inSlot,
  itemsOf,
} from '../engine.spec-support.js';
import type { Listener, ScheduleEntry, TimelineItem } from '../model.js';
import { Overrides, RuleBook, type RuleSet } from '../rules/index.js';
import { anOverride, aRuleSet, ceiling, hours } from '../rules/rules.spec-support.js';
import { spanOfDays } from '../time/index.js';
import type { ClashDecision } from '../timeline/index.js';
import { clashKey } from '../timeline/index.js';
import { CONFLICT_CODES, type Conflict, type ConflictCode, conflictsOf, SOLUTION_KINDS } from './index.js';

const ZONE = 'Asia/Ho_Chi_Minh';
const HERE = '/p/an-khuong/';

interface Scene {
  readonly entries: readonly ScheduleEntry[];
  readonly items?: ReadonlyMap<string, TimelineItem>;
  readonly listeners?: readonly Listener[];
  readonly rules?: Partial<RuleSet>;
  readonly overrides?: Overrides;
  readonly decisions?: readonly ClashDecision[];
  readonly days?: number;
  readonly nowMs?: number;
  readonly most?: number;
  readonly mayChange?: (entry: ScheduleEntry) => boolean;
}

const listOf = ({ entries, days = 1, nowMs = at('2026-01-04T12:00'), most, mayChange, ...scene }: Scene) =>
  conflictsOf({
    settings: {
      entries,
      items: scene.items ?? itemsOf(anItem()),
      listeners: scene.listeners ?? [aListener()],
      span: spanOfDays('2026-01-05', days, ZONE),
      zone: ZONE,
      rules: scene.rules
        ? new RuleBook([aRuleSet({ areaPath: HERE, validFrom: '2026-01-01', ...scene.rules })], [])
        : null,
      ...(scene.overrides ? { overrides: scene.overrides } : {}),
      ...(scene.decisions ? { decisions: scene.decisions } : {}),
    },
    areaPath: HERE,
    nowMs,
    ...(most === undefined ? {} : { most }),
    ...(mayChange === undefined ? {} : { mayChange }),
  });
const only = (scene: Scene, code: ConflictCode): Conflict => {
  const found = listOf(scene).conflicts.filter((conflict) => conflict.code === code);
  expect(found).toHaveLength(1);
  return found[0]!;
};
const kinds = ({ solutions }: Conflict) => solutions.map(({ kind }) => kind);

const news = (id: string, time: string, changes: Partial<ScheduleEntry> = {}) =>
  anEntry(daily(time), { id, title: `Bản tin ${id}`, ...changes });
const priority = { class: 'priority' } as const;
const decision = (changes: Partial<ClashDecision> = {}): ClashDecision => ({
  key: clashKey('a-20260105T0500', 'b-20260105T0500'),
  areaPath: HERE,
  goesFirst: 'a-20260105T0500',
  other: 'replace',
  automatic: false,
  byName: 'Trần Văn Bình',
  atMs: at('2026-01-04T09:00'),
  ...changes,
});
const clashing = [news('a', '05:00', { ...priority, level: 'province' }), news('b', '05:00', priority)];
const morning = { windows: [hours('06:00–07:00')] };

/** One scene for each code: without one, this does not compile. */
const SCENES: { readonly [C in ConflictCode]: Scene } = {
  overlap: { entries: [news('a', '05:00'), news('b', '05:04')] },
  priorityClash: { entries: clashing },
  slotOverrun: {
    entries: [aSlot('05:00', { slot: { lengthMs: 900_000, reserved: false } }), inSlot('x')],
    listeners: [aListener('k1', { capabilities: ['stream'] })],
  },
  ruleWindow: { entries: [news('a', '05:00')], rules: morning },
  ruleBlackout: {
    entries: [news('a', '05:00')],
    rules: {
      blackouts: [
        { fromMs: at('2026-01-05T00:00'), untilMs: at('2026-01-05T12:00'), reason: 'Lễ tang', kind: 'funeral' },
      ],
    },
  },
  ruleVolume: { entries: [news('a', '05:00')], rules: { volumeCeilings: [ceiling(60, '04:00–06:00')] } },
  ruleSessionTooLong: { entries: [news('a', '05:00'), news('b', '05:10')], rules: { maxSessionMinutes: 15 } },
  ruleTooManySessions: { entries: [news('a', '05:00'), news('b', '17:00')], rules: { maxSessionsPerDay: 1 } },
  unknownDuration: { entries: [news('a', '05:00')], items: itemsOf(anItem('bulletin', 0)) },
  notApproved: { entries: [news('a', '05:00')], items: new Map() },
  contentExpired: { entries: [news('a', '05:00')], items: itemsOf({ ...anItem(), validTo: '2026-01-04' }) },
  notYetValid: { entries: [news('a', '05:00')], items: itemsOf({ ...anItem(), validFrom: '2026-01-06' }), days: 3 },
  languageMissing: { entries: [news('a', '05:00')], listeners: [aListener('k1', { languages: ['mnong', 'vi'] })] },
  deviceCannot: { entries: [news('a', '05:00', { runningOrder: [{ kind: 'live', durationMs: 60_000 }] })] },
  anchorMissing: { entries: [behind('a', 'nowhere')] },
  afterCycle: { entries: [behind('a', 'b'), behind('b', 'a')] },
  dayFull: {
    entries: Array.from({ length: 2_001 }, (_, i) =>
      news(`e${String(i).padStart(4, '0')}`, new Date(i * 2_000).toISOString().slice(11, 19)),
    ),
    items: itemsOf(anItem('bulletin', 1_000)),
  },
  replaced: { entries: clashing, decisions: [decision()] },
  noListener: { entries: [news('a', '05:00', { clusterIds: ['gone'] })] },
};

describe('conflicts', () => {
  it.each(Object.keys(CONFLICT_CODES) as ConflictCode[])('%s is found and told in both languages', (code) => {
    const conflict = listOf(SCENES[code]).conflicts.find((one) => one.code === code);
    expect(conflict).toBeDefined();
    for (const words of [conflict!, conflict!.ifNothing, ...conflict!.solutions]) {
      expect(words.vi.length).toBeGreaterThan(8);
      expect(words.en.length).toBeGreaterThan(8);
      expect(words.vi).not.toMatch(/undefined|NaN|null|\d{4}-\d\d-\d\d/);
      expect(words.en).not.toMatch(/undefined|NaN|null|\d{4}-\d\d-\d\d/);
    }
    expect(conflict!.untilMs).toBeGreaterThan(conflict!.fromMs);
  });

  it('every kind of solution is offered somewhere', () => {
    const offered = Object.values(SCENES).flatMap((scene) => listOf(scene).conflicts.flatMap(kinds));
    expect([...new Set(offered)].sort()).toEqual([...SOLUTION_KINDS].sort());
  });

  it('a quiet schedule has none', () => {
    expect(listOf({ entries: [news('a', '05:00'), news('b', '05:10')] })).toEqual({ conflicts: [], leftOut: 0 });
  });

  it('an overlap says who waits, and offers: behind the other, elsewhere, instead', () => {
    const overlap = only(SCENES.overlap, 'overlap');
    expect(overlap).toMatchObject({
      severity: 'changes',
      entryIds: ['a', 'b'],
      listenerIds: ['k1'],
      fromMs: at('2026-01-05T05:04'),
      untilMs: at('2026-01-05T05:10'),
      vi: '“Bản tin a” và “Bản tin b” trùng giờ: 05/01/2026, 05:04–05:10.',
      ifNothing: {
        fates: [
          { occurrence: 'a-20260105T0500', happens: 'plays' },
          { occurrence: 'b-20260105T0504', happens: 'waits', startsMs: at('2026-01-05T05:10') },
        ],
        vi: 'Nếu để nguyên: “Bản tin a” phát bình thường; “Bản tin b” phải chờ đến 05:10 ngày 05/01/2026.',
      },
    });
    expect(overlap.solutions).toMatchObject([
      { kind: 'append', entryId: 'b', original: '2026-01-05T05:04:00', to: '2026-01-05T05:10:00' },
      { kind: 'append', entryId: 'a', to: '2026-01-05T05:14:00' },
      { kind: 'replace', cancel: { entryId: 'b', occurrence: 'b-20260105T0504' } },
      { kind: 'replace', cancel: { entryId: 'a' } },
    ]);
    expect(overlap.solutions[0]!.vi).toBe('Phát nối tiếp: “Bản tin b” lúc 05:10 ngày 05/01/2026');
  });

  it('case 12: an overlapped play whose late policy is to skip is not played, and that is grave', () => {
    const overlap = only({ entries: [news('a', '05:00'), news('b', '05:04', { late: 'skip' })] }, 'overlap');
    expect(overlap.severity).toBe('blocks');
    expect(overlap.ifNothing.fates[1]).toMatchObject({ happens: 'skipped', startsMs: null });
    const joining = only({ entries: [news('a', '05:00'), news('b', '05:04', { late: 'seek' })] }, 'overlap');
    expect(joining.ifNothing.fates[1]).toMatchObject({ happens: 'cut', startsMs: at('2026-01-05T05:10') });
  });

  it('behind the other is not offered where somebody stands there already: the next free place is', () => {
    const entries = [...SCENES.overlap.entries, news('c', '05:10')];
    const [overlap] = listOf({ entries, mayChange: ({ id }) => id === 'a' }).conflicts;
    expect(overlap).toMatchObject({
      entryIds: ['a', 'b'],
      solutions: [
        { kind: 'move', entryId: 'a', to: '2026-01-05T05:20:00' },
        { kind: 'replace', cancel: { entryId: 'a' } },
      ],
    });
  });

  it('what already began, or is not theirs, is left alone', () => {
    expect(only({ ...SCENES.overlap, nowMs: at('2026-01-05T05:05') }, 'overlap').solutions).toEqual([]);
    expect(only({ ...SCENES.overlap, mayChange: () => false }, 'overlap').solutions).toEqual([]);
  });

  it('what several loudspeakers share is one conflict, and those that would settle it differently are told apart', () => {
    const listeners = ['k1', 'k2', 'k3'].map((id) => aListener(id));
    const same = listOf({ ...SCENES.overlap, listeners }).conflicts;
    expect(same).toMatchObject([{ listenerIds: ['k1', 'k2', 'k3'] }]);
    const third = news('z', '04:55', {
      clusterIds: ['k3'],
      graceMs: 0,
      runningOrder: [{ kind: 'item', itemId: 'long' }],
    });
    const items = itemsOf(anItem(), anItem('long', 1_500_000));
    const pairs = listOf({ entries: [...SCENES.overlap.entries, third], listeners, items }).conflicts;
    const ofPair = pairs.filter(({ entryIds }) => entryIds.join() === 'a,b');
    expect(ofPair.map(({ listenerIds }) => listenerIds)).toEqual([['k3'], ['k1', 'k2']]);
  });

  it('several parts of one bulletin that overlap another are one conflict', () => {
    const items = itemsOf(anItem(), anItem('short', 60_000));
    const parts = Array.from({ length: 3 }, () => ({ kind: 'item', itemId: 'short' }) as const);
    const entries = [news('a', '05:00'), news('b', '05:02', { runningOrder: parts })];
    const overlap = only({ entries, items }, 'overlap');
    expect([overlap.fromMs, overlap.untilMs]).toEqual([at('2026-01-05T05:02'), at('2026-01-05T05:05')]);
  });

  it('case 14: province and commune at one minute wait for a person, with deadline and default; decided, it is no conflict', () => {
    const clash = only(SCENES.priorityClash, 'priorityClash');
    expect(clash).toMatchObject({
      severity: 'changes',
      decision: { byDefault: 'a-20260105T0500', deadlineMs: at('2026-01-05T04:00') },
      solutions: [
        { kind: 'decide', goesFirst: 'a-20260105T0500', other: 'append' },
        { kind: 'decide', goesFirst: 'a-20260105T0500', other: 'replace' },
        { kind: 'decide', goesFirst: 'b-20260105T0500', other: 'append' },
        { kind: 'decide', goesFirst: 'b-20260105T0500', other: 'replace' },
      ],
    });
    expect(clash.vi).toContain('xã cần quyết định thứ tự trước 04:00 ngày 05/01/2026');
    const byDefault = decision({ automatic: true, byName: null, other: 'append' });
    expect(only({ entries: clashing, decisions: [byDefault] }, 'priorityClash').severity).toBe('info');
    const codes = listOf({ entries: clashing, decisions: [decision({ other: 'append' })] }).conflicts;
    expect(codes).toEqual([]);
  });

  it('case 15: 05:00 under a rule from 06:00 on is blocked with number and date, and offers 06:00 or a person with a reason', () => {
    const blocked = only(SCENES.ruleWindow, 'ruleWindow');
    expect(blocked.vi).toContain('Quy chế số 12/QC-UBND ngày 05/01/2026');
    expect(blocked.severity).toBe('blocks');
    expect(blocked.solutions).toMatchObject([
      { kind: 'move', entryId: 'a', to: '2026-01-05T06:00:00' },
      { kind: 'override', entryId: 'a', occurrence: 'a-20260105T0500', codes: ['ruleWindow'] },
    ]);
    const passed = only(
      { ...SCENES.ruleWindow, overrides: new Overrides([anOverride({ entryId: 'a' })]) },
      'ruleWindow',
    );
    expect(passed).toMatchObject({ severity: 'info', solutions: [] });
    expect(passed.vi).toContain('Nguyễn Thị Lan');
  });

  it('with no room left on the day it offers the next one', () => {
    const full = news('b', '06:00', {
      runningOrder: [{ kind: 'item', itemId: 'hour' }],
      recurrence: { kind: 'once', date: '2026-01-05', time: '06:00' },
    });
    const once = news('a', '05:00', { recurrence: { kind: 'once', date: '2026-01-05', time: '05:00' } });
    const items = itemsOf(anItem(), anItem('hour', 3_600_000));
    const blocked = only({ entries: [once, full], items, rules: morning, days: 2 }, 'ruleWindow');
    expect(blocked.solutions[0]).toMatchObject({ kind: 'move', to: '2026-01-06T06:00:00' });
  });

  it('a slot that runs over names what to take out', () => {
    const overrun = only(SCENES.slotOverrun, 'slotOverrun');
    expect(overrun).toMatchObject({ severity: 'changes', entryIds: ['slot'] });
    expect(overrun.solutions[0]).toMatchObject({ kind: 'shorten', entryId: 'slot' });
  });

  it('case 2: on the last day of its validity content is no conflict, the day after it has expired', () => {
    const until = (validTo: string) => ({ entries: [news('a', '05:00')], items: itemsOf({ ...anItem(), validTo }) });
    expect(listOf(until('2026-01-05')).conflicts).toEqual([]);
    const expired = only(until('2026-01-04'), 'contentExpired');
    expect(expired.vi).toContain('Ngày cuối: 04/01/2026');
    expect(kinds(expired)).toEqual(['extend']);
  });

  it('what is missing elsewhere is pointed to', () => {
    expect(only(SCENES.languageMissing, 'languageMissing').solutions).toMatchObject([
      { kind: 'language', itemId: 'bulletin', language: 'mnong' },
    ]);
    expect(kinds(only(SCENES.notApproved, 'notApproved'))).toEqual(['approve']);
    expect(kinds(only(SCENES.unknownDuration, 'unknownDuration'))).toEqual(['audio']);
    expect(only(SCENES.notYetValid, 'notYetValid').fromMs).toBe(at('2026-01-05T05:00'));
    expect(kinds(only(SCENES.noListener, 'noListener'))).toEqual(['target']);
    expect(kinds(only(SCENES.deviceCannot, 'deviceCannot'))).toEqual(['target']);
  });

  it('a long list is cut, and says by how much', () => {
    const entries = [news('a', '05:00'), news('b', '05:04'), news('c', '05:05')];
    const { conflicts, leftOut } = listOf({ entries, most: 1 });
    expect([conflicts.length, leftOut]).toEqual([1, 2]);
  });
});

describe('boards', () => {
  const picture = { kind: 'show', itemId: 'picture', durationMs: 20_000 } as const;
  const both = [aListener(), aBoard()];
  const items = itemsOf(anItem(), aPicture());

  it('sound that is aimed at boards: they show and do not sound', () => {
    const conflict = only(
      { entries: [news('a', '05:00', { devices: 'boards' })], items, listeners: both },
      'deviceCannot',
    );
    expect(conflict).toMatchObject({ severity: 'blocks', listenerIds: ['b1'], itemIds: ['bulletin'] });
    expect(conflict.vi).toContain('Bảng tin chỉ hiện hình ảnh, video và chữ, không phát âm thanh.');
    expect(conflict.en).toContain('it plays no sound');
    expect(kinds(conflict)).toEqual(['target']);
  });

  it('a picture that is aimed at loudspeakers', () => {
    const entries = [news('a', '05:00', { runningOrder: [picture] })];
    const conflict = only({ entries, items, listeners: both }, 'deviceCannot');
    expect(conflict).toMatchObject({ listenerIds: ['k1'], itemIds: ['picture'] });
    expect(conflict.vi).toContain('Cụm loa không hiện được hình ảnh, video hoặc chữ.');
  });

  it('both in one entry for both: two things to put right, each with its own devices', () => {
    const order = [{ kind: 'item', itemId: 'bulletin' } as const, picture];
    const { conflicts } = listOf({
      entries: [news('a', '05:00', { devices: 'all', runningOrder: order })],
      ...{ items, listeners: both },
    });
    expect(conflicts.map(({ code, listenerIds, itemIds }) => [code, listenerIds, itemIds])).toEqual([
      ['deviceCannot', ['b1'], ['bulletin']],
      ['deviceCannot', ['k1'], ['picture']],
    ]);
    expect(new Set(conflicts.map(({ key }) => key)).size).toBe(2);
  });

  it('for boards where there are loudspeakers only: nobody shows it, and the words say what is not there', () => {
    const entries = [news('a', '05:00', { devices: 'boards', runningOrder: [picture] })];
    expect(only({ entries, items }, 'noListener').vi).toContain('không có bảng tin');
  });

  it('pictures at the same time on one board overlap; a bulletin at that time does not', () => {
    const entries = [
      news('a', '05:00', { devices: 'boards', runningOrder: [picture] }),
      news('b', '05:00', { devices: 'boards', runningOrder: [picture] }),
      news('c', '05:00'),
    ];
    const overlap = only({ entries, items, listeners: both }, 'overlap');
    expect(overlap).toMatchObject({ entryIds: ['a', 'b'], listenerIds: ['b1'] });
    expect(overlap.ifNothing.fates.map(({ happens }) => happens)).toEqual(['unforeseen', 'unforeseen']);
    expect(kinds(overlap)).toContain('append');
  });
});
