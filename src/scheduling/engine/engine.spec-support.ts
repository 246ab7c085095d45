import type { Recurrence, ScheduleEntry, TimelineItem } from './index.js';

/** A wall-clock time in Viet Nam (UTC+7 since 1975) as epoch milliseconds. */
export const at = (text: string): number => Date.parse(`${text}+07:00`);

/** Ids are those of `newId`: they sort, and hold no hyphen. */
export const anEntry = (recurrence: Recurrence, changes: Partial<ScheduleEntry> = {}): ScheduleEntry => ({
  id: 'e1',
  areaPath: '/p/an-khuong/',
  clusterIds: null,
  itemId: 'bulletin',
  recurrence,
  zone: 'Asia/Ho_Chi_Minh',
  class: 'normal',
  late: 'whole',
  graceMs: 900_000,
  volume: 80,
  createdAtMs: 0,
  cancelledAtMs: null,
  ...changes,
});

export const anItem = (id = 'bulletin', durationMs = 600_000): TimelineItem => ({
  id,
  version: 3,
  title: 'Bản tin giảm nghèo',
  language: 'vi',
  textSha256: 'a'.repeat(64),
  validFrom: null,
  validTo: null,
  approval: 'before',
  audio: { sha256: 'b'.repeat(64), bytes: 1_000, type: 'audio/ogg', durationMs },
});

export const itemsOf = (...items: TimelineItem[]): Map<string, TimelineItem> =>
  new Map(items.map((item) => [item.id, item]));
