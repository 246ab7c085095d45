import { z } from 'zod';
import { AUDIO_STATES } from '../../library/index.js';

export const newRecordingLink = z.object({
  /** Who will read; named with the recording. */
  speakerName: z.string().max(120),
  /** Default seven days from now, at most thirty. UTC epoch ms. */
  validUntilMs: z.int().min(0).max(8.64e15).nullable().default(null),
});
export type NewRecordingLink = z.infer<typeof newRecordingLink>;

export const recordingLinkView = z.object({
  id: z.string(),
  itemId: z.string(),
  /** The version to be read. */
  version: z.int(),
  speakerName: z.string(),
  takesLeft: z.int(),
  validUntilMs: z.int(),
  /** Shown once. */
  address: z.string(),
});
export type RecordingLinkView = z.infer<typeof recordingLinkView>;

/** What the page without an account shows: the text to read, and what became of the last take. */
export const readingView = z.object({
  title: z.string(),
  text: z.string(),
  /** BCP 47. */
  language: z.string(),
  speakerName: z.string(),
  takesLeft: z.int(),
  validUntilMs: z.int(),
  mostFileBytes: z.int(),
  /** Null: nothing was recorded yet. */
  lastTake: z
    .object({
      state: z.enum(AUDIO_STATES),
      durationMs: z.int().nullable(),
      problem: z.object({ code: z.string(), vi: z.string(), en: z.string() }).nullable(),
    })
    .nullable(),
});
export type ReadingView = z.infer<typeof readingView>;
