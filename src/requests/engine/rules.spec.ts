import { describe, expect, it } from '@jest/globals';
import { draftSource } from './draft-source.js';
import { dayStartMs } from './limits.js';
import { notesOn, titleFor } from './sent-text.js';

const audio = { family: 'audio' } as const;
const document = { family: 'document' } as const;

describe('what one tap takes', () => {
  it.each([
    ['text alone', { text: 'x', files: [] }, null, { from: 'text' }],
    ['a voice before everything', { text: 'x', files: [document, audio] }, null, { from: 'recording', file: 1 }],
    [
      'a document before the text that comes with it',
      { text: 'x', files: [document] },
      null,
      { from: 'document', file: 0 },
    ],
    ['the operator’s own choice', { text: 'x', files: [document, audio] }, 'text', { from: 'text' }],
    ['a file by its place', { text: null, files: [document, audio] }, 0, { from: 'document', file: 0 }],
    ['text that there is not', { text: null, files: [audio] }, 'text', null],
    ['a place that there is not', { text: 'x', files: [audio] }, 1, null],
    ['nothing', { text: null, files: [] }, null, null],
  ] as const)('%s', (_, sent, wanted, source) => expect(draftSource(sent, wanted)).toEqual(source));
});

describe('the day of a link', () => {
  it('a day begins at midnight in Viet Nam, wherever the machine is', () => {
    const midnight = Date.parse('2026-01-05T00:00:00+07:00');
    expect(dayStartMs(midnight)).toBe(midnight);
    expect(dayStartMs(midnight - 1)).toBe(midnight - 86_400_000);
    expect(dayStartMs(Date.parse('2026-01-05T23:59:59+07:00'))).toBe(midnight);
  });
});

describe('what is said of a text', () => {
  it.each([
    ['Họp ấp\r\nngày\t5/3', []],
    ['a\u0007', ['controlCharactersRemoved']],
    ['a\ud83d', ['controlCharactersRemoved']],
    ['a\u202eb', ['bidiRemoved']],
    ['🎺', ['emojiKept']],
    ['5 * 3 # ©', ['emojiKept']],
  ])('%j', (raw, notes) => expect(notesOn(raw)).toEqual(notes));

  it('a missing title is the first line, cut, or who asks', () => {
    expect(titleFor('Cắt điện', 'x', 'Điện lực')).toBe('Cắt điện');
    expect(titleFor('', 'Cắt điện\nNgày mai', 'Điện lực')).toBe('Cắt điện');
    expect([...titleFor('', '🎺'.repeat(100), 'Điện lực')]).toHaveLength(80);
    expect(titleFor('', null, 'Điện lực')).toBe('Đề nghị của Điện lực');
  });
});
