import { describe, expect, test } from '@jest/globals';
import { joinPageLines, type PageLine } from './page-lines.js';

/** Lines of one page, 15 points apart unless told; the page is 400 points wide. */
function page(number: number, lines: readonly (string | Partial<PageLine>)[]): PageLine[] {
  let y = 800;
  return lines.map((given) => {
    const line = typeof given === 'string' ? { text: given } : given;
    y = line.y ?? y - 15;
    return { page: number, text: '', x: 50, right: 450, fontSize: 12, ...line, y };
  });
}
const joined = (lines: readonly PageLine[]) => joinPageLines(lines).blocks.map(({ text }) => text);

describe('lines of a page become paragraphs again', () => {
  test('lines that fill the page run on', () => {
    expect(joined(page(1, ['một', 'hai', 'ba']))).toEqual(['một hai ba']);
  });

  test('a wider space, an indent, a line that ends early begin a new one', () => {
    const lines = page(1, [
      'một',
      { text: 'hết.', right: 200 },
      'hai',
      { text: 'ba', y: 720 },
      { text: 'Bốn', x: 80 },
      'năm',
      'sáu',
    ]);
    expect(joined(lines)).toEqual(['một hết.', 'hai', 'ba', 'Bốn năm sáu']);
  });

  test('a short line in the middle of a sentence does not', () => {
    expect(joined(page(1, ['một', { text: 'hai', right: 200 }, 'ba']))).toEqual(['một hai ba']);
  });

  test('bullets and numbers are items', () => {
    const { blocks } = joinPageLines(page(1, ['Gồm:', '- một', 'tiếp', '2. hai', 'a) ba', 'đ) bốn']));
    expect(blocks.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'paragraph Gồm:',
      'item - một tiếp',
      'item 2. hai',
      'item a) ba',
      'item đ) bốn',
    ]);
  });

  test('a larger line is a heading, the first one the title', () => {
    const lines = page(1, [{ text: 'THÔNG', fontSize: 18 }, { text: 'BÁO', fontSize: 18 }, 'một', 'hai', 'ba']);
    expect(joinPageLines(lines)).toMatchObject({
      title: 'THÔNG BÁO',
      blocks: [{ kind: 'heading' }, { kind: 'paragraph', text: 'một hai ba' }],
    });
  });

  test('a sentence goes on over the page, a new one does not', () => {
    expect(joined([...page(1, ['một']), ...page(2, ['hai.']), ...page(3, ['Ba'])])).toEqual(['một hai.', 'Ba']);
  });
});

describe('page numbers', () => {
  test.each(['1', '- 1 -', '– 12 –', 'Trang 3', 'trang 3/10', '3 / 10'])(
    '"%s" alone at the edge of a page goes',
    (text) => {
      const { blocks, pageNumbersDropped } = joinPageLines([...page(1, ['một', text]), ...page(2, [text, 'hai'])]);
      expect(blocks.map((block) => block.text)).toEqual(['một hai']);
      expect(pageNumbersDropped).toBe(true);
    },
  );

  test('a number inside the text, or the only line there is, stays', () => {
    expect(joined(page(1, ['một', '2026', 'hai']))).toEqual(['một 2026 hai']);
    expect(joined(page(1, ['2026']))).toEqual(['2026']);
  });
});

test('no lines, no paragraphs', () => {
  expect(joinPageLines([])).toEqual({ blocks: [], pageNumbersDropped: false, title: null });
});
