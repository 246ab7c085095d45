import { z } from 'zod';
import { speechChoice } from '../items/item.api.js';

const text = z.string().max(200_000);
const areaId = z.string().min(1).max(64);
const language = z
  .string()
  .max(35)
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
  .default('vi');
const voice = z.string().min(1).max(64).nullable().default(null);

export const readingRequest = z.object({ areaId, text, language, voice });
export type ReadingRequest = z.infer<typeof readingRequest>;

/** What will be said, so that a person can read it before hearing it. Offsets count UTF-16 units of the cleaned text. */
export const readingView = z.object({
  /** The text as it is kept: NFC, without control and direction signs. */
  text: z.string(),
  sentences: z.array(z.object({ written: z.string(), said: z.string(), pause: z.enum(['sentence', 'paragraph']) })),
  /** Where something is said otherwise than written, and by which rule. */
  replacements: z.array(
    z.object({ from: z.int(), to: z.int(), written: z.string(), said: z.string(), rule: z.string() }),
  ),
  /** Where a person should look: an abbreviation that nobody knows, say. */
  doubts: z.array(
    z.object({
      from: z.int(),
      to: z.int(),
      written: z.string(),
      reason: z.enum(['unknownAbbreviation', 'ambiguous', 'unreadable']),
    }),
  ),
});
export type ReadingView = z.infer<typeof readingView>;

export const previewRequest = z.object({
  areaId,
  text,
  language,
  speech: speechChoice.nullable().default(null),
});
export type PreviewRequest = z.infer<typeof previewRequest>;

export const voicesView = z.object({
  voices: z.array(
    z.object({
      id: z.string(),
      language: z.string(),
      name: z.string(),
      accent: z.enum(['north', 'central', 'south']).nullable(),
    }),
  ),
  /** Names of what may sound before and after a script. */
  chimes: z.array(z.string()),
});
export type VoicesView = z.infer<typeof voicesView>;

export const dictionaryWord = z.object({ written: z.string().max(100), said: z.string().max(500) });
export type DictionaryWordRequest = z.infer<typeof dictionaryWord>;

export const dictionaryView = z.array(
  z.object({
    id: z.string(),
    written: z.string(),
    said: z.string(),
    /** Where it was entered: here, or in an area above. */
    areaId: z.string(),
    changedByName: z.string(),
    changedAtMs: z.int(),
  }),
);
export type DictionaryView = z.infer<typeof dictionaryView>;
