import { z } from 'zod';
import { ANSWERS } from './engine/sessions.js';

const heardItem = z.object({ title: z.string(), startMs: z.int() });

export const askedSession = z.object({
  id: z.string(),
  /** Local, of Viet Nam. */
  day: z.string(),
  startMs: z.int(),
  endMs: z.int(),
  /** What should have been heard. */
  items: z.array(heardItem),
  /** The head's own; null: not answered yet. */
  answer: z.enum(ANSWERS).nullable(),
  answeredAtMs: z.int().nullable(),
  /** Until then it may be corrected; null: it may not, or there is nothing to correct. */
  correctableUntilMs: z.int().nullable(),
  /** How many answers there are by now, corrections included: goes back with the next one. */
  seen: z.int(),
});
export type AskedSession = z.infer<typeof askedSession>;

/** What the page without an account shows: whose it is, and the sessions of the last three days, the last ones first. */
export const hearingView = z.object({
  headName: z.string(),
  hamletName: z.string(),
  communeName: z.string(),
  validUntilMs: z.int(),
  /** No loudspeaker serves the hamlet: there is nothing to ask. */
  served: z.boolean(),
  /** When the session that goes on by now ends, as planned; null: none does. */
  runningUntilMs: z.int().nullable(),
  sessions: z.array(askedSession),
});
export type HearingView = z.infer<typeof hearingView>;

export const headAnswer = z.object({
  answer: z.enum(ANSWERS),
  /** As the page was told. An answer that was changed meanwhile is not overwritten. */
  seen: z.int().min(0).max(1_000),
});
export type HeadAnswer = z.infer<typeof headAnswer>;
