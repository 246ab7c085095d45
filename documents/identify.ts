import { extname } from 'node:path';
import type { DocumentFormat } from './document.js';
import { DocumentProblem } from './problem.js';

export interface IdentifiedFormat {
  readonly format: DocumentFormat;
  /** The name promises something else than the bytes are. */
  readonly misleading: boolean;
}

const FORMAT_OF_EXTENSION: Readonly<Record<string, DocumentFormat>> = {
  '.docx': 'docx',
  '.docm': 'docx',
  '.doc': 'doc',
  '.dot': 'doc',
  '.pdf': 'pdf',
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.txt': 'text',
  '.text': 'text',
  '': 'text',
};

/** Formats that offices send and that are not read: saying which one helps more than "damaged". */
const FOREIGN: readonly (readonly [start: string, name: string])[] = [
  ['{\\rtf', 'RTF'],
  ['\x89PNG', 'PNG'],
  ['\xff\xd8\xff', 'JPEG'],
  ['GIF8', 'GIF'],
  ['RIFF', 'RIFF'],
  ['ID3', 'MP3'],
  ['OggS', 'Ogg'],
  ['fLaC', 'FLAC'],
  ['Rar!', 'RAR'],
  ['7z\xbc\xaf', '7-Zip'],
  ['\x1f\x8b', 'gzip'],
  ['\x7fELF', 'ELF'],
  ['MZ', 'a Windows program'],
];

/** By the first bytes; the extension of `name` tells Markdown from text and nothing else. */
export function identifyDocument(head: Uint8Array, name: string): IdentifiedFormat {
  const extension = extname(name.trim()).toLowerCase();
  const promised = FORMAT_OF_EXTENSION[extension];
  const start = Buffer.from(head.subarray(0, 1_024)).toString('latin1');
  const found = formatOfBytes(start, promised);
  if (found !== null) return { format: found, misleading: extension !== '' && promised !== found };
  const foreign = FOREIGN.find(([mark]) => start.startsWith(mark));
  // A notice may begin with "MZ"; only bytes that no text has make it a program.
  if (foreign !== undefined && (foreign[0].length > 2 || start.includes('\0'))) {
    throw new DocumentProblem('document.unknownFormat', `${foreign[1]} named ${extension}`);
  }
  if (promised === 'markdown' || promised === 'text') return { format: promised, misleading: false };
  throw new DocumentProblem(
    promised === undefined ? 'document.unknownFormat' : 'document.damaged',
    `not what ${extension} files begin with`,
  );
}

function formatOfBytes(start: string, promised: DocumentFormat | undefined): DocumentFormat | null {
  if (start.startsWith('PK\x03\x04') || start.startsWith('PK\x05\x06')) return 'docx';
  if (start.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) return 'doc';
  // Some writers put a few bytes of their own before the mark.
  if (start.startsWith('%PDF-') || (promised === 'pdf' && start.includes('%PDF-'))) return 'pdf';
  return null;
}
