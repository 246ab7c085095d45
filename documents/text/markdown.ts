import type { DocumentNote } from '../document.js';
import { type Block, joinCells } from './blocks.js';

export interface ReadMarkdown {
  readonly blocks: readonly Block[];
  readonly notes: readonly DocumentNote[];
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}#{1,6}(?:[ \t]+|$)/;
const UNDERLINE = /^ {0,3}(?:=+|-+)[ \t]*$/;
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const ITEM = /^[ \t]*(?:([-*+])|(\d{1,9}[.)]))[ \t]+/;
const DEFINITION = /^ {0,3}\[[^[\]]{1,999}\]:/;

/**
 * The words of a Markdown text without its markup, for reading aloud. Every expression here runs in linear time: none may start
 * again inside what it has already read.
 */
export function readMarkdown(source: string): ReadMarkdown {
  const notes = new Set<DocumentNote>();
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  let fence: string | null = null;
  let inTable = false;
  const flush = () => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', text: inline(paragraph.join(' '), notes) });
    paragraph = [];
  };
  const lines = withoutComments(source, notes).split('\n');
  for (const [index, raw] of lines.entries()) {
    const line = raw.replace(/^(?: {0,3}>[ \t]?){1,20}/, '');
    const opened: string | undefined = FENCE.exec(line)?.[1];
    if (fence !== null) {
      if (opened?.startsWith(fence) && line.trim() === opened) fence = null;
      continue;
    }
    if (opened !== undefined) {
      flush();
      notes.add('codeDropped');
      fence = opened;
      continue;
    }
    const tableRow = line.includes('|') && (inTable || isTableRule(lines[index + 1] ?? ''));
    if (tableRow) {
      flush();
      inTable = true;
      notes.add('tablesFlattened');
      if (!isTableRule(line)) blocks.push({ kind: 'row', text: joinCells(cellsOf(withoutMarkup(line, notes))) });
      continue;
    }
    inTable = false;
    if (line.trim() === '') {
      flush();
    } else if (HEADING.test(line)) {
      flush();
      blocks.push({ kind: 'heading', text: inline(withoutClosingMarks(line.replace(HEADING, '')), notes) });
    } else if (UNDERLINE.test(line) && paragraph.length > 0) {
      blocks.push({ kind: 'heading', text: inline(paragraph.join(' '), notes) });
      paragraph = [];
    } else if (RULE.test(line)) {
      flush();
    } else if (ITEM.test(line)) {
      flush();
      const [mark, , number] = ITEM.exec(line) ?? [''];
      const text = line.slice(mark.length).replace(/^\[[ xX]\][ \t]+/, '');
      blocks.push({ kind: 'item', text: `${number ?? '-'} ${inline(text, notes)}` });
    } else if (paragraph.length === 0 && /^(?: {4}|\t)/.test(line) && blocks.at(-1)?.kind !== 'item') {
      notes.add('codeDropped');
    } else if (paragraph.length === 0 && blocks.at(-1)?.kind === 'item' && (lines[index - 1] ?? '').trim() !== '') {
      const item = blocks.pop() as Block;
      blocks.push({ kind: 'item', text: `${item.text} ${inline(line.trim(), notes)}` });
    } else if (!DEFINITION.test(line)) {
      // Two spaces or a backslash at the end are a line break.
      paragraph.push(/(?: {2}|\\)$/.test(line) ? `${line.replace(/\\$/, '').trim()}\n` : line.trim());
    }
  }
  flush();
  return { blocks, notes: [...notes] };
}

const isTableRule = (line: string): boolean => /^[|:\- \t]+$/.test(line) && line.includes('|') && line.includes('-');

function withoutComments(source: string, notes: Set<DocumentNote>): string {
  const parts = source.split('<!--');
  if (parts.length === 1) return source;
  notes.add('htmlDropped');
  return parts.map((part, index) => (index === 0 ? part : part.slice(endOf(part, '-->')))).join('');
}

function endOf(part: string, mark: string): number {
  const at = part.indexOf(mark);
  return at < 0 ? part.length : at + mark.length;
}

function withoutClosingMarks(heading: string): string {
  const text = heading.trimEnd();
  let end = text.length;
  while (text[end - 1] === '#') end -= 1;
  return end === 0 || text[end - 1] === ' ' ? text.slice(0, end) : text;
}

const cellsOf = (row: string): string[] => row.split('|').map((cell) => cell.replaceAll(PIPE, '|'));

/** Escaped characters wait in the private use area while the markup around them is removed. */
const ESCAPED_FROM = 0xf700;
const PIPE = String.fromCharCode(ESCAPED_FROM + '|'.charCodeAt(0));
/** Without one of these there is nothing to remove, and most lines have none. */
const MARKS = /[\\<[*_~`&\n\uf700-\uf7ff]/;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

const inline = (source: string, notes: Set<DocumentNote>): string => withoutMarkup(source, notes).replaceAll(PIPE, '|');

function withoutMarkup(source: string, notes: Set<DocumentNote>): string {
  if (!MARKS.test(source)) return source;
  const escaped = source
    .replace(/[\uf700-\uf7ff]/g, '')
    .replace(/\\([!-/:-@[-`{-~])/g, (_, mark: string) => String.fromCharCode(ESCAPED_FROM + mark.charCodeAt(0)));
  const withoutHtml = escaped
    .replace(/<((?:https?|mailto):[^<>\s]{1,2000})>/g, '$1')
    .replace(/<\/?[A-Za-z][^<>]{0,2000}>/g, (tag) => {
      notes.add('htmlDropped');
      return /^<br\b/i.test(tag) ? '\n' : '';
    });
  const text = withoutHtml
    .replace(
      /!\[([^[\]]{0,999})\](?:\([^()]{0,2000}(?:\([^()]{0,200}\)[^()]{0,200})?\)|\[[^[\]]{0,999}\])/g,
      (_, alt: string) => {
        notes.add('imagesIgnored');
        return alt;
      },
    )
    .replace(/\[\^[^[\]]{1,99}\]/g, () => {
      notes.add('footnotesIgnored');
      return '';
    })
    .replace(/\[([^[\]]{1,999})\](?:\([^()]{0,2000}(?:\([^()]{0,200}\)[^()]{0,200})?\)|\[[^[\]]{0,999}\])/g, '$1')
    .replace(/(?<!\d)\*+(?=\S)|(?<=\S)\*+(?!\d)/g, '')
    .replace(/(?<![\p{L}\p{N}_])_{1,3}(?=[^\s_])|(?<=[^\s_])_{1,3}(?![\p{L}\p{N}_])/gu, '')
    .replace(/~~|`+/g, '')
    .replace(/&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));/g, (_, name, decimal, hex) => {
      if (name !== undefined) return ENTITIES[name] ?? '';
      const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    });
  return text
    .replace(/[\uf700-\uf7ff]/g, (mark) =>
      mark === PIPE ? mark : String.fromCharCode(mark.charCodeAt(0) - ESCAPED_FROM),
    )
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}
