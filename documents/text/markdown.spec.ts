import { describe, expect, test } from '@jest/globals';
import { joinBlocks } from './blocks.js';
import { cleanText } from './clean.js';
import { readMarkdown } from './markdown.js';

const read = (source: string) => cleanText(joinBlocks(readMarkdown(source).blocks)).text;

describe('markup is removed for reading aloud', () => {
  test.each([
    ['headings', '# Một\n## Hai ##\nBa\n===\nBốn\n---\n', 'Một\n\nHai\n\nBa\n\nBốn'],
    ['lines of a paragraph', 'một\nhai\n\nba', 'một hai\n\nba'],
    ['line breaks', 'một  \nhai\\\nba', 'một\nhai\nba'],
    ['emphasis', '**đậm** *nghiêng* __đậm__ _nghiêng_ ***cả hai*** ~~bỏ~~', 'đậm nghiêng đậm nghiêng cả hai bỏ'],
    ['marks that mean nothing', '2*3 = 6, a_b_c, 5 * 4, x_', '2*3 = 6, a_b_c, 5 * 4, x'],
    ['links', '[xem ở đây](https://vi.du/a_(b) "Tên") và [đây][1]\n\n[1]: https://vi.du', 'xem ở đây và đây'],
    ['addresses', '<https://vi.du/a> <mailto:x@vi.du>', 'https://vi.du/a mailto:x@vi.du'],
    ['pictures', '![lá cờ](co.png) [![x](y)](z)', 'lá cờ x'],
    ['lists', '- một\n- hai\n  tiếp\n* ba\n+ bốn\n- [x] năm', '- một\n- hai tiếp\n- ba\n- bốn\n- năm'],
    ['numbered lists', '1. một\n2) hai', '1. một\n2) hai'],
    ['quotes', '> Lời\n> dặn\n>> dò', 'Lời dặn dò'],
    ['tables', '| Thôn | Ngày |\n|:--|--:|\n| **1** | 5/3 |\n| 2 \\| 3 | |', 'Thôn; Ngày\n1; 5/3\n2 | 3'],
    ['code', 'trước\n```js\nalert(1)\n```\nsau `x` này\n\n    thụt vào', 'trước\n\nsau x này'],
    ['an open code block', 'trước\n~~~\nmất', 'trước'],
    ['HTML', '<p class="a">Xin<br>chào</p> <!-- giấu\n\nkín --> bà con', 'Xin\nchào bà con'],
    ['an open comment', 'thấy <!-- giấu', 'thấy'],
    ['entities', 'A &amp; B &lt;C&gt; &#272; &#x1EA0; &#0; &bogus;', 'A & B <C> Đ Ạ &bogus;'],
    ['escapes', '\\*không nghiêng\\* \\# \\[x\\](y) \\\\ \\<b\\>', '*không nghiêng* # [x](y) \\ <b>'],
    ['rules', 'một\n\n***\n\n- - -\n\nhai', 'một\n\nhai'],
    ['footnotes', 'một[^1]\n\n[^1]: chú thích', 'một'],
  ])('%s', (_, source, expected) => {
    expect(read(source)).toBe(expected);
  });

  test('and what is lost is said', () => {
    const source = '| a | b |\n|---|---|\n\n```\nx\n```\n\n![x](y) <b>c</b> z[^1]';
    expect(readMarkdown(source).notes).toEqual([
      'tablesFlattened',
      'codeDropped',
      'htmlDropped',
      'imagesIgnored',
      'footnotesIgnored',
    ]);
  });
});

test.each([
  '[',
  '![',
  '[a](',
  '[^',
  '<a',
  '<!--',
  '*',
  '_a',
  '**a ',
  '`',
  '> ',
  '|',
  '- ',
  ' ',
  'a ',
  '#',
  '&#',
  '\\',
  '\t',
  '-|',
  '- x\n',
  '|\n',
  '***\n',
])('a megabyte of %j is read in the time of a megabyte', (piece) => {
  const source = piece.repeat(2 ** 20 / piece.length);
  const started = performance.now();
  readMarkdown(`${source}x`);
  // A quadratic expression would take minutes.
  expect(performance.now() - started).toBeLessThan(30_000);
});
