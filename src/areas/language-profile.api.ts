import { z } from 'zod';

/** BCP 47, as items of the library state it. */
const language = z
  .string()
  .max(35)
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/);

/** The first is spoken first; none: a hamlet follows its commune, and a commune has no profile. */
export const languageProfileChange = z.object({ languages: z.array(language).max(8) });
export type LanguageProfileChange = z.infer<typeof languageProfileChange>;

export const languageProfileView = z.object({
  languages: z.array(z.string()),
  /** Whose profile it is: of the area itself, or of the commune that a hamlet follows; null: there is none. */
  areaId: z.string().nullable(),
});
export type LanguageProfileView = z.infer<typeof languageProfileView>;
