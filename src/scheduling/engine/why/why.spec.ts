import { describe, expect, it } from '@jest/globals';
import {
  aBoard,
  aListener,
  anEntry,
  anItem,
  aPicture,
  aRelay,
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
import { Board, type ClashDecision, clashKey } from '../timeline/index.js';
import { type Asked, type Explanation, WHY_CODES, type WhyCode, whyAt } from './index.js';

const ZONE = 'Asia/Ho_Chi_Minh';
const HERE = '/p/an-khuong/';

interface Scene {
  readonly entries: readonly ScheduleEntry[];
  readonly about?: Asked;
  /** On 05/01/2026. */
  readonly time?: string;
  readonly items?: ReadonlyMap<string, TimelineItem>;
  readonly listener?: Listener;
  readonly rules?: Partial<RuleSet>;
  readonly overrides?: Overrides;
  readonly decisions?: readonly ClashDecision[];
  readonly viewed?: string;
}

function ask({
  entries,
  time = '05:00',
  listener = aListener(),
  items = itemsOf(anItem(), aRelay()),
  ...scene
}: Scene): Explanation {
  const { decisions = [], about = { kind: 'entry', entryId: entries[0]?.id ?? '' }, viewed = '2026-01-04' } = scene;
  const board = new Board({
    ...{ entries, items, decisions, listeners: [listener], zone: ZONE, span: spanOfDays(viewed, 2, ZONE) },
    rules: scene.rules
      ? new RuleBook([aRuleSet({ areaPath: HERE, validFrom: '2026-01-01', ...scene.rules })], [])
      : null,
    ...(scene.overrides ? { overrides: scene.overrides } : {}),
  });
  const atMs = at(`2026-01-05T${time}`);
  return whyAt({ about, atMs, listener, plan: board.planOf(listener.id), entries, items, decisions, zone: ZONE });
}

const news = (id: string, time: string, changes: Partial<ScheduleEntry> = {}) =>
  anEntry(daily(time), { id, title: `Bản tin ${id}`, ...changes });
const once = (date: string) => ({ recurrence: { kind: 'once', date, time: '05:00' } as const });
const about = (itemId: string): { about: Asked } => ({ about: { kind: 'item', itemId } });
const listens = aListener('k1', { capabilities: ['stream'] });
const priority = { class: 'priority' } as const;
const clashing = [news('a', '05:00', { ...priority, level: 'province' }), news('b', '05:00', priority)];
const decision = (changes: Partial<ClashDecision> = {}): ClashDecision => ({
  key: clashKey('a-20260105T0500', 'b-20260105T0500'),
  areaPath: HERE,
  goesFirst: 'b-20260105T0500',
  other: 'append',
  automatic: false,
  byName: 'Trần Văn Bình',
  atMs: at('2026-01-04T09:00'),
  ...changes,
});
const mnong = { ...anItem('bulletin-mnong'), groupId: 'bulletin', language: 'mnong' };
const moved = { changes: [{ original: '2026-01-05T05:00:00', to: '2026-01-05T17:00:00' }] };
const morning = { windows: [hours('06:00–07:00')] };

/** One scene for each reason: without one, this does not compile. */
const SCENES: { readonly [C in WhyCode]: Scene } = {
  entryPlays: { entries: [news('a', '05:00')] },
  inSlot: { entries: [inSlot('x'), aSlot('05:00')], time: '05:20', listener: listens },
  behind: { entries: [behind('x', 'a'), news('a', '05:00')], time: '05:12' },
  movedFrom: { entries: [news('a', '05:00', moved)], time: '17:03' },
  languageChosen: {
    entries: [news('a', '05:00')],
    items: itemsOf(anItem(), mnong),
    listener: aListener('k1', { languages: ['mnong'] }),
  },
  languageMissing: { entries: [news('a', '05:00')], listener: aListener('k1', { languages: ['mnong', 'vi'] }) },
  volumeLowered: { entries: [news('a', '05:00')], rules: { volumeCeilings: [ceiling(60, '04:00–06:00')] } },
  rulePassed: {
    entries: [news('a', '05:00')],
    rules: morning,
    overrides: new Overrides([anOverride({ entryId: 'a' })]),
  },
  clashFirst: { entries: clashing },
  clashBehind: { entries: [...clashing], time: '05:12', decisions: [decision()] },
  otherSounds: { entries: [news('b', '05:04'), news('a', '05:00')], time: '05:05' },
  noEntry: { entries: [] },
  itemNowhere: { entries: [news('a', '05:00')], ...about('other') },
  otherArea: { entries: [news('a', '05:00', { areaPath: '/p/x/' })] },
  otherLoudspeakers: { entries: [news('a', '05:00', { clusterIds: ['k2'] })] },
  otherDevices: { entries: [news('a', '05:00')], listener: aBoard('b1') },
  anchorElsewhere: { entries: [behind('x', 'a'), news('a', '05:00', { clusterIds: ['k2'] })] },
  notYetMade: { entries: [news('a', '05:00', { createdAtMs: at('2026-01-05T08:00') })] },
  entryCancelled: { entries: [news('a', '05:00', { cancelledAtMs: at('2026-01-03T08:00') })] },
  occurrenceCancelled: { entries: [news('a', '05:00', { changes: [{ original: '2026-01-05T05:00:00', to: null }] })] },
  occurrenceMoved: { entries: [news('a', '05:00', moved)] },
  notThatDay: {
    entries: [
      news('a', '05:00', {
        recurrence: { kind: 'weekly', from: '2026-01-01', until: null, weekdays: [7], time: '05:00' },
      }),
    ],
  },
  notBegun: { entries: [news('a', '05:00', once('2026-01-09'))] },
  over: { entries: [news('a', '05:00', once('2026-01-02'))] },
  otherTime: { entries: [news('a', '17:00')] },
  soundsLate: { entries: [news('b', '05:04'), news('a', '05:00')], time: '05:18' },
  otherVersion: {
    entries: [news('a', '05:00')],
    items: itemsOf(anItem(), mnong),
    listener: aListener('k1', { languages: ['mnong'] }),
    ...about('bulletin'),
  },
  outsideView: { entries: [news('a', '05:00')], viewed: '2026-02-01' },
  notApproved: { entries: [news('a', '05:00')], items: new Map() },
  unknownDuration: { entries: [news('a', '05:00')], items: itemsOf(anItem('bulletin', 0)) },
  dayFull: {
    entries: [
      news('z', '23:00'),
      ...Array.from({ length: 2_000 }, (_, i) => news(`e${i}`, new Date(i * 2_000).toISOString().slice(11, 19))),
    ],
    items: itemsOf(anItem('bulletin', 1_000)),
  },
  deviceCannot: { entries: [news('a', '05:00', { runningOrder: [{ kind: 'live', durationMs: 60_000 }] })] },
  anchorMissing: { entries: [behind('a', 'nowhere')], time: '00:00' },
  afterCycle: { entries: [behind('a', 'b'), behind('b', 'a')], time: '00:00' },
  notValid: { entries: [news('a', '05:00')], items: itemsOf({ ...anItem(), validTo: '2026-01-04' }) },
  replaced: { entries: clashing, decisions: [decision({ other: 'replace' })] },
  ruleWindow: { entries: [news('a', '05:00')], rules: morning },
  ruleBlackout: {
    entries: [news('a', '05:00')],
    rules: {
      blackouts: [
        { fromMs: at('2026-01-05T00:00'), untilMs: at('2026-01-05T12:00'), reason: 'Lễ tang', kind: 'funeral' },
      ],
    },
  },
  ruleSessionTooLong: { entries: [news('b', '05:10'), news('a', '05:00')], rules: { maxSessionMinutes: 15 } },
  ruleTooManySessions: {
    entries: [news('b', '17:00'), news('a', '05:00')],
    time: '17:00',
    rules: { maxSessionsPerDay: 1 },
  },
};

const reasonIn = (scene: Scene, code: WhyCode) => {
  const found = ask(scene).reasons.find((one) => one.code === code);
  expect(found).toBeDefined();
  return found!;
};

describe('why', () => {
  it.each(WHY_CODES)('%s is a reason, told in both languages', (code) => {
    const { vi, en } = reasonIn(SCENES[code], code);
    for (const words of [vi, en]) {
      expect(words).toMatch(/^\S.{10,}\.$/);
      expect(words).not.toMatch(/undefined|NaN|null|\d{4}-\d\d-\d\d/);
    }
  });

  it('it plays: by which entry, whose, by what rule', () => {
    const entries = [
      Object.assign(news('a', '05:00'), { createdByName: 'Nguyễn Thị Lan', createdAtMs: at('2026-01-02T08:00') }),
    ];
    const told = ask({ entries, time: '05:09' });
    expect(told).toMatchObject({
      plays: true,
      sounds: true,
      reasons: [{ code: 'entryPlays', cites: { entryId: 'a' } }],
    });
    expect(told.reasons[0]!.vi).toBe(
      'Phát theo lịch “Bản tin a” do Nguyễn Thị Lan lập (lập lúc 08:00 ngày 02/01/2026), hằng ngày lúc 05:00, từ 01/01/2026; lượt này: 05/01/2026, 05:00–05:10.',
    );
    expect(ask({ entries, time: '05:10' }).plays).toBe(false);
  });

  it('case 2: on the last day it plays, the day after it is over and says when the last was', () => {
    const ending = (until: string) => ({
      entries: [news('a', '05:00', { recurrence: { kind: 'daily', from: '2026-01-01', until, time: '05:00' } })],
    });
    expect(ask(ending('2026-01-05')).plays).toBe(true);
    expect(reasonIn(ending('2026-01-04'), 'over').vi).toContain('lượt cuối cùng: 05:00 ngày 04/01/2026');
  });

  it('case 3: what began before midnight plays after it', () => {
    expect(ask({ entries: [news('a', '23:55')], time: '00:03' }).plays).toBe(true);
  });

  it('case 12: a play that waits for another is planned for this minute, and sounds in a later one', () => {
    expect(ask(SCENES.otherSounds)).toMatchObject({ plays: true, sounds: false });
    expect(reasonIn(SCENES.otherSounds, 'otherSounds').vi).toContain('chờ đến 05:10 ngày 05/01/2026');
    expect(ask(SCENES.soundsLate)).toMatchObject({ plays: false, sounds: true });
    const skipping = [news('b', '05:04', { late: 'skip' }), news('a', '05:00')];
    expect(reasonIn({ entries: skipping, time: '05:05' }, 'otherSounds').vi).toContain('không còn kịp phát');
  });

  it('case 14: who decided a clash is named; a default taken at the deadline is called automatic', () => {
    expect(reasonIn(SCENES.clashBehind, 'clashBehind')).toMatchObject({ cites: { decision: decision().key } });
    expect(reasonIn(SCENES.clashBehind, 'clashBehind').vi).toContain(
      'do Trần Văn Bình quyết định lúc 09:00 ngày 04/01/2026',
    );
    const automatic = decision({ automatic: true, byName: null, goesFirst: 'a-20260105T0500' });
    expect(reasonIn({ entries: clashing, decisions: [automatic] }, 'clashFirst').vi).toContain('tự động theo mặc định');
    const elsewhere = decision({ areaPath: '/p/x/', other: 'replace' });
    expect(reasonIn({ entries: clashing, decisions: [elsewhere] }, 'clashFirst').vi).toContain('chưa ai quyết định');
  });

  it('case 15: 05:00 under a rule from 06:00 on cites the rule by number and date', () => {
    const told = reasonIn(SCENES.ruleWindow, 'ruleWindow');
    expect(told.vi).toContain('Quy chế số 12/QC-UBND ngày 05/01/2026 chỉ cho phát');
    expect(told.cites).toEqual({
      entryId: 'a',
      ruleSet: { kind: 'ruleSet', id: 'r1', revision: 1, number: '12/QC-UBND', date: '2026-01-05' },
    });
    expect(reasonIn(SCENES.rulePassed, 'rulePassed').cites.override).toBe('o1');
  });

  it('when it next plays is said', () => {
    expect(reasonIn(SCENES.notThatDay, 'notThatDay').vi).toBe(
      '“Bản tin a” phát Chủ nhật hằng tuần lúc 05:00, từ 01/01/2026, nên không có lượt nào ngày 05/01/2026. Lượt tiếp theo: 05:00 ngày 11/01/2026.',
    );
  });

  it('of an item, entries that are for this loudspeaker are told first', () => {
    const entries = [news('a', '05:00', { areaPath: '/p/x/' }), news('b', '17:00')];
    const told = ask({ entries, ...about('bulletin') });
    expect(told.plays).toBe(false);
    expect(told.reasons.map(({ code }) => code)).toEqual(['otherTime', 'otherArea']);
    expect(ask({ entries, time: '17:05', ...about('bulletin') }).plays).toBe(true);
  });

  it('a relay sounds where the device streams, by its entry and by its item; elsewhere the device cannot', () => {
    const entries = [news('a', '05:00', { runningOrder: [{ kind: 'relay', itemId: 'voice', durationMs: 600_000 }] })];
    expect(ask({ entries, listener: listens })).toMatchObject({ plays: true, sounds: true });
    expect(ask({ entries, listener: listens, ...about('voice') })).toMatchObject({ plays: true, sounds: true });
    expect(ask({ entries }).reasons.map(({ code }) => code)).toEqual(['deviceCannot']);
  });

  it('what a microphone will sound is told to nobody, so that it cannot be foreseen', () => {
    const entries = [news('a', '05:00', { runningOrder: [{ kind: 'live', durationMs: 600_000 }] })];
    expect(ask({ entries, listener: listens })).toMatchObject({ plays: true, sounds: null });
  });
});

describe('at a board', () => {
  const order = [{ kind: 'show', itemId: 'picture', durationMs: 120_000 } as const];
  const khmer = aPicture('picture-km', { groupId: 'picture', language: 'km' });
  const shown = (changes: Partial<Scene> = {}) =>
    ask({
      entries: [news('a', '05:00', { devices: 'boards', runningOrder: order })],
      items: itemsOf(anItem(), aPicture(), khmer),
      listener: aBoard('b1'),
      ...changes,
    });
  const codes = ({ reasons }: Explanation) => reasons.map(({ code }) => code);

  it('what it shows, by entry and by item; how long nothing else is shown is not foreseen', () => {
    for (const asked of [{}, about('picture')]) expect(shown(asked)).toMatchObject({ plays: true, sounds: null });
    expect(shown({ time: '05:03' })).toMatchObject({ plays: false, reasons: [{ code: 'otherTime' }] });
  });

  it('the version in the language of its hamlets, and not the one that was scheduled', () => {
    const listener = aBoard('b1', { languages: ['km'] });
    expect(codes(shown({ listener, ...about('picture-km') }))).toContain('languageChosen');
    expect(shown({ listener, ...about('picture') })).toMatchObject({
      plays: false,
      reasons: [{ code: 'otherTime' }, { code: 'otherVersion' }].slice(1),
    });
  });

  it.each<[string, Partial<Scene>, string, string]>([
    ['a bulletin for loudspeakers', { entries: [news('a', '05:00')] }, 'otherDevices', 'chỉ dành cho cụm loa'],
    ['what is for boards, at loudspeakers', { listener: aListener() }, 'otherDevices', 'chỉ dành cho bảng tin'],
    [
      'sound that is aimed at boards',
      { entries: [news('a', '05:00', { devices: 'all' })] },
      'deviceCannot',
      'ở đây là bảng tin',
    ],
    [
      'a picture that is aimed at loudspeakers',
      { entries: [news('a', '05:00', { runningOrder: order })], listener: aListener() },
      'deviceCannot',
      'ở đây là cụm loa',
    ],
  ])('%s: not played, with the reason', (_, changes, code, words) => {
    const { plays, reasons } = shown(changes);
    expect(plays).toBe(false);
    expect(reasons).toMatchObject([{ code, vi: expect.stringContaining(words) as unknown }]);
  });
});
