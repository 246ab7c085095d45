import type { OrderPart, ScheduleEntry, TimelineItem } from '../model.js';

/**
 * How long one occurrence lasts as it was scheduled, whatever languages are heard: a slot its whole frame, else the sum of its parts.
 * @returns milliseconds; null: a part has no known length (case 4), or nothing sounds
 */
export function plannedLengthMs(
  { runningOrder, slot }: Pick<ScheduleEntry, 'runningOrder' | 'slot'>,
  items: ReadonlyMap<string, Pick<TimelineItem, 'audio'>>,
): number | null {
  if (slot) return slot.lengthMs;
  let lengthMs = 0;
  for (const part of runningOrder) {
    const partMs = lengthOf(part, items);
    if (partMs === null) return null;
    lengthMs += partMs;
  }
  return lengthMs > 0 ? lengthMs : null;
}

function lengthOf(part: OrderPart, items: ReadonlyMap<string, Pick<TimelineItem, 'audio'>>): number | null {
  if (part.kind === 'bulletin') return 0;
  return part.kind === 'item' ? (items.get(part.itemId)?.audio.durationMs ?? null) : part.durationMs;
}
