import { describe, expect, it } from '@jest/globals';
import { day, inSentence, isoDay, moment, percent, shortMoment, shortName, whole } from './format.js';
import { fill } from './languages.js';
import { messagesFor } from './messages.js';

describe('numbers and dates of the page', () => {
  it('case 22: 1,899 of 1,900 is 99,9 %, and only what is done is 100 %', () => {
    expect(percent(1_899, 1_900, false)).toBe('99,9 %');
    expect(percent(1_899_999, 1_900_000, false)).toBe('99,9 %');
    expect(percent(1_900, 1_900, true)).toBe('100 %');
    expect(percent(20, 20, false)).toBe('99,9 %');
  });

  it('rounds down, without the noise of binary fractions', () => {
    expect(percent(914, 1_000, false)).toBe('91,4 %');
    expect(percent(57, 1_000, false)).toBe('5,7 %');
    expect(percent(1, 3, false)).toBe('33,3 %');
    expect(percent(0, 1_900, false)).toBe('0 %');
    expect(percent(0, 0, false)).toBe('0 %');
  });

  it('writes 1.900, 21/11/2026, and the time of Viet Nam on 24 hours', () => {
    expect(whole(1_900)).toBe('1.900');
    expect(day('2026-11-21')).toBe('21/11/2026');
    expect(moment(Date.UTC(2026, 10, 21, 10, 5, 12))).toBe('17:05:12, 21/11/2026');
    expect(moment(Date.UTC(2026, 10, 20, 17, 0, 0))).toBe('00:00:00, 21/11/2026');
    expect(shortMoment(Date.UTC(2026, 10, 20, 17, 0, 12))).toBe('00:00, 21/11/2026');
    expect(isoDay(Date.UTC(2026, 10, 20, 17, 0, 0))).toBe('2026-11-21');
  });
});

describe('names', () => {
  it('a hamlet with a number is headed by it, another by its name', () => {
    expect(shortName('Ấp 12')).toBe('12');
    expect(shortName('Ấp 3A')).toBe('3A');
    expect(shortName('Sóc Bế')).toBe('Sóc Bế');
  });

  it('the kind of unit is written small within a sentence, the name is not', () => {
    expect(inSentence('Xã An Khương')).toBe('xã An Khương');
    expect(inSentence('Thị trấn Tân Khai')).toBe('thị trấn Tân Khai');
    expect(inSentence('Xã')).toBe('Xã');
  });
});

describe('texts', () => {
  it('are Vietnamese unless English is asked for, with the same keys and the same gaps', () => {
    const gaps = (table: object) =>
      Object.entries(table).map(([key, text]) => [key, (String(text).match(/\{\w+\}/g) ?? []).sort()]);
    expect(messagesFor('').texts.complete).toBe('phát đủ');
    expect(messagesFor('?lang=fr').language).toBe('vi');
    expect(gaps(messagesFor('?lang=en').texts)).toEqual(gaps(messagesFor('').texts));
  });

  it('keep a gap that nothing fills, and take a value as it is', () => {
    expect(fill('{a} {b}', { a: '$& {b}' })).toBe('$& {b} {b}');
  });
});
