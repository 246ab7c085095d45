import { open, readFile } from 'node:fs/promises';
import type { DocumentFormat, DocumentNote, ExtractedDocument, TextEncoding } from './document.js';
import { type IdentifiedFormat, identifyDocument } from './identify.js';
import { DEFAULT_DOCUMENT_LIMITS, type DocumentLimits } from './limits.js';
import { DocumentProblem } from './problem.js';
import { type ReadBlock, readInProcess } from './reader/reader.process.js';
import { type Block, joinBlocks, joinCells } from './text/blocks.js';
import { cleanText } from './text/clean.js';
import { decodeText } from './text/decode.js';
import { conversionByFont, type FontConversion, type FontRun } from './text/font-runs.js';
import { splitFrontMatter } from './text/front-matter.js';
import { convertLegacyParts } from './text/legacy.js';
import { readMarkdown } from './text/markdown.js';
import { joinPageLines } from './text/page-lines.js';

export interface ExtractRequest {
  readonly path: string;
  /** As the sender called it; only its extension is looked at, and only as a hint. */
  readonly name: string;
  readonly signal?: AbortSignal;
  readonly limits?: Partial<DocumentLimits>;
}

/** Front matter and marks around a text that is just within its limit. */
const SMALL = 16_384;

/** Text that may still hold what has to be cleaned away. */
interface RawDocument {
  readonly title: string | null;
  readonly text: string;
  readonly encoding: TextEncoding | null;
  readonly notes: readonly DocumentNote[];
  readonly frontMatter: ExtractedDocument['frontMatter'];
}

/**
 * The text of an office document, PDF, Markdown or text file. Throws `DocumentProblem`; errors of the file system (ENOENT) and the
 * signal's reason pass through as they are.
 */
export async function extractDocument(request: ExtractRequest): Promise<ExtractedDocument> {
  const { path, name, signal } = request;
  signal?.throwIfAborted();
  const limits = { ...DEFAULT_DOCUMENT_LIMITS, ...request.limits };
  const { format, misleading } = await identifyFile(path, name, limits);
  const raw =
    format === 'text' || format === 'markdown'
      ? await readTextFile(path, format, signal)
      : await readOfficeFile(path, format, limits, signal);
  return finish(raw, format, misleading, limits);
}

async function identifyFile(path: string, name: string, limits: DocumentLimits): Promise<IdentifiedFormat> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size === 0) throw new DocumentProblem('document.empty', 'no bytes');
    if (size > limits.maxInputBytes) throw new DocumentProblem('document.tooLarge', `${size} bytes`);
    const head = new Uint8Array(1_024);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const identified = identifyDocument(head.subarray(0, bytesRead), name);
    // Two bytes for one of the result: UTF-16, split letters, markup. Text is read in this process, so this bounds its time too.
    const text = identified.format === 'text' || identified.format === 'markdown';
    if (text && size > limits.maxTextBytes * 2 + SMALL)
      throw new DocumentProblem('document.tooLarge', `${size} bytes of text`);
    return identified;
  } finally {
    await file.close();
  }
}

async function readTextFile(
  path: string,
  format: 'text' | 'markdown',
  signal: AbortSignal | undefined,
): Promise<RawDocument> {
  const bytes = await readFile(path);
  signal?.throwIfAborted();
  const decoded = decodeText(bytes);
  // What was decoded from an old encoding is Unicode now; Unicode itself may hold copied pieces of one.
  const unicode = decoded.encoding.startsWith('utf-')
    ? convertLegacyParts(decoded.text)
    : { text: decoded.text, notes: [] };
  const { encoding } = decoded;
  const notes = [...decoded.notes, ...unicode.notes];
  if (format === 'text') return { title: null, text: unicode.text, encoding, notes, frontMatter: null };
  const { frontMatter, body, ignored } = splitFrontMatter(unicode.text);
  if (ignored) notes.push('frontMatterIgnored');
  const markdown = readMarkdown(body.replace(/\r\n?/g, '\n'));
  const title = frontMatter?.title;
  return {
    title: typeof title === 'string' && title.trim() !== '' ? title : firstHeading(markdown.blocks),
    text: joinBlocks(markdown.blocks),
    encoding,
    notes: [...notes, ...markdown.notes],
    frontMatter,
  };
}

async function readOfficeFile(
  path: string,
  format: 'docx' | 'doc' | 'pdf',
  limits: DocumentLimits,
  signal: AbortSignal | undefined,
): Promise<RawDocument> {
  const read = await readInProcess({ path, format, limits, signal });
  if ('lines' in read) {
    const { blocks, title, pageNumbersDropped } = joinPageLines(read.lines);
    const notes: DocumentNote[] = pageNumbersDropped ? ['pageNumbersDropped'] : [];
    return officeDocument(blocks, title, [...read.notes, ...notes]);
  }
  const conversion = conversionByFont(read.blocks.flatMap(runsOf));
  const blocks = read.blocks.map((block) => convertBlock(block, conversion));
  return officeDocument(blocks, firstHeading(blocks), [...read.notes, ...conversion.notes]);
}

const runsOf = (block: ReadBlock): readonly FontRun[] => ('cells' in block ? block.cells.flat() : block.runs);

function convertBlock(block: ReadBlock, { convert }: FontConversion): Block {
  if (block.kind === 'row')
    return { kind: 'row', text: joinCells(block.cells.map((runs) => runs.map(convert).join(''))) };
  const text = block.runs.map(convert).join('');
  return { kind: block.kind, text: block.kind === 'item' && text.trim() !== '' ? `- ${text.trim()}` : text };
}

function officeDocument(blocks: readonly Block[], title: string | null, notes: readonly DocumentNote[]): RawDocument {
  // A title is too short to be judged alone: it is converted as the text is.
  const parts = [title?.replace(/\n+/g, ' ') ?? '', joinBlocks(blocks)];
  const converted = convertLegacyParts(parts.join('\n'));
  const end = converted.text.indexOf('\n');
  return {
    title: title === null ? null : converted.text.slice(0, end),
    text: converted.text.slice(end + 1),
    encoding: null,
    notes: [...notes, ...converted.notes],
    frontMatter: null,
  };
}

const firstHeading = (blocks: readonly Block[]): string | null =>
  blocks.find(({ kind, text }) => kind === 'heading' && text.trim() !== '')?.text ?? null;

function finish(
  raw: RawDocument,
  format: DocumentFormat,
  misleading: boolean,
  limits: DocumentLimits,
): ExtractedDocument {
  const { text, notes } = cleanText(raw.text);
  if (text === '') {
    const code = raw.encoding === null ? 'document.noText' : 'document.empty';
    throw new DocumentProblem(code, 'nothing is left to read');
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.maxTextBytes) throw new DocumentProblem('document.tooLarge', `${bytes} bytes of text`);
  const title = raw.title === null ? '' : cleanText(raw.title).text.replace(/\n+/g, ' ');
  return {
    format,
    title: title === '' ? null : title,
    text,
    encoding: raw.encoding,
    notes: [
      ...new Set<DocumentNote>([...(misleading ? ['extensionMisleading' as const] : []), ...raw.notes, ...notes]),
    ],
    frontMatter: raw.frontMatter,
  };
}
