/** Half-open, UTC epoch milliseconds. */
export interface Interval {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface NeighbourCluster {
  readonly id: string;
  readonly name: string;
  /** Degrees; null: not surveyed, so nothing can be said about it. */
  readonly latitude: number | null;
  readonly longitude: number | null;
}

export interface SoundingPlay extends Interval {
  readonly play: string;
  /** Null: a relay or live, never the same as another. */
  readonly itemId: string | null;
  /** A relay, live or a published play stays where it is. */
  readonly movable: boolean;
}

/** A loudspeaker of somebody else (a school, a factory, another system). */
export interface ForeignLoudspeaker {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly hours: readonly {
    /** ISO: 1 is Monday, 7 is Sunday. */
    readonly weekdays: readonly number[];
    /** Milliseconds from local midnight; `untilMs` may pass the next one. */
    readonly fromMs: number;
    readonly untilMs: number;
  }[];
}

export interface NeighbourSettings {
  /** Horns this near are heard as one: they start together. */
  readonly togetherM: number;
  /** Beyond, they are not heard beside one another. */
  readonly earshotM: number;
  /** Of clusters within earshot; 3,000 clusters of a province have some ten thousand. */
  readonly mostPairs: number;
  readonly mostWarnings: number;
  readonly mostStaggers: number;
  /** How many turns later a play may be moved. */
  readonly mostTurns: number;
}

export const NEIGHBOUR_SETTINGS: NeighbourSettings = {
  togetherM: 20,
  earshotM: 1_500,
  mostPairs: 100_000,
  mostWarnings: 1_000,
  mostStaggers: 2_000,
  mostTurns: 12,
};

export interface NeighbourQuestion {
  /** Of any commune: sound knows no border. */
  readonly clusters: readonly NeighbourCluster[];
  /** By start. */
  readonly playsOf: (clusterId: string) => readonly SoundingPlay[];
  /** What the rules of a cluster leave, in any order. */
  readonly allowedOf: (clusterId: string) => readonly Interval[];
  readonly foreign: readonly ForeignLoudspeaker[];
  /** The local days asked about. */
  readonly days: readonly { readonly startMs: number; readonly weekday: number }[];
  readonly settings?: Partial<NeighbourSettings>;
}

/**
 * `notTogether`: the same item on horns that should be one, begun at different instants. `sameTimeSameItem`: an echo.
 * `sameTimeOtherItem`: two things at once. `foreign`: somebody else's loudspeaker sounds too.
 */
export const NEIGHBOUR_CODES = ['notTogether', 'sameTimeSameItem', 'sameTimeOtherItem', 'foreign'] as const;
export type NeighbourCode = (typeof NEIGHBOUR_CODES)[number];

export interface Words {
  readonly vi: string;
  readonly en: string;
}

/** One for two places and a code, however often it happens in the days asked about. */
export interface NeighbourWarning {
  readonly code: NeighbourCode;
  /** Two, by id; one beside a foreign loudspeaker. */
  readonly clusters: readonly string[];
  /** Name of the foreign loudspeaker. */
  readonly foreign: string | null;
  readonly distanceM: number;
  /** How much later the sound of one arrives at the other. */
  readonly delayMs: number;
  /** The first time. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly times: number;
  /** `stagger`: the proposals end all of it. `staggerInPart`: some of it. `warn`: a person has to decide. */
  readonly solution: 'startTogether' | 'stagger' | 'staggerInPart' | 'warn';
  readonly words: Words;
}

/** Moves a play of one or several horns that are heard as one by whole turns. */
export interface Stagger {
  /** By id, with the play of each. */
  readonly clusters: readonly { readonly clusterId: string; readonly play: string }[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly turn: number;
}

export interface NeighbourAnswer {
  /** By first time, clusters, code. */
  readonly warnings: readonly NeighbourWarning[];
  readonly staggers: readonly Stagger[];
  /** Ids of clusters without (possible) coordinates: nothing is known of these. */
  readonly withoutPlace: readonly string[];
  /** What a bound kept out of the lists; `clusters`: the last ones by id, not compared with one another. */
  readonly leftOut: { readonly clusters: number; readonly warnings: number; readonly staggers: number };
}
