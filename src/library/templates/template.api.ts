import { z } from 'zod';
import { THIRD_PARTIES } from '../engine/kinds.js';
import { FIELD_KINDS } from '../engine/notice-template.js';
import { LONGEST_TITLE } from '../engine/script-text.js';

const line = (longest: number) => z.string().normalize('NFC').trim().max(longest);

const templateField = z.object({
  key: z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,31}$/),
  label: z.object({ vi: line(100).min(1), en: line(100).default('') }),
  kind: z.enum(FIELD_KINDS),
  required: z.boolean().default(true),
  longest: z.int().min(1).max(500).default(200),
  example: line(500).default(''),
});

const template = {
  name: line(100).min(1),
  language: z
    .string()
    .max(35)
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .default('vi'),
  /** Of the items made from it. */
  title: line(LONGEST_TITLE).min(1),
  /** `{{key}}` is a gap; `[[ … ]]` is left out when a gap inside is empty. */
  body: z.string().max(5_000),
  fields: z.array(templateField).max(20),
  topic: line(200).default(''),
  field: z.int().min(1).max(6).default(1),
  thirdParty: z.enum(THIRD_PARTIES).nullable().default(null),
} as const;

export const newTemplate = z.object({ areaId: z.string().min(1).max(64), ...template });
export type NewTemplate = z.infer<typeof newTemplate>;

export const templateChange = z.object(template);
export type TemplateChange = z.infer<typeof templateChange>;

export const templateQuery = z.object({ areaId: z.string().min(1).max(64) });
export type TemplateQuery = z.infer<typeof templateQuery>;

export const templateView = z.object({
  id: z.string(),
  version: z.int(),
  /** The area that made it; null: built in. */
  areaId: z.string().nullable(),
  ...templateChange.shape,
  /** Null: built in. */
  changedByName: z.string().nullable(),
  changedAtMs: z.int().nullable(),
  retiredAtMs: z.int().nullable(),
});
export type TemplateView = z.infer<typeof templateView>;

/** Those of the area, those of the areas above it, the built-in ones; each by name. */
export const templateList = z.array(templateView);
