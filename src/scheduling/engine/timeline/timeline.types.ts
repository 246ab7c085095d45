import type { AuthorityLevel, PlannedPlay, PlayClass } from '../../../../devices/protocol/index.js';
import type { Occurrence } from '../recurrence/index.js';
import type { Breach } from '../rules/index.js';
import type { Obstacle } from './ability.js';

/** What one loudspeaker sounds, or one board shows, from one instant to another. */
export interface Slice {
  /** Nearest area above the loudspeaker that has rules of its own; `/` where none has. */
  readonly areaPath: string;
  /** Identity of the play: (occurrence, part of the running order). */
  readonly id: string;
  readonly entryId: string;
  readonly occurrence: string;
  /** The occurrence that gives it its time, its own or the one that it stands in or behind: the same wherever it is heard. */
  readonly anchor: Pick<Occurrence, 'id' | 'startMs'>;
  readonly kind: 'sound' | 'show' | 'relay' | 'live';
  readonly startMs: number;
  readonly endMs: number;
  readonly class: PlayClass;
  readonly level: AuthorityLevel;
  /** 0..100, no more than the rules allow. */
  readonly volume: number;
  /**
   * As the device is told; null: live (a microphone), or what a board shows, which the contract does not carry, or a relay that
   * nothing stored can take the place of yet. `audio.descriptor` is left to whoever cuts assets.
   */
  readonly play: PlannedPlay | null;
  /** Of what a board shows. */
  readonly itemId?: string;
}

/**
 * `notValid`: the day is outside the validity of the content. `dayFull`: the device contract holds no more plays of that day, and
 * this one starts latest. `deviceCannot`: it is not for the device there (`cannot`). `anchorMissing`, `afterCycle`: what it stands in or
 * behind does not occur, or in the end stands behind it. `replaced`: it gave way to another in a clash. `rule…`: see the rules.
 */
export const GAP_REASONS = [
  'notApproved',
  'unknownDuration',
  'notValid',
  'dayFull',
  'deviceCannot',
  'anchorMissing',
  'afterCycle',
  'replaced',
  'ruleWindow',
  'ruleBlackout',
  'ruleSessionTooLong',
  'ruleTooManySessions',
] as const;
export type GapReason = (typeof GAP_REASONS)[number];

/** An occurrence, or a part of it, that cannot be played, and why: never dropped in silence. */
export interface Gap {
  readonly entryId: string;
  readonly occurrence: string;
  /** Of the running order; null: nothing of it can be played. */
  readonly part: number | null;
  /** In the zone of the plan. */
  readonly localDay: string;
  readonly startMs: number;
  readonly reason: GapReason;
  /** The rule that forbids it. */
  readonly breach?: Breach;
  /** The play that took its place. */
  readonly by?: string;
  /** What of it the device there cannot do. */
  readonly cannot?: Obstacle;
}

/** Something that is played, though not as somebody may think. */
export type Remark =
  | { readonly code: 'languageMissing'; readonly play: string; readonly language: string }
  | { readonly code: 'volumeLowered'; readonly play: string; readonly breach: Breach }
  /** It breaks a rule and passes: an emergency, or an override. To be logged. */
  | { readonly code: 'rulePassed'; readonly play: string; readonly breach: Breach }
  | {
      readonly code: 'slotOverrun';
      readonly entryId: string;
      readonly occurrence: string;
      readonly byMs: number;
      readonly endMs: number;
    };

/** Two plays that one loudspeaker would have to sound together from `fromMs` to `untilMs`. */
export interface Overlap {
  readonly first: string;
  readonly second: string;
  readonly fromMs: number;
  readonly untilMs: number;
}
