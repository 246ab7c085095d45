import type { Listener, PlaceKind, Target } from './model.js';

/** Whether it is for every place of its devices at or below its area. */
export const isForAll = ({
  clusterIds,
  groupIds,
  hamletIds,
}: Pick<Target, 'clusterIds' | 'groupIds' | 'hamletIds'>): boolean =>
  clusterIds === null && groupIds === null && hamletIds === null;

export const isFor = ({ devices }: Pick<Target, 'devices'>, kind: PlaceKind): boolean =>
  devices === 'all' || (devices === 'boards') === (kind === 'board');

export function concerns(
  entry: Target,
  listener: Pick<Listener, 'id' | 'kind' | 'areaPath' | 'groupIds' | 'hamletIds'>,
): boolean {
  if (!listener.areaPath.startsWith(entry.areaPath) || !isFor(entry, listener.kind)) return false;
  return (
    isForAll(entry) ||
    entry.clusterIds?.includes(listener.id) === true ||
    entry.groupIds?.some((id) => listener.groupIds.includes(id)) === true ||
    entry.hamletIds?.some((id) => listener.hamletIds.includes(id)) === true
  );
}

/** `/a/b/` → `/`, `/a/`, `/a/b/`: the areas whose entries may concern whoever is here. */
export function pathsAbove(path: string): string[] {
  const above: string[] = [];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) above.push(path.slice(0, at + 1));
  return above;
}
