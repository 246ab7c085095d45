export { type LaidLine, layOut, SKIP_REASONS, type SkippedLine, type SkipReason } from './laying.js';
export { type DayLine, linesOf } from './lines.js';
export { plannedLengthMs, type Timed } from './planned-length.js';
