import { describe, expect, it } from '@jest/globals';
import {
  aBoard,
  aListener,
  anEntry,
  anItem,
  aPicture,
  aRelay,
  aSlot,
  aVideo,
  behind,
  daily,
  inSlot,
  itemsOf,
} from '../engine.spec-support.js';
import { Board, type BoardSettings, type Listener, type ScheduleEntry, spanOfDays, together } from '../index.js';
import { RuleBook } from '../rules/index.js';
import { aRuleSet, hours } from '../rules/rules.spec-support.js';

const span = spanOfDays('2026-01-05', 1, 'Asia/Ho_Chi_Minh');
const items = itemsOf(anItem(), anItem('chime', 12_345), aRelay());
const listeners: Listener[] = [
  aListener('k1', { groupIds: ['market'], hamletIds: ['ap-1'], areaPath: '/p/an-khuong/ap-1/' }),
  // Heard in two hamlets (case 23).
  aListener('k2', { groupIds: ['market', 'school'], hamletIds: ['ap-1', 'ap-2'] }),
  aListener('k3', { hamletIds: ['ap-2'], capabilities: ['stream'] }),
  aListener('far', { areaPath: '/p/thanh-an/', groupIds: ['market'], hamletIds: ['ap-9'] }),
];
const boardOf = (entries: ScheduleEntry[]): Board =>
  new Board({ entries, listeners, items, span, zone: 'Asia/Ho_Chi_Minh' });
const hearing = (changes: Partial<ScheduleEntry>): string[] => {
  const board = boardOf([anEntry(daily('05:00'), changes)]);
  return listeners.flatMap(({ id }) => (board.planOf(id).plays.length > 0 ? [id] : []));
};

describe('an entry is heard', () => {
  it.each<[string, Partial<ScheduleEntry>, string[]]>([
    ['at or below its area, by all when nobody is named', {}, ['k1', 'k2', 'k3']],
    ['in the whole province', { areaPath: '/p/' }, ['k1', 'k2', 'k3', 'far']],
    ['in a hamlet that is an area', { areaPath: '/p/an-khuong/ap-1/' }, ['k1']],
    ['by the named clusters', { clusterIds: ['k2', 'k3'] }, ['k2', 'k3']],
    ['by a group, not by the group of that name elsewhere', { groupIds: ['market'] }, ['k1', 'k2']],
    [
      'by a group across communes where the province asks',
      { areaPath: '/p/', groupIds: ['market'] },
      ['k1', 'k2', 'far'],
    ],
    ['in a hamlet: by every cluster that is heard there', { hamletIds: ['ap-2'] }, ['k2', 'k3']],
    [
      'once by one that is named in several ways',
      { clusterIds: ['k3'], groupIds: ['school'], hamletIds: ['ap-1'] },
      ['k1', 'k2', 'k3'],
    ],
    ['by nobody when an empty list is named', { clusterIds: [] }, []],
    ['by nobody above or beside its area, named or not', { areaPath: '/p/thanh-an/', clusterIds: ['k1'] }, []],
  ])('%s', (_, changes, expected) => {
    expect(hearing(changes)).toEqual(expected);
  });

  it('nobody listens by that name: an error, not silence', () => {
    expect(() => boardOf([]).planOf('nobody')).toThrow(RangeError);
  });
});

describe('streams', () => {
  const stream = anEntry(daily('05:00'), {
    runningOrder: [
      { kind: 'relay', itemId: 'voice', durationMs: 60_000 },
      { kind: 'live', durationMs: 60_000 },
      { kind: 'item', itemId: 'bulletin' },
    ],
  });

  it('where the device can play none, each is a gap; the sound behind starts when it does elsewhere', () => {
    const board = boardOf([stream]);
    const [without, able] = [board.planOf('k2'), board.planOf('k3')];
    expect(without.gaps.map(({ part, reason }) => [part, reason])).toEqual([
      [0, 'deviceCannot'],
      [8, 'deviceCannot'],
    ]);
    expect(able.gaps).toEqual([]);
    expect(able.slices.map(({ kind }) => kind)).toEqual(['relay', 'live', 'sound']);
    expect(without.plays).toEqual(able.plays.filter(({ relay }) => !relay));
  });

  it('a relay is a play of the device contract; what comes from a microphone is not', () => {
    const { slices, plays } = boardOf([stream]).planOf('k3');
    expect(slices.map(({ play }) => play !== null)).toEqual([true, false, true]);
    expect(plays.map(({ relay }) => relay?.kind)).toEqual(['stream', undefined]);
  });
});

