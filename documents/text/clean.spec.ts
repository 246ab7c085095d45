import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cleanText } from './clean.js';

describe('what cannot be seen is removed, and said so', () => {
  test.each<[string, string, string, string[]]>([
    ['control characters', 'a\u0000b\u001bc\u007fd\u0085e', 'abcd\ne', ['controlCharactersRemoved']],
    ['reordering', '\u202eđổi\u202c \u2066thứ\u2069 tự\u200f', 'đổi thứ tự', ['bidiRemoved']],
    ['hidden marks', 'a\u00adb\ufeffc\u2060d\u{e0041}e\uf0b7f', 'abcdef', ['controlCharactersRemoved']],
    ['halves of characters', 'a\ud800b', 'ab', ['controlCharactersRemoved']],
    ['emoji are kept', 'Vui 🎉 1 © ☎\ufe0f 👨‍👩‍👧', 'Vui 🎉 1 © ☎\ufe0f 👨‍👩‍👧', ['emojiKept']],
    ['signs are no emoji', '© ® ™ 1 # *', '© ® ™ 1 # *', []],
    ['Khmer keeps its joins', 'សួ\u200bស្តី', 'សួ\u200bស្តី', []],
    ['a mark at the start is no secret', '\ufeffa', 'a', []],
    ['letters are composed', 'Tiếng Việt'.normalize('NFD'), 'Tiếng Việt', []],
    ['spaces and lines are plain', ' a \t b\u00a0c\r\nd\re\u2028f\fg\n\n\n\nh ', 'a b c\nd\ne\nf\n\ng\n\nh', []],
  ])('%s', (_, dirty, text, notes) => {
    expect(cleanText(dirty)).toEqual({ text, notes });
  });
});

test('what is clean stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (dirty) => {
      const { text } = cleanText(dirty);
      const again = cleanText(text);
      expect(again.text).toBe(text);
      expect(again.notes.filter((note) => note !== 'emojiKept')).toEqual([]);
    }),
    { seed: 20_260_305, numRuns: 500 },
  );
});

test.each([' ', '\n', 'a\u0301', '\u202e', 'x'])('a megabyte of %j is cleaned in the time of a megabyte', (piece) => {
  const started = performance.now();
  cleanText(`${piece.repeat(2 ** 20)}x`);
  expect(performance.now() - started).toBeLessThan(30_000);
});
