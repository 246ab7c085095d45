/** Where an entry is to be heard: the clusters at or below an area, all of them or the named ones. */
export interface Target {
  /** `/…/parent/own/` */
  readonly areaPath: string;
  /** Null: every cluster at or below the area. */
  readonly clusterIds: readonly string[] | null;
}

export function concerns(entry: Target, cluster: { readonly id: string; readonly areaPath: string }): boolean {
  return (
    cluster.areaPath.startsWith(entry.areaPath) && (entry.clusterIds === null || entry.clusterIds.includes(cluster.id))
  );
}

/** Whether some cluster may hear both. Which area a named cluster lies in is not known here, so this may say yes too often. */
export function mayMeet(a: Target, b: Target): boolean {
  if (!a.areaPath.startsWith(b.areaPath) && !b.areaPath.startsWith(a.areaPath)) return false;
  const { clusterIds } = b;
  return a.clusterIds === null || clusterIds === null || a.clusterIds.some((id) => clusterIds.includes(id));
}
