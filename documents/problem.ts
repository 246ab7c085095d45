/** Every way in which a whole document or archive can be refused. The codes are stable: the service translates them for the user. */
export const DOCUMENT_PROBLEM_CODES = [
  'document.empty',
  'document.unknownFormat',
  'document.notText',
  'document.noText',
  'document.damaged',
  'document.encrypted',
  'document.forbiddenXml',
  'document.tooLarge',
  'document.tooSlow',
  'archive.notArchive',
  'archive.damaged',
  'archive.encrypted',
  'archive.tooManyEntries',
  'archive.bomb',
] as const;

export type DocumentProblemCode = (typeof DOCUMENT_PROBLEM_CODES)[number];

/** Every way in which one entry of an archive can be refused while the others go on. */
export const ARCHIVE_PROBLEM_CODES = [
  'archive.nameNotUtf8',
  'archive.nameNotAllowed',
  'archive.pathOutside',
  'archive.duplicate',
  'archive.link',
  'archive.encryptedEntry',
  'archive.methodUnsupported',
  'archive.nested',
  'archive.tooLarge',
  'archive.entryDamaged',
] as const;

export type ArchiveProblemCode = (typeof ARCHIVE_PROBLEM_CODES)[number];

/** `detail` is for the log (English, may quote a library); never for the screen. */
export class DocumentProblem extends Error {
  override readonly name = 'DocumentProblem';

  constructor(
    readonly code: DocumentProblemCode,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${detail}`, options);
  }
}

/** Thrown into the reader of one archive entry; `readArchive` reports it through `onRefused` and goes on. */
export class ArchiveEntryProblem extends Error {
  override readonly name = 'ArchiveEntryProblem';

  constructor(
    readonly code: ArchiveProblemCode,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${detail}`, options);
  }
}
