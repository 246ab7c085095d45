import { MOST_ARCHIVE_BYTES, MOST_AUDIO_BYTES, MOST_DOCUMENT_BYTES, MOST_LIBRARY_BYTES } from './limits.js';

/** `library`: an archive that an export wrote. */
export type FileFamily = 'archive' | 'library' | 'audio' | 'document';

/** What the first bytes must hold for `familyOf`. */
export const HEAD_BYTES = 1_024;
/** First entry of an export, so that the beginning of the file tells what it is. */
export const LIBRARY_ENTRY = 'vang-library.json';

const AUDIO_NAME = /\.(mp3|m4a|mp4|aac|wav|ogg|oga|opus|flac|webm)$/i;
const DOCUMENT_NAME = /\.(docx?|docm|dot|pdf|md|markdown|txt|text)$/i;
const WORD_NAME = /\.(docx|docm)$/i;
const ARCHIVE_NAME = /\.zip$/i;

export const MOST_BYTES: Readonly<Record<FileFamily, number>> = {
  archive: MOST_ARCHIVE_BYTES,
  library: MOST_LIBRARY_BYTES,
  audio: MOST_AUDIO_BYTES,
  document: MOST_DOCUMENT_BYTES,
};

/** By the first bytes; the name only tells formats apart that share a container. @returns null for what nobody here reads */
export function familyOf(head: Uint8Array, name: string): FileFamily | null {
  const start = String.fromCharCode(...head.subarray(0, HEAD_BYTES));
  if (start.startsWith('PK')) {
    if (WORD_NAME.test(name)) return 'document';
    // Local header: the name of the first entry stands at byte 30.
    return start.slice(30, 30 + LIBRARY_ENTRY.length) === LIBRARY_ENTRY ? 'library' : 'archive';
  }
  if (isAudio(start)) return 'audio';
  // What the beginning does not show is judged by those who read the whole file.
  if (DOCUMENT_NAME.test(name) || !/\.[A-Za-z0-9]{1,8}$/.test(name)) return 'document';
  return AUDIO_NAME.test(name) || ARCHIVE_NAME.test(name) || isDocument(start) ? 'document' : null;
}

const isDocument = (start: string): boolean => start.startsWith('%PDF-') || start.startsWith('\xd0\xcf\x11\xe0');

function isAudio(start: string): boolean {
  if (start.startsWith('OggS') || start.startsWith('fLaC') || start.startsWith('ID3')) return true;
  if (start.startsWith('RIFF')) return start.slice(8, 12) === 'WAVE';
  if (start.startsWith('\x1a\x45\xdf\xa3')) return start.includes('webm');
  if (start.slice(4, 8) === 'ftyp') return /^(M4A |M4B |mp4|isom|iso2|dash|3gp|MSNV|qt {2})/.test(start.slice(8, 12));
  // Frame of MPEG layer III.
  return start.charCodeAt(0) === 0xff && (start.charCodeAt(1) & 0xe6) === 0xe2;
}
