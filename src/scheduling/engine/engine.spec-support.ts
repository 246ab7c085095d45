import {
  Board,
  type BoardSettings,
  type Listener,
  type Plan,
  type Recurrence,
  type ScheduleEntry,
  type TimelineItem,
} from './index.js';
import type { RelayItem, SoundItem, VisualItem } from './model.js';

/** A wall-clock time in Viet Nam (UTC+7 since 1975) as epoch milliseconds. */
export const at = (text: string): number => Date.parse(`${text}+07:00`);

/** Ids are those of `newId`: they sort, and hold no hyphen. */
export const anEntry = (recurrence: Recurrence, changes: Partial<ScheduleEntry> = {}): ScheduleEntry => ({
  id: 'e1',
  areaPath: '/p/an-khuong/',
  title: 'Bản tin',
  devices: 'loudspeakers',
  clusterIds: null,
  groupIds: null,
  hamletIds: null,
  runningOrder: [{ kind: 'item', itemId: 'bulletin' }],
  slot: null,
  place: null,
  recurrence,
  changes: [],
  zone: 'Asia/Ho_Chi_Minh',
  class: 'normal',
  level: 'commune',
  interrupted: 'drop',
  late: 'whole',
  graceMs: 900_000,
  volume: 80,
  createdAtMs: 0,
  cancelledAtMs: null,
  ...changes,
});

export const anItem = (id = 'bulletin', durationMs = 600_000): SoundItem => ({
  id,
  groupId: id,
  version: 3,
  title: 'Bản tin giảm nghèo',
  language: 'vi',
  textSha256: 'a'.repeat(64),
  validFrom: null,
  validTo: null,
  approval: 'before',
  audio: { sha256: 'b'.repeat(64), bytes: 1_000, type: 'audio/ogg', durationMs },
});

/** A picture, or a video of a length, for boards. */
export const aPicture = (id = 'picture', changes: Partial<VisualItem> = {}): VisualItem => {
  const { audio: _audio, visual: _visual, relay: _relay, ...said } = anItem(id);
  return { ...said, title: 'Ảnh tuyên truyền', visual: { kind: 'picture', durationMs: null }, ...changes };
};
export const aVideo = (id = 'video', durationMs = 30_000): VisualItem =>
  aPicture(id, { visual: { kind: 'video', durationMs } });

/** Tiếp sóng of the Voice of Viet Nam, with the chime that takes its place. */
export const aRelay = (id = 'voice', changes: Partial<RelayItem> = {}): RelayItem => {
  const { audio: _audio, visual: _visual, relay: _relay, ...said } = anItem(id);
  const fallback = { sha256: 'c'.repeat(64), bytes: 9_000, type: 'audio/ogg; codecs=opus', durationMs: 30_000 };
  const relay = { url: 'https://stream.vov.vn/vov1', fallback };
  return { ...said, title: 'Thời sự VOV', textSha256: null, relay, ...changes };
};

export const itemsOf = (...items: TimelineItem[]): Map<string, TimelineItem> =>
  new Map(items.map((item) => [item.id, item]));

/** A loudspeaker of the commune An Khương. */
export const aListener = (id = 'k1', changes: Partial<Listener> = {}): Listener => ({
  id,
  kind: 'loudspeakers',
  areaPath: '/p/an-khuong/',
  groupIds: [],
  hamletIds: [],
  languages: [],
  capabilities: [],
  ...changes,
});

/** A board of the commune An Khương. */
export const aBoard = (id = 'b1', changes: Partial<Listener> = {}): Listener =>
  aListener(id, { kind: 'board', ...changes });

export const daily = (time: string, from = '2026-01-01'): Recurrence => ({ kind: 'daily', from, until: null, time });

/** A slot of an hour: chime (12,345 ms), relay of a quarter of an hour, two seconds of silence, then what is put into it. */
export const aSlot = (time: string, changes: Partial<ScheduleEntry> = {}): ScheduleEntry =>
  anEntry(daily(time), {
    id: 'slot',
    runningOrder: [
      { kind: 'item', itemId: 'chime' },
      { kind: 'relay', itemId: 'voice', durationMs: 900_000 },
      { kind: 'gap', durationMs: 2_000 },
      { kind: 'bulletin' },
    ],
    slot: { lengthMs: 3_600_000, reserved: false },
    ...changes,
  });

/** Stands in the slot, or right behind another entry. */
export const inSlot = (id: string, changes: Partial<ScheduleEntry> = {}): ScheduleEntry =>
  anEntry(daily('00:00'), { id, place: { kind: 'inSlot', entryId: 'slot' }, ...changes });
export const behind = (id: string, entryId: string, gapMs = 0, changes: Partial<ScheduleEntry> = {}): ScheduleEntry =>
  anEntry(daily('00:00'), { id, place: { kind: 'after', entryId, gapMs }, ...changes });

/** What one loudspeaker is told. */
export const planFor = (
  settings: Omit<BoardSettings, 'listeners' | 'zone'> & { readonly listener?: Listener; readonly zone?: string },
): Plan => {
  const { listener = aListener(), zone = 'Asia/Ho_Chi_Minh', ...rest } = settings;
  return new Board({ ...rest, zone, listeners: [listener] }).planOf(listener.id);
};
