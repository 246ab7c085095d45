export interface DocumentLimits {
  readonly maxInputBytes: number;
  /** Of the finished text, counted as UTF-8. */
  readonly maxTextBytes: number;
  /** Time the reading process may take, its start included. */
  readonly timeoutMs: number;
  /** Resident memory of the reading process. */
  readonly maxMemoryBytes: number;
}

export const DEFAULT_DOCUMENT_LIMITS: DocumentLimits = {
  maxInputBytes: 50 * 1024 ** 2,
  maxTextBytes: 1024 ** 2,
  timeoutMs: 20_000,
  maxMemoryBytes: 512 * 1024 ** 2,
};

export interface ArchiveLimits {
  /** Directories and rubbish count too. */
  readonly maxEntries: number;
  readonly maxEntryBytes: number;
  /** Of all entries together, inflated. */
  readonly maxTotalBytes: number;
  /** Inflated bytes for one stored byte. */
  readonly maxRatio: number;
  /** An entry below this is let through at any ratio: digital silence packs 1,000 to 1 and is no attack. */
  readonly ratioFromBytes: number;
}

export const DEFAULT_ARCHIVE_LIMITS: ArchiveLimits = {
  maxEntries: 2_000,
  maxEntryBytes: 512 * 1024 ** 2,
  maxTotalBytes: 2 * 1024 ** 3,
  maxRatio: 200,
  ratioFromBytes: 32 * 1024 ** 2,
};