describe('what is placed has targets of its own', () => {
  const entries = [aSlot('05:00'), inSlot('a', { clusterIds: ['k2'] }), inSlot('b')];

  it('a cluster that does not hear one entry of a slot hears the next one earlier', () => {
    const board = boardOf(entries);
    const startOf = (listener: string, entry: string) =>
      board.planOf(listener).plays.find(({ occurrence }) => occurrence.startsWith(`${entry}-`))?.startMs ?? 0;
    expect(startOf('k2', 'b') - startOf('k1', 'b')).toBe(600_000);
    expect(board.planOf('k1').gaps.map(({ entryId }) => entryId)).toEqual(['slot']);
  });

  it('an entry that an upper office puts into a slot of one commune is a gap in the others', () => {
    const board = boardOf([aSlot('05:00'), inSlot('p', { areaPath: '/p/' })]);
    expect(board.planOf('k3').slices.map(({ entryId }) => entryId)).toContain('p');
    expect(board.planOf('far').gaps).toMatchObject([{ entryId: 'p', reason: 'anchorMissing' }]);
  });

  it('an edit touches those who hear the entry or what stands behind it, and nobody else in the slot', () => {
    const board = boardOf([
      aSlot('05:00', { areaPath: '/p/' }),
      inSlot('a', { clusterIds: ['k2'] }),
      behind('c', 'a', 0, { clusterIds: ['k1', 'k2'] }),
    ]);
    const before = new Map(listeners.map(({ id }) => [id, board.planOf(id)]));
    const changed = inSlot('a', { clusterIds: ['k2'], volume: 20 });
    expect(board.edit(changed).sort()).toEqual(['k1', 'k2']);
    for (const id of ['k3', 'far']) expect(board.planOf(id)).toBe(before.get(id));
    expect(board.planOf('k2').plays.find(({ occurrence }) => occurrence.startsWith('a-'))?.volume).toBe(20);
  });

  it('all who hear the same share one plan', () => {
    const board = boardOf([anEntry(daily('05:00'), { areaPath: '/p/' })]);
    expect(board.planOf('k1')).toBe(board.planOf('far'));
  });
});

it('what several loudspeakers have in common stands in their list once, with all of them', () => {
  const board = boardOf([anEntry(daily('05:00')), anEntry(daily('05:05'), { id: 'e2', clusterIds: ['k2'] })]);
  const list = together(board, ['k3', 'k2', 'k1']);
  expect(list.slices.map(({ entryId, listeners: who }) => [entryId, who])).toEqual([
    ['e1', ['k1', 'k2', 'k3']],
    ['e2', ['k2']],
  ]);
  expect(list.overlaps).toMatchObject([{ listeners: ['k2'] }]);
});

