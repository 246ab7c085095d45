import { z } from 'zod';
import { AREA_KINDS } from './engine/tree.js';

export const areaView = z.object({
  id: z.string(),
  parentId: z.string().nullable(),
  kind: z.enum(AREA_KINDS),
  code: z.string(),
  name: z.string(),
  validFrom: z.string(),
  validTo: z.string().nullable(),
  speciallyDisadvantaged: z.boolean(),
  border: z.boolean(),
  ethnicMinority: z.boolean(),
});
export type AreaView = z.infer<typeof areaView>;

export const areaQuery = z.object({
  /** Words of the name, with or without diacritics. */
  search: z.string().max(100).optional(),
  kind: z.enum(AREA_KINDS).optional(),
  under: z.string().max(64).optional(),
});
export type AreaQuery = z.infer<typeof areaQuery>;

export const areaImportResult = z.object({ imported: z.int(), unchanged: z.int() });
/** CSV as text; the header is code,parentCode,kind,name,validFrom,validTo,speciallyDisadvantaged,border,ethnicMinority. */
export const areaImport = z.object({ csv: z.string().min(1).max(900_000) });
export type AreaImport = z.infer<typeof areaImport>;
