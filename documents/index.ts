/** Text out of office files, and a safe look into ZIP archives; other rooms import nothing else of `documents/`. */
export { cleanEntryName } from './archive/entry-name.js';
export {
  type ArchiveEntry,
  type ReadArchiveRequest,
  type RefusedEntry,
  readArchive,
} from './archive/read-archive.js';
export {
  DOCUMENT_FORMATS,
  DOCUMENT_NOTES,
  type DocumentFormat,
  type DocumentNote,
  type ExtractedDocument,
  type FrontMatter,
  type FrontMatterScalar,
  TEXT_ENCODINGS,
  type TextEncoding,
} from './document.js';
export { type ExtractRequest, extractDocument } from './extract.js';
export {
  type ArchiveLimits,
  DEFAULT_ARCHIVE_LIMITS,
  DEFAULT_DOCUMENT_LIMITS,
  type DocumentLimits,
} from './limits.js';
export {
  ARCHIVE_PROBLEM_CODES,
  ArchiveEntryProblem,
  type ArchiveProblemCode,
  DOCUMENT_PROBLEM_CODES,
  DocumentProblem,
  type DocumentProblemCode,
} from './problem.js';
