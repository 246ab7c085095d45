import { describe, expect, it } from '@jest/globals';
import { cleanLine, cleanText, LONGEST_TEXT, textFault } from './script-text.js';

describe('script text', () => {
  it('case 21: the same text in NFC and NFD becomes the same text', () => {
    const text = 'Kính thưa bà con ấp Đồng Tâm, xã Thanh Bình!';
    expect(cleanText(text.normalize('NFD'))).toBe(text.normalize('NFC'));
  });

  it.each([
    ['line ends of every system', 'một\r\nhai\rba\u2028bốn', 'một\nhai\nba\nbốn'],
    ['tabs and surrounding space', '  một\thai \n', 'một hai'],
    ['control characters', 'mộ\u0000t\u0007 \u001b[31mhai\u0085', 'một [31mhai'],
    ['a byte order mark', '\ufeffmột', 'một'],
    ['marks that turn the reading direction', 'một \u202eiah\u202c', 'một iah'],
    ['half surrogate pairs', 'một\ud83d hai', 'một hai'],
    ['what is right already', 'một\n\nhai 🎺 Mnông', 'một\n\nhai 🎺 Mnông'],
  ])('cleans %s', (_, raw, clean) => expect(cleanText(raw)).toBe(clean));

  it('a mark between a letter and its accent does not make two texts of one', () => {
    expect(cleanText('a\ufeff\u0301')).toBe('á');
  });

  it('a title is one line', () => expect(cleanLine(' Bán\nhàng \t giả ')).toBe('Bán hàng giả'));

  it('counts characters, not code units', () => {
    expect(textFault('🎺'.repeat(LONGEST_TEXT))).toBeNull();
    expect(textFault('a'.repeat(LONGEST_TEXT + 1))).toBe('tooLong');
    expect(textFault(cleanText(' \u0000\n '))).toBe('empty');
  });
});
