import type { AuthorityLevel, InterruptedPolicy, LatePolicy, PlayClass } from '../../../devices/protocol/index.js';
import type { Recurring } from './recurrence/index.js';

/** What people schedule. An emergency is aired at once, by its own room and under its own policy. */
export const ENTRY_CLASSES = ['normal', 'priority'] as const satisfies readonly PlayClass[];

/**
 * One step of a running order. `item` is stored content that has its own length: sound (a chime, a script, a recording) or, for boards,
 * a video; `show` is what a board shows as long as planned: a picture, a text; `relay` and `live` are streams that last as long as
 * planned; `gap` is silence; `bulletin`, in a slot only, is where the entries stand that are put into it.
 */
export type OrderPart =
  | { readonly kind: 'item'; readonly itemId: string }
  | { readonly kind: 'show'; readonly itemId: string; readonly durationMs: number }
  | { readonly kind: 'relay'; readonly itemId: string; readonly durationMs: number }
  | { readonly kind: 'live'; readonly durationMs: number }
  | { readonly kind: 'gap'; readonly durationMs: number }
  | { readonly kind: 'bulletin' };

/** Khung giờ: an entry that keeps its time free for others. */
export interface SlotFrame {
  readonly lengthMs: number;
  /** Only the office that made it, and those above, may put entries into it. */
  readonly reserved: boolean;
}

/** Where an entry stands whose time is that of another one: in a slot, or right behind another entry (phát nối tiếp). */
export type Place =
  | { readonly kind: 'inSlot'; readonly entryId: string }
  | { readonly kind: 'after'; readonly entryId: string; readonly gapMs: number };

/** What stands at a place: cụm loa, or bảng tin điện tử công cộng. */
export type PlaceKind = 'loudspeakers' | 'board';

/** Which kind of place an entry is for. An audio bulletin must not land on the boards of its area by accident. */
export const DEVICES = ['loudspeakers', 'boards', 'all'] as const;
export type Devices = (typeof DEVICES)[number];

/**
 * Where an entry is to be heard or seen: at the places of these devices at or below an area; at all of them, or at those that are
 * named, belong to a named group, or are for a named hamlet.
 */
export interface Target {
  /** Also of places that are named: one of the other kind is not meant. */
  readonly devices: Devices;
  /** `/…/parent/own/` */
  readonly areaPath: string;
  /** Null, like the others: nothing named. All three null: every place. */
  readonly clusterIds: readonly string[] | null;
  readonly groupIds: readonly string[] | null;
  readonly hamletIds: readonly string[] | null;
}

/** What the engine needs of an entry; the entity is one. */
export interface ScheduleEntry extends Recurring, Target {
  readonly title: string;
  readonly runningOrder: readonly OrderPart[];
  readonly slot: SlotFrame | null;
  /** Of a placed entry the rule gives the days and the place the time. */
  readonly place: Place | null;
  readonly class: PlayClass;
  /** Of the office whose entry it is. */
  readonly level: AuthorityLevel;
  readonly late: LatePolicy;
  readonly interrupted: InterruptedPolicy;
  /** How long after its planned end a play may still sound. */
  readonly graceMs: number;
  /** 0..100. */
  readonly volume: number;
  /**
   * A person took it off at `cancelledAtMs`, so that nothing of it begins any more, in a session that is on air neither. Absent: what
   * ended it was a change of rule, and what has begun goes on.
   */
  readonly takenOff?: boolean;
}

/** What is said about an approved version of an item, whatever it is. */
interface Approved {
  readonly id: string;
  /** Language versions of one content share it. */
  readonly groupId: string;
  readonly version: number;
  readonly title: string;
  readonly language: string;
  readonly textSha256: string | null;
  /** First and last local day on air, both included; null: no limit. */
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly approval: 'before' | 'after';
}

export interface StoredSound {
  readonly sha256: string;
  readonly bytes: number;
  readonly type: string;
  readonly durationMs: number;
}

/** For loudspeakers. */
export interface SoundItem extends Approved {
  readonly audio: StoredSound;
  readonly visual?: undefined;
  readonly relay?: undefined;
}

/** For boards. */
export interface VisualItem extends Approved {
  readonly visual: {
    readonly kind: 'picture' | 'video' | 'text';
    /** Of a video; null: it is shown as long as somebody plans. */
    readonly durationMs: number | null;
  };
  readonly audio?: undefined;
  readonly relay?: undefined;
}

/** For loudspeakers whose device takes a stream. */
export interface RelayItem extends Approved {
  readonly relay: {
    /** http or https, as it was approved. */
    readonly url: string;
    /** What sounds while the address gives nothing; null: it is not made yet, and no device can be told of the relay. */
    readonly fallback: StoredSound | null;
  };
  readonly audio?: undefined;
  readonly visual?: undefined;
}

/** The approved version of an item, as the library hands it out. */
export type TimelineItem = SoundItem | VisualItem | RelayItem;

/** What a device at a cluster can do beside playing stored sound. */
export const CAPABILITIES = ['stream'] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** A place with a device, as the engine sees it. */
export interface Listener {
  readonly id: string;
  readonly kind: PlaceKind;
  readonly areaPath: string;
  /** Names of groups (nhóm loa) that it belongs to. */
  readonly groupIds: readonly string[];
  /** Hamlets that hear it. */
  readonly hamletIds: readonly string[];
  /** Languages of those hamlets in the order in which they are to be spoken; none: whatever was scheduled. */
  readonly languages: readonly string[];
  readonly capabilities: readonly Capability[];
}

/** Items of a running order, each once. */
export const itemIdsOf = (runningOrder: readonly OrderPart[]): string[] => [
  ...new Set(runningOrder.flatMap((part) => ('itemId' in part ? [part.itemId] : []))),
];
