import { z } from 'zod';
import { id } from '../../../devices/protocol/index.js';
import { SKIP_REASONS } from '../engine/index.js';
import { localDay } from '../entries/entry.api.js';

/** The contract ends with the year 9999; a copy of its last weeks would lie beyond. */
const copiedDay = localDay.refine((day) => day < '9999-01-01');

/** Như hôm qua: one day to the next. Như tuần trước: seven days to those a week later. */
export const copyRequest = z.object({
  areaId: id,
  from: copiedDay,
  days: z.int().min(1).max(7),
  to: copiedDay,
  /** True: only tells what would be made. */
  dryRun: z.boolean().default(false),
});
export type CopyRequest = z.output<typeof copyRequest>;

const line = {
  title: z.string(),
  /** Local, where it is laid: YYYY-MM-DD and HH:MM:SS. */
  day: z.string(),
  time: z.string(),
  startMs: z.int(),
  /** As people read it. */
  words: z.string(),
};

export const copyAnswer = z.object({
  /** `entryId` null: a dry run. */
  made: z.array(z.object({ entryId: z.string().nullable(), ...line })),
  skipped: z.array(z.object({ reason: z.enum(SKIP_REASONS), ...line })),
});
export type CopyAnswer = z.output<typeof copyAnswer>;
