import { byTurn, PLAY_CLASSES } from '../../../../devices/protocol/index.js';
import type { ScheduleEntry } from '../model.js';
import type { Slice } from './timeline.types.js';

/** By start; at one instant in the order in which a device would take them. */
export function byStart(a: Slice, b: Slice): number {
  if (a.startMs !== b.startMs) return a.startMs < b.startMs ? -1 : 1;
  return byTurn(
    { play: a.id, class: a.class, level: a.level, startMs: a.startMs },
    { play: b.id, class: b.class, level: b.level, startMs: b.startMs },
  );
}

/** Who comes first in the same place: the higher class, then who was there first. */
export function turnOfEntries(a: ScheduleEntry, b: ScheduleEntry): number {
  return (
    PLAY_CLASSES.indexOf(b.class) - PLAY_CLASSES.indexOf(a.class) ||
    a.createdAtMs - b.createdAtMs ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}
