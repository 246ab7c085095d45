import type { Block } from './blocks.js';

/** One printed line of a PDF, in reading order. Lengths are points; y grows upwards. */
export interface PageLine {
  readonly page: number;
  readonly text: string;
  readonly x: number;
  readonly right: number;
  readonly y: number;
  readonly fontSize: number;
}

const PAGE_NUMBER = /^(?:[-–—]\s*)?(?:(?:trang|page)\s+)?\d{1,4}(?:\s*\/\s*\d{1,4})?(?:\s*[-–—])?$/i;
const BULLET = /^(?:[-–—+•*▪●◦]|\d{1,3}[.)]|[a-zđ][.)])\s/i;
const SENTENCE_END = /[.!?:;…]["”’»)]?$/;

export interface JoinedLines {
  readonly blocks: readonly Block[];
  readonly pageNumbersDropped: boolean;
  /** The first line set clearly larger than the text around it. */
  readonly title: string | null;
}

/** A PDF knows lines only. Paragraphs are found again by the space between lines, by indents and by lines that end early. */
export function joinPageLines(all: readonly PageLine[]): JoinedLines {
  const lines = withoutPageNumbers(all);
  const leading = median(
    lines.flatMap((line, index) => {
      const above = lines[index - 1];
      return above?.page === line.page && above.y > line.y ? [above.y - line.y] : [];
    }),
  );
  const textSize = median(lines.map(({ fontSize }) => fontSize));
  const margin = { left: Number.POSITIVE_INFINITY, right: Number.NEGATIVE_INFINITY };
  for (const { x, right } of lines) {
    margin.left = Math.min(margin.left, x);
    margin.right = Math.max(margin.right, right);
  }
  const blocks: Block[] = [];
  let open: string[] = [];
  let heading = false;
  let title: string | null = null;
  const flush = () => {
    if (open.length === 0) return;
    const text = open.join(' ');
    if (heading) title ??= text;
    blocks.push({ kind: heading ? 'heading' : BULLET.test(text) ? 'item' : 'paragraph', text });
    open = [];
  };
  for (const [index, line] of lines.entries()) {
    const above = lines[index - 1];
    if (above !== undefined && startsParagraph(line, above, leading, margin)) flush();
    if (open.length === 0) heading = line.fontSize > textSize * 1.15;
    open.push(line.text);
  }
  flush();
  return { blocks, pageNumbersDropped: lines.length < all.length, title };
}

function startsParagraph(
  line: PageLine,
  above: PageLine,
  leading: number,
  margin: { readonly left: number; readonly right: number },
): boolean {
  const width = margin.right - margin.left;
  if (BULLET.test(line.text)) return true;
  if (Math.abs(line.fontSize - above.fontSize) > above.fontSize * 0.1) return true;
  const endsEarly = above.right < margin.right - width * 0.15;
  // A sentence that runs on over the end of a page goes on in small letters.
  if (line.page !== above.page) return SENTENCE_END.test(above.text) || !/^\p{Ll}/u.test(line.text);
  const gap = above.y - line.y;
  // Negative: a new column.
  if (gap < 0) return SENTENCE_END.test(above.text);
  if (gap > leading * 1.35) return true;
  if (line.x - above.x > line.fontSize * 0.9 && line.x - margin.left < width * 0.4) return true;
  return endsEarly && (SENTENCE_END.test(above.text) || /^\p{Lu}/u.test(line.text));
}

/** A number that stands alone as the first or last line of its page. */
function withoutPageNumbers(lines: readonly PageLine[]): readonly PageLine[] {
  const pages = new Set(lines.map(({ page }) => page));
  return lines.filter((line, index) => {
    const alone = lines[index - 1]?.page !== line.page && lines[index + 1]?.page !== line.page;
    const outer = lines[index - 1]?.page !== line.page || lines[index + 1]?.page !== line.page;
    return !(outer && PAGE_NUMBER.test(line.text.trim()) && !(alone && pages.size === 1));
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