describe('boards', () => {
  const places = [
    aListener('k1', { groupIds: ['market'] }),
    aBoard('b1', { groupIds: ['market'] }),
    aBoard('b2', { hamletIds: ['ap-2'] }),
    aBoard('far', { areaPath: '/p/thanh-an/' }),
  ];
  const shelf = itemsOf(anItem(), aPicture(), aVideo('video', 30_000));
  const picture = { kind: 'show', itemId: 'picture', durationMs: 20_000 } as const;
  const video = { kind: 'item', itemId: 'video' } as const;
  const sound = { kind: 'item', itemId: 'bulletin' } as const;
  const boardOver = (entries: ScheduleEntry[], more: Partial<BoardSettings> = {}) =>
    new Board({ entries, listeners: places, items: shelf, span, zone: 'Asia/Ho_Chi_Minh', ...more });
  const reached = (changes: Partial<ScheduleEntry>): string[] => {
    const board = boardOver([anEntry(daily('05:00'), changes)]);
    return places.flatMap(({ id }) => {
      const { slices, gaps } = board.planOf(id);
      return slices.length + gaps.length > 0 ? [id] : [];
    });
  };

  it.each<[string, Partial<ScheduleEntry>, string[]]>([
    ['a bulletin for an area: its loudspeakers alone', {}, ['k1']],
    ['for boards: all of the area', { devices: 'boards' }, ['b1', 'b2']],
    ['for both', { devices: 'all' }, ['k1', 'b1', 'b2']],
    ['single boards by id', { devices: 'boards', clusterIds: ['b2'] }, ['b2']],
    ['a board that is named where loudspeakers are meant', { clusterIds: ['b2'] }, []],
    ['a group of both: its loudspeakers', { groupIds: ['market'] }, ['k1']],
    ['a group of both: its boards', { devices: 'boards', groupIds: ['market'] }, ['b1']],
    ['boards of a hamlet', { devices: 'boards', hamletIds: ['ap-2'] }, ['b2']],
    ['boards of the province', { areaPath: '/p/', devices: 'boards' }, ['b1', 'b2', 'far']],
  ])('%s', (_, changes, expected) => {
    expect(reached(changes)).toEqual(expected);
  });

  it('show pictures as long as planned and videos as long as they are, one after the other, and are told no sound', () => {
    const { slices, plays, gaps } = boardOver([
      anEntry(daily('05:00'), { devices: 'boards', runningOrder: [picture, video, picture] }),
    ]).planOf('b1');
    expect(slices.map(({ kind, itemId, startMs, endMs }) => [kind, itemId, endMs - startMs, startMs])).toEqual(
      [
        ['show', 'picture', 20_000, 0],
        ['show', 'video', 30_000, 20_000],
        ['show', 'picture', 20_000, 50_000],
      ].map(([kind, itemId, lengthMs, afterMs]) => [
        kind,
        itemId,
        lengthMs,
        span.fromMs + 5 * 3_600_000 + Number(afterMs),
      ]),
    );
    expect([plays, gaps]).toEqual([[], []]);
  });

  it('what a device cannot do is a gap with what it cannot, and what stands behind keeps its time', () => {
    const stream = { kind: 'relay', itemId: 'voice', durationMs: 60_000 } as const;
    const board = boardOver([
      anEntry(daily('05:00'), { devices: 'all', runningOrder: [sound, picture, video, stream] }),
    ]);
    const cannot = (id: string) => board.planOf(id).gaps.map((gap) => [gap.part, gap.reason, gap.cannot]);
    expect(cannot('b1')).toEqual([
      [0, 'deviceCannot', 'sound'],
      [24, 'deviceCannot', 'sound'],
    ]);
    expect(cannot('k1')).toEqual([
      [8, 'deviceCannot', 'picture'],
      [16, 'deviceCannot', 'picture'],
      [24, 'deviceCannot', 'stream'],
    ]);
    expect(board.planOf('b1').slices[0]?.startMs).toBe(span.fromMs + 5 * 3_600_000 + 600_000);
  });

  it('a picture of no planned length, and one that nobody approved, are not shown', () => {
    const wrong: ScheduleEntry['runningOrder'] = [
      { kind: 'item', itemId: 'picture' },
      { kind: 'show', itemId: 'unapproved', durationMs: 20_000 },
    ];
    const { slices, gaps } = boardOver([anEntry(daily('05:00'), { devices: 'boards', runningOrder: wrong })]).planOf(
      'b1',
    );
    expect(slices).toEqual([]);
    expect(gaps.map(({ reason }) => reason)).toEqual(['unknownDuration', 'notApproved']);
  });

  it('hours, minutes and volume are rules for loudspeakers: a board shows at any hour', () => {
    const rules = new RuleBook(
      [aRuleSet({ areaPath: '/p/', validFrom: '2026-01-01', windows: [hours('06:00–07:00')], maxSessionMinutes: 1 })],
      [],
    );
    const entry = anEntry(daily('05:00'), { devices: 'all', runningOrder: [{ ...picture, durationMs: 7_200_000 }] });
    const heard = anEntry(daily('05:00'), { id: 'e2' });
    const board = boardOver([entry, heard], { rules });
    expect(board.planOf('b1').slices.map(({ entryId }) => entryId)).toEqual(['e1']);
    expect(board.planOf('k1').gaps.map(({ reason }) => reason)).toEqual(['deviceCannot', 'ruleWindow']);
  });

  it('an entry that is turned from loudspeakers to boards leaves the one and comes to the other', () => {
    const board = boardOver([anEntry(daily('05:00'), { runningOrder: [video] })]);
    expect(board.planOf('b1').slices).toEqual([]);
    const touched = board.edit(anEntry(daily('05:00'), { devices: 'boards', runningOrder: [video] }));
    expect(touched.sort()).toEqual(['b1', 'b2', 'k1']);
    expect([board.planOf('k1').gaps, board.planOf('b1').slices.length]).toEqual([[], 1]);
  });
});
