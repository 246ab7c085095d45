import { describe, expect, test } from '@jest/globals';
import { MAX_TEXT_LENGTH, speakableText } from './text.js';

describe('text for the voice', () => {
  test('is NFC, whichever way it was typed', () => {
    expect(speakableText('Đắk Nông'.normalize('NFD'))).toBe('Đắk Nông'.normalize('NFC'));
  });
  test('holds no control, format, private or broken characters', () => {
    expect(speakableText('bà\u0001con\u200b\ufeff \u202exã\ue000 \ud800ấp\r\nthôn')).toBe('bà con xã   ấp\nthôn');
  });
  test('holds no phonemes and no markup; comparisons are spoken', () => {
    expect(speakableText('[[h@loU]] <break/> 5 < 6')).not.toMatch(/[[\]<>]/);
    expect(speakableText('thu nhập < 5 triệu')).toMatch(/thu nhập +nhỏ hơn +5 triệu/);
  });
  test.each([
    ['SSML', '<speak><audio src="http://192.0.2.1/a.wav"/>xin chào</speak>'],
    ['half of phonemes', ']] xin chào [[ và [[h@loU]]'],
    ['a NUL and an escape', 'xin\0 \u001b[2J chào'],
    ['a right-to-left override', 'xin \u202echào\u202c \u2066và\u2069'],
  ])('holds nothing that a synthesizer obeys: %s', (_, text) => {
    const plain = speakableText(text);
    expect(plain).toMatch(/xin.*chào/s);
    expect(plain).not.toMatch(/[<>[\]\p{Cf}\p{Cc}]/u);
  });
  test.each(['', '  \n', '… — !', '\u0000'])('without a word is refused: %j', (text) => {
    expect(() => speakableText(text)).toThrow('speech.textEmpty');
  });
  test('is refused from 20,001 characters', () => {
    expect(speakableText('a'.repeat(MAX_TEXT_LENGTH))).toHaveLength(20_000);
    expect(() => speakableText('a'.repeat(MAX_TEXT_LENGTH + 1))).toThrow('speech.textTooLong');
    expect(() => speakableText('a'.repeat(10 * MAX_TEXT_LENGTH))).toThrow('speech.textTooLong');
  });
});
