import type { Interval } from './free-time.js';

export interface CampaignScript {
  readonly itemId: string;
  readonly title: string;
  /** Null, 0 or less: unknown, so it is never placed (case 4). */
  readonly durationMs: number | null;
  /** First and last local day on air, both included; null: no limit. */
  readonly validFrom: string | null;
  readonly validTo: string | null;
}

export interface CampaignHamlet {
  readonly id: string;
  readonly name: string;
  /** `/…/commune/hamlet/` */
  readonly areaPath: string;
  readonly communePath: string;
  /** Several, shared with other hamlets, or none (case 23). A play in a hamlet sounds at all of them. */
  readonly clusterIds: readonly string[];
}

export interface CampaignCluster {
  readonly id: string;
  /** Area in which it stands. */
  readonly areaPath: string;
}

/** Local wall-clock times HH:MM or HH:MM:SS; `until` may be 24:00. A play fits if all of it lies inside. */
export interface TimeWindow {
  readonly from: string;
  readonly until: string;
}

export interface ExistingPlay extends Interval {
  /** So that a script is not proposed on a day on which it is played anyway; null: not an item (a relay). */
  readonly itemId: string | null;
}

/** What campaigns and make-up plays have in common: where, when and under which rules something may be placed. */
export interface PlanningGround {
  readonly scripts: readonly CampaignScript[];
  readonly hamlets: readonly CampaignHamlet[];
  /** Every cluster of the communes concerned, also those that no hamlet names: "all of the commune" means them too. */
  readonly clusters: readonly CampaignCluster[];
  /** Local days, YYYY-MM-DD, both included (case 2). */
  readonly firstDay: string;
  readonly lastDay: string;
  /** Nothing starts before this; null: the first day is free from its midnight on. */
  readonly notBeforeMs: number | null;
  /** Every cell needs `atLeast` of its plays on days before `before` (a report's deadline); null: no cut. */
  readonly cut: { readonly before: string; readonly atLeast: number } | null;
  /** In order of liking. What fits none of them takes any time that the rules leave. */
  readonly preferences: readonly TimeWindow[];
  /** The same script is not played twice on a local day of its start in one hamlet. */
  readonly oncePerDay: boolean;
  /** Least silence between a proposed play and any other of the same cluster. */
  readonly gapMs: number;
  /** Most of this campaign at one cluster and local day; null: no limit. */
  readonly mostPerDay: { readonly plays: number | null; readonly durationMs: number | null };
  /** What the rules of an area leave for plays that start on that local day; may reach over its midnight (case 3). */
  readonly allowed: (areaPath: string, day: string) => readonly Interval[];
  /** What a cluster plays already, in the whole period. */
  readonly busy: (clusterId: string) => readonly ExistingPlay[];
  /** Instant of local midnight. */
  readonly dayStartMs: (day: string) => number;
}

export interface Campaign extends PlanningGround {
  /** Plays that each cell (script × hamlet) needs. */
  readonly playsPerCell: number;
}

/** A cell that was not played as often as it should have been. */
export interface MissingCell {
  readonly itemId: string;
  readonly hamletId: string;
  readonly missing: number;
}

export interface MakeUps extends PlanningGround {
  /** Cells of other scripts or hamlets than the ground's are a mistake of the caller. */
  readonly missing: readonly MissingCell[];
}

/** An entry as a person would make it. */
export interface Proposal {
  readonly itemId: string;
  readonly areaPath: string;
  /** Null: every cluster at or below the area. */
  readonly clusterIds: readonly string[] | null;
  readonly day: string;
  /** HH:MM:SS, local. */
  readonly time: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Cells served: these hamlets of `itemId`. Others may hear it too, through a cluster that they share. */
  readonly hamletIds: readonly string[];
}

/**
 * `cutNotMet`: placed, but only on or after the day of the cut. All others: not placed at all.
 * `dayLimit`: free places are left only on days that the campaign's own limit per day fills. `tooFewDays`: only on days
 * that play the script already.
 */
export const UNPLACED_REASONS = [
  'noCluster',
  'unknownDuration',
  'notValid',
  'periodOver',
  'rulesLeaveNoTime',
  'tooFewDays',
  'dayLimit',
  'noFreePlace',
  'cutNotMet',
] as const;
export type UnplacedReason = (typeof UNPLACED_REASONS)[number];

export interface Words {
  readonly vi: string;
  readonly en: string;
}

export interface Unplaced {
  readonly itemId: string;
  readonly hamletId: string;
  readonly missing: number;
  readonly reason: UnplacedReason;
  readonly words: Words;
}

export interface ProposedSchedule {
  readonly ok: true;
  /** By start, then item, then area. */
  readonly proposals: readonly Proposal[];
  /** By item, hamlet, reason. */
  readonly unplaced: readonly Unplaced[];
}
