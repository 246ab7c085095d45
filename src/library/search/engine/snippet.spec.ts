import { expect, it } from '@jest/globals';
import { termsOf } from './query.js';
import { snippetOf } from './snippet.js';

const marked = (text: string, search: string) => {
  const snippet = snippetOf(text, termsOf(search));
  return { text: snippet.text, words: snippet.marks.map(({ from, to }) => snippet.text.slice(from, to)) };
};

it('shows the words as they are written, found without diacritics', () => {
  expect(marked('Bà con vay vốn nuôi dê.', 'von nuoi')).toEqual({
    text: 'Bà con vay vốn nuôi dê.',
    words: ['vốn', 'nuôi'],
  });
});

it('shows the place where most of the words stand together', () => {
  const filler = 'Thưa bà con trong xã. '.repeat(40);
  const { text, words } = marked(`Có vốn. ${filler}Ngân hàng cho vay vốn nuôi dê. ${filler}`, 'vốn nuôi dê');
  expect(text).toContain('vay vốn nuôi dê');
  expect(text.length).toBeLessThanOrEqual(170);
  expect(words).toEqual(['vốn', 'nuôi', 'dê']);
});

it('is the beginning of a text that has none of the words', () => {
  expect(marked('Thông báo của xã.', 'dê')).toEqual({ text: 'Thông báo của xã.', words: [] });
  expect(marked('', 'dê')).toEqual({ text: '', words: [] });
});

it('is plain text: signs of HTML stay signs', () => {
  expect(marked('a <b>dê</b> & c', 'de').text).toBe('a <b>dê</b> & c');
});

it('never cuts a letter in half', () => {
  const { text } = marked('𝒳'.repeat(500), 'x');
  expect(Buffer.from(text).toString()).toBe(text);
});
