import { crc32 } from 'node:zlib';
import { ArchiveEntryProblem } from '../problem.js';

const MAX_PATH_BYTES = 1_024;
const MAX_SEGMENT_BYTES = 255;
/** Control characters, and marks that make a name look like another one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]/;
const RUBBISH = /(?:^|\/)(?:__MACOSX(?:\/|$)|\.DS_Store$|\._[^/]*$|Thumbs\.db$|desktop\.ini$)/i;

/**
 * The stored name as UTF-8, whatever the flag says: most writers store UTF-8 and forget the flag. Other bytes would have to be
 * guessed among a dozen code pages, and a guessed name is a wrong name: without Info-ZIP's UTF-8 copy of the name they are refused.
 */
export function decodeEntryName(
  raw: Buffer,
  extraFields: readonly { readonly id: number; readonly data: Buffer }[],
): string {
  return utf8(raw) ?? unicodePath(raw, extraFields) ?? refuseName();
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

const UNICODE_PATH = 0x7075;

function unicodePath(
  raw: Buffer,
  extraFields: readonly { readonly id: number; readonly data: Buffer }[],
): string | null {
  const data = extraFields.find(({ id }) => id === UNICODE_PATH)?.data;
  // Version 1, then the checksum of the name it is a copy of: an outdated copy does not count.
  if (data === undefined || data.length < 6 || data[0] !== 1 || data.readUInt32LE(1) !== crc32(raw)) return null;
  return utf8(data.subarray(5));
}

function refuseName(): never {
  throw new ArchiveEntryProblem('archive.nameNotUtf8', 'the name is not UTF-8');
}

/** For a report only: what can be shown of a name that was refused. */
export const showableName = (raw: Uint8Array): string =>
  new TextDecoder().decode(raw.subarray(0, MAX_PATH_BYTES)).replace(new RegExp(FORBIDDEN, 'g'), '\ufffd');

/** A relative path of plain segments with `/`; refuses everything that could lead out of a folder. */
export function cleanEntryName(decoded: string): string {
  if (FORBIDDEN.test(decoded))
    throw new ArchiveEntryProblem('archive.nameNotAllowed', 'control characters in the name');
  const name = decoded.replaceAll('\\', '/').normalize('NFC');
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) {
    throw new ArchiveEntryProblem('archive.pathOutside', 'an absolute path');
  }
  const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
  // Windows takes ".. " and "..." for ".." in places.
  if (segments.some((segment) => /^\.\.[. ]*$/.test(segment))) {
    throw new ArchiveEntryProblem('archive.pathOutside', 'a path through a parent folder');
  }
  if (segments.length === 0) throw new ArchiveEntryProblem('archive.nameNotAllowed', 'an empty name');
  const clean = segments.join('/');
  if (
    Buffer.byteLength(clean) > MAX_PATH_BYTES ||
    segments.some((segment) => Buffer.byteLength(segment) > MAX_SEGMENT_BYTES)
  ) {
    throw new ArchiveEntryProblem('archive.nameNotAllowed', 'the name is too long');
  }
  return clean;
}

/** What file managers leave in archives without being asked. */
export const isRubbish = (name: string): boolean => RUBBISH.test(name);
