import { z } from 'zod';
import { id } from '../../../devices/protocol/index.js';
import { copyRequest } from './copy.api.js';

/** Four weeks. */
export const LONGEST_TEMPLATE_DAYS = 28;

export const newTemplate = z.object({
  areaId: id,
  title: z.string().trim().min(1).max(300),
  from: copyRequest.shape.from,
  days: z.int().min(1).max(LONGEST_TEMPLATE_DAYS),
});
export type NewTemplate = z.output<typeof newTemplate>;

/** Templates of the area and of those above it. */
export const templateQuery = z.object({ areaId: id });
export type TemplateQuery = z.output<typeof templateQuery>;

/** Applied to the template's own area or one below it. */
export const templateUse = copyRequest.pick({ areaId: true, to: true, dryRun: true });
export type TemplateUse = z.output<typeof templateUse>;

export const templateView = z.object({
  id: z.string(),
  areaId: z.string(),
  title: z.string(),
  /** How many starts it has. */
  starts: z.int(),
  /** How many days from the first to its last start. */
  days: z.int(),
  createdByName: z.string(),
  createdAtMs: z.int(),
});
export type TemplateView = z.output<typeof templateView>;
