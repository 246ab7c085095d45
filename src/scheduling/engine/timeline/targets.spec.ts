import { describe, expect, it } from '@jest/globals';
import { aListener, anEntry, anItem, aSlot, behind, daily, inSlot, itemsOf } from '../engine.spec-support.js';
import { Board, type Listener, type ScheduleEntry, spanOfDays, together } from '../index.js';

const span = spanOfDays('2026-01-05', 1, 'Asia/Ho_Chi_Minh');
const items = itemsOf(anItem(), anItem('chime', 12_345));
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
    expect(without.plays).toEqual(able.plays);
  });

  it('are no plays of the device contract, which carries stored sound only', () => {
    const { slices, plays } = boardOf([stream]).planOf('k3');
    expect(slices.map(({ play }) => play !== null)).toEqual([false, false, true]);
    expect(plays).toHaveLength(1);
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
