import { blocks, checkPlay } from '../rules/index.js';
import { gapFor } from './gap.js';
import type { World } from './lay.js';
import { isOfRules, remarkOf } from './remark.js';
import type { Gap, Remark, Slice } from './timeline.types.js';

interface Ruled {
  readonly slices: readonly Slice[];
  readonly gaps: readonly Gap[];
  readonly remarks: readonly Remark[];
}

/**
 * What gave way to another in a clash is at a time that nobody has held against the rules yet: hours, blackouts, volume.
 * @param moved occurrences
 */
export function recheckMoved(
  slices: readonly Slice[],
  moved: ReadonlySet<string>,
  before: readonly Remark[],
  world: World,
): Ruled {
  const { rules, zone, overrides } = world;
  if (!rules || moved.size === 0) return { slices, gaps: [], remarks: before };
  const gaps: Gap[] = [];
  const asked = new Map<string, number>();
  const outdated = new Set<Remark>();
  for (const remark of before) {
    if (!isOfRules(remark) || !moved.has(remark.breach.play.occurrence)) continue;
    outdated.add(remark);
    asked.set(remark.play, remark.breach.play.volume);
  }
  const remarks = before.filter((remark) => !outdated.has(remark));
  const kept = slices.flatMap((slice): Slice | [] => {
    if (!moved.has(slice.occurrence)) return slice;
    const play = { ...slice, volume: asked.get(slice.id) ?? slice.volume };
    const { volume, breaches } = checkPlay(rules, play, zone, overrides);
    const breach = breaches.find(blocks);
    if (breach) {
      gaps.push(gapFor(slice, breach.code, world, { breach }));
      return [];
    }
    for (const each of breaches) remarks.push(remarkOf(each, slice.id));
    return volume === slice.volume ? slice : { ...slice, volume, play: slice.play && { ...slice.play, volume } };
  });
  return { slices: kept, gaps, remarks };
}
