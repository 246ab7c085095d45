import { Temporal } from 'temporal-polyfill';

const DAY_MS = 86_400_000;

/** Of one link. */
export const USUAL_PER_DAY = 10;
export const MOST_PER_DAY = 100;
export const MOST_PER_MINUTE = 5;
export const MOST_UPLOADS_PER_MINUTE = 20;
export const MOST_MB_PER_DAY = 200;
/** Of one request. */
export const MOST_FILES = 5;
export const MOST_FILE_MB = 30;
export const BYTES_PER_MB = 1_000_000;

/** How long a file waits for the request that names it. */
export const UNCLAIMED_MS = DAY_MS;

export const USUAL_TERM_MS = 365 * DAY_MS;
export const LONGEST_TERM_MS = 730 * DAY_MS;
export const USUAL_RECORDING_TERM_MS = 7 * DAY_MS;
export const LONGEST_RECORDING_TERM_MS = 30 * DAY_MS;
/** How often a person may read the same text by one link. */
export const MOST_TAKES = 3;

/** The day of the sender, whatever the zone of the machine (invariant 1). */
const ZONE = 'Asia/Ho_Chi_Minh';

/** When the local day of this moment began. UTC epoch ms. */
export const dayStartMs = (nowMs: number): number =>
  Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(ZONE).startOfDay().epochMilliseconds;
