import { z } from 'zod';

const group = {
  name: z.string().normalize('NFC').trim().min(1).max(200),
  /** At or below the area of the group; named twice is named once. */
  clusterIds: z.array(z.string().min(1).max(64)).min(1).max(3_000),
} as const;

export const newClusterGroup = z.object({ areaId: z.string().min(1).max(64), ...group });
export type NewClusterGroup = z.infer<typeof newClusterGroup>;

export const clusterGroupChange = z.object(group);
export type ClusterGroupChange = z.infer<typeof clusterGroupChange>;

export const clusterGroupView = z.object({
  id: z.string(),
  areaId: z.string(),
  name: z.string(),
  clusterIds: z.array(z.string()),
  createdAtMs: z.int(),
});
export type ClusterGroupView = z.infer<typeof clusterGroupView>;
