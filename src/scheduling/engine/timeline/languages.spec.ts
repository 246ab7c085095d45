import { describe, expect, it } from '@jest/globals';
import { aListener, anEntry, anItem, at, daily, itemsOf, planFor } from '../engine.spec-support.js';
import { Board, type OrderPart, type Plan, spanOfDays, type TimelineItem, together } from '../index.js';
import type { SoundItem } from '../model.js';

const ZONE = 'Asia/Ho_Chi_Minh';
const span = spanOfDays('2026-01-05', 1, ZONE);
const version = (id: string, language: string, minutes: number, changes: Partial<SoundItem> = {}): TimelineItem => ({
  ...{ ...anItem(id, minutes * 60_000), groupId: 'bulletin', language },
  ...changes,
});
const shelf = itemsOf(version('bulletin', 'vi', 10), version('stieng', 'sti', 12), version('khmer', 'km', 8));
const plan = (languages: string[], items: Map<string, TimelineItem> = shelf, runningOrder?: OrderPart[]): Plan =>
  planFor({
    entries: [anEntry(daily('05:00'), runningOrder ? { runningOrder } : {})],
    listener: aListener('k1', { languages }),
    ...{ items, span },
  });
const heard = ({ plays }: Plan) =>
  plays.map(({ item, part, startMs }) => [item.id, part, (startMs - at('2026-01-05T05:00:00')) / 60_000]);
const missing = ({ remarks }: Plan) =>
  remarks.map((remark) => (remark.code === 'languageMissing' ? `${remark.play} ${remark.language}` : remark.code));

describe('language routing', () => {
  it('the versions that the hamlets speak are heard, in their order, one behind the other', () => {
    expect(heard(plan(['sti', 'vi']))).toEqual([
      ['stieng', 0, 0],
      ['bulletin', 1, 12],
    ]);
    expect(heard(plan(['vi', 'km', 'sti']))).toEqual([
      ['bulletin', 0, 0],
      ['khmer', 1, 10],
      ['stieng', 2, 18],
    ]);
    expect(plan(['sti', 'vi']).remarks).toEqual([]);
  });

  it('where nobody said what is spoken, what was scheduled is heard', () => {
    expect(heard(plan([]))).toEqual([['bulletin', 0, 0]]);
  });

  it('each language without a version is a warning, and the others are heard', () => {
    const made = plan(['ede', 'sti', 'jarai']);
    expect(heard(made)).toEqual([['stieng', 1, 0]]);
    expect(missing(made)).toEqual(['e1-20260105T0500-p1 ede', 'e1-20260105T0500-p1 jarai']);
  });

  it('a version that comes or goes changes no number of the others: a play keeps its name', () => {
    const spoken = ['sti', 'vi', 'km'];
    const numbers = (...gone: string[]) =>
      heard(plan(spoken, itemsOf(...[...shelf.values()].filter(({ id }) => !gone.includes(id))))).map(
        ([id, part]) => `${id} ${part}`,
      );
    expect(numbers()).toEqual(['stieng 0', 'bulletin 1', 'khmer 2']);
    expect(numbers('stieng')).toEqual(['bulletin 1', 'khmer 2']);
    expect(numbers('khmer')).toEqual(['stieng 0', 'bulletin 1']);
  });

  it('more languages than part numbers tell apart: those beyond are told to be missing, never dropped in silence', () => {
    const spoken = [...'abcdefgh'].map((letter) => `x${letter}`);
    const made = plan([...spoken, 'sti', 'vi']);
    expect(heard(made)).toEqual([['bulletin', 0, 0]]);
    expect(missing(made).map((line) => line.split(' ')[1])).toEqual(['sti', 'vi', ...spoken]);
    const all = itemsOf(...shelf.values(), ...spoken.map((language) => version(language, language, 1)));
    expect(heard(plan([...spoken, 'sti'], all)).map(([, part]) => part)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(missing(plan([...spoken, 'sti'], all))).toEqual(['e1-20260105T0500-p0 sti']);
  });

  it('where none of the versions exists, what was scheduled is heard rather than nothing, with the warning', () => {
    const made = plan(['ede']);
    expect(heard(made)).toEqual([['bulletin', 0, 0]]);
    expect(missing(made)).toEqual(['e1-20260105T0500-p0 ede']);
  });

  it('of two versions in one language the scheduled one is heard, whatever the order of the library', () => {
    const all = [version('bulletin', 'vi', 10), version('another', 'vi', 3), version('aLast', 'vi', 4)];
    for (const items of [all, [...all].reverse()])
      expect(heard(plan(['vi'], itemsOf(...items)))).toEqual([['bulletin', 0, 0]]);
    const others = [version('bulletin', 'vi', 10), version('s2', 'sti', 3), version('s1', 'sti', 4)];
    for (const items of [others, [...others].reverse()])
      expect(heard(plan(['sti'], itemsOf(...items)))).toEqual([['s1', 0, 0]]);
  });

  it('the next step starts when all languages have been heard, and its number is its own and that of its language', () => {
    const order: OrderPart[] = [
      { kind: 'item', itemId: 'bulletin' },
      { kind: 'item', itemId: 'notice' },
    ];
    const items = itemsOf(...shelf.values(), { ...anItem('notice', 60_000), language: 'vi' });
    expect(heard(plan(['sti', 'vi'], items, order))).toEqual([
      ['stieng', 0, 0],
      ['bulletin', 1, 12],
      ['notice', 9, 22],
    ]);
    expect(heard(plan(['vi'], items, order)).at(-1)).toEqual(['notice', 8, 10]);
  });

  it('the validity of each version is its own', () => {
    const items = itemsOf(version('bulletin', 'vi', 10), version('stieng', 'sti', 12, { validTo: '2026-01-04' }));
    const made = plan(['sti', 'vi'], items);
    expect(made.plays.map(({ item }) => item.id)).toEqual(['bulletin']);
    expect(made.gaps).toMatchObject([{ part: 0, reason: 'notValid' }]);
  });

  it('two clusters of one commune each hear their own, and the list of both shows both', () => {
    const listeners = [aListener('k1', { languages: ['sti'] }), aListener('k2', { languages: ['vi'] })];
    const board = new Board({ entries: [anEntry(daily('05:00'))], listeners, items: shelf, span, zone: ZONE });
    expect(together(board, ['k2', 'k1']).slices.map((slice) => [slice.play?.item.id, slice.listeners])).toEqual([
      ['stieng', ['k1']],
      ['bulletin', ['k2']],
    ]);
  });
});
