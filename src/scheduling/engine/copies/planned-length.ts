import type { OrderPart, RelayItem, ScheduleEntry, SoundItem, VisualItem } from '../model.js';

/** What of content tells its length. */
export type Timed =
  | Pick<SoundItem, 'audio' | 'visual'>
  | Pick<VisualItem, 'audio' | 'visual'>
  | Pick<RelayItem, 'audio' | 'visual'>;

/**
 * How long one occurrence lasts as it was scheduled, whatever languages are heard: a slot its whole frame, else the sum of its parts.
 * @returns milliseconds; null: a part has no known length (case 4), or nothing sounds
 */
export function plannedLengthMs(
  { runningOrder, slot }: Pick<ScheduleEntry, 'runningOrder' | 'slot'>,
  items: ReadonlyMap<string, Timed>,
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

function lengthOf(part: OrderPart, items: ReadonlyMap<string, Timed>): number | null {
  if (part.kind === 'bulletin') return 0;
  if (part.kind !== 'item') return part.durationMs;
  const item = items.get(part.itemId);
  return item?.audio?.durationMs ?? item?.visual?.durationMs ?? null;
}
