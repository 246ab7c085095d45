import { describe, expect, it } from '@jest/globals';
import { aListener, anEntry, anItem, at, daily, itemsOf, planFor } from '../engine.spec-support.js';
import { Board, type OrderPart, type Plan, spanOfDays, type TimelineItem, together } from '../index.js';

const ZONE = 'Asia/Ho_Chi_Minh';
const span = spanOfDays('2026-01-05', 1, ZONE);
const version = (id: string, language: string, minutes: number, changes: Partial<TimelineItem> = {}): TimelineItem => ({
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
    expect(heard(made)).toEqual([['stieng', 0, 0]]);
    expect(missing(made)).toEqual(['e1-20260105T0500-p0 ede', 'e1-20260105T0500-p0 jarai']);
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

  it('the next step starts when all languages have been heard, and its number does not depend on them', () => {
    const order: OrderPart[] = [
      { kind: 'item', itemId: 'bulletin' },
      { kind: 'item', itemId: 'notice' },
    ];
    const items = itemsOf(...shelf.values(), { ...anItem('notice', 60_000), language: 'vi' });
    expect(heard(plan(['sti', 'vi'], items, order))).toEqual([
      ['stieng', 0, 0],
      ['bulletin', 1, 12],
      ['notice', 8, 22],
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
