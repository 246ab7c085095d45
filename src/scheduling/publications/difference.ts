import type { Slice } from '../engine/index.js';

export interface PlanDifference {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly newBytes: number;
}

/** What differs between two plans of one loudspeaker in what has not begun. Sound that the plan before names is there already. */
export function planDifference(before: readonly Slice[], after: readonly Slice[], nowMs: number): PlanDifference {
  const was = new Map(before.filter(({ startMs }) => startMs >= nowMs).map((slice) => [slice.id, slice]));
  const here = new Set(before.flatMap(({ play }) => play?.audio.sha256 ?? []));
  const fresh = new Map<string, number>();
  let [added, changed] = [0, 0];
  for (const slice of after) {
    if (slice.startMs < nowMs) continue;
    if (slice.play && !here.has(slice.play.audio.sha256)) fresh.set(slice.play.audio.sha256, slice.play.audio.bytes);
    const old = was.get(slice.id);
    was.delete(slice.id);
    if (!old) added += 1;
    else if (signature(old) !== signature(slice)) changed += 1;
  }
  return { added, removed: was.size, changed, newBytes: [...fresh.values()].reduce((sum, bytes) => sum + bytes, 0) };
}

const signature = ({ startMs, endMs, volume, play, itemId }: Slice): string =>
  JSON.stringify([
    startMs,
    endMs,
    volume,
    itemId ?? null,
    play && [play.audio.sha256, play.item.version, play.late, play.class],
  ]);
