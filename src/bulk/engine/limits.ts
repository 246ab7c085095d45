const DAY_MS = 86_400_000;
const MB = 1_000_000;

/** Of one import: files, and files inside ZIPs. */
export const MOST_LINES = 2_000;
/** Items of one export of a library that is brought in again. */
export const MOST_LIBRARY_ITEMS = 20_000;
/** Of one import, unpacked. */
export const MOST_IMPORT_BYTES = 2_000 * MB;

export const MOST_ARCHIVE_BYTES = 300 * MB;
/** An export may hold the sound of a whole library. */
export const MOST_LIBRARY_BYTES = MOST_IMPORT_BYTES;
export const MOST_AUDIO_BYTES = 100 * MB;
export const MOST_DOCUMENT_BYTES = 50 * MB;
export const MB_BYTES = MB;

/** An export is forgotten after this. */
export const EXPORT_KEPT_MS = 7 * DAY_MS;
