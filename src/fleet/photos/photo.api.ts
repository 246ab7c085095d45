import { z } from 'zod';

export const photoView = z.object({
  id: z.string(),
  clusterId: z.string(),
  type: z.string(),
  bytes: z.int(),
  width: z.int(),
  height: z.int(),
  caption: z.string(),
  addedByName: z.string(),
  addedAtMs: z.int(),
});
export type PhotoView = z.infer<typeof photoView>;
