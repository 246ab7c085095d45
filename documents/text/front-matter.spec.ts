import { describe, expect, test } from '@jest/globals';
import { splitFrontMatter } from './front-matter.js';

describe('front matter', () => {
  test('gives plain values and lists of them; a date stays as it was written', () => {
    const { frontMatter, body, ignored } = splitFrontMatter(
      '---\r\ntitle: "Lịch"\r\nlang: vi\r\nday: 2026-03-05\r\ncount: 3\r\nurgent: true\r\nnone:\r\ntopics: [y tế, 7]\r\n---\r\nThân bài',
    );
    expect(frontMatter).toEqual({
      title: 'Lịch',
      lang: 'vi',
      day: '2026-03-05',
      count: 3,
      urgent: true,
      none: null,
      topics: ['y tế', 7],
    });
    expect(body.trim()).toBe('Thân bài');
    expect(ignored).toBe(false);
  });

  test.each([
    ['a text without it', 'Xin chào\n---\na: 1\n---'],
    ['a rule at the top', '---\nXin chào'],
    ['no text', ''],
  ])('%s stays whole', (_, text) => {
    expect(splitFrontMatter(text)).toEqual({ frontMatter: null, body: text, ignored: false });
  });

  test('of nothing is nothing', () => {
    expect(splitFrontMatter('---\n---\nx')).toMatchObject({ frontMatter: {}, ignored: false });
  });

  test.each([
    ['broken YAML', 'a: [1'],
    ['an alias that repeats itself', 'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]'],
    ['the same key twice', 'a: 1\na: 2'],
    ['a list', '- 1\n- 2'],
    ['nesting without end', `a: ${'['.repeat(8_000)}`],
  ])('with %s is left out, and said so', (_, yaml) => {
    expect(splitFrontMatter(`---\n${yaml}\n---\nThân bài`)).toEqual({
      frontMatter: null,
      body: '\nThân bài',
      ignored: true,
    });
  });

  test('keeps what is plain and drops the rest', () => {
    const { frontMatter, ignored } = splitFrontMatter(
      '---\nkept: yes\nnested: {a: 1}\nmixed: [1, {b: 2}]\n__proto__: x\nconstructor: word\n---\n',
    );
    expect(frontMatter).toEqual({ kept: 'yes', constructor: 'word' });
    expect(Object.getPrototypeOf(frontMatter)).toBe(Object.prototype);
    expect(ignored).toBe(true);
  });

  test('longer than metadata ever are is text', () => {
    const text = `---\n${'a: 1 # long\n'.repeat(2_000)}---\nx`;
    expect(splitFrontMatter(text)).toEqual({ frontMatter: null, body: text, ignored: false });
  });
});
