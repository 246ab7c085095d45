import type { ServedHamlet } from '../pack/contents.js';
import type { CellCode } from '../pack/coverage.js';
import type { Manifest } from '../pack/manifest.js';

/** The rule of a plan line, written anew from its words (docs/evidence.md); the service has its own. */
type Rule = Manifest['rule'];

/** What receipts prove of one item at one cluster, all days of it or one. */
export interface Proven {
  /** Whole by the device's word, the line not silent, no relay. */
  whole: number;
  /** Those of them in which the line carried a signal. */
  sensed: number;
  /** Plays that a device states to be less, or that prove less. */
  partial: number;
}
export const nothing = (): Proven => ({ whole: 0, sensed: 0, partial: 0 });

/** Plays that no receipt of the pack tells of, as the table states them. */
export interface Stated {
  readonly notPlayed: number;
  readonly unknown: number;
}

/** By local day. */
export type Days = ReadonlyMap<string, Proven>;

/** Sorts behind its day and before the next one. */
const after = (day: string): string => `${day}~`;

/** Clusters that served a hamlet, part by part of the period; a part begins where a link begins or has ended. */
export interface Part {
  readonly from: string;
  /** Not in it any more. */
  readonly until: string;
  readonly clusters: readonly string[];
}

export function partsOf(links: ServedHamlet['clusters'], { from, to }: Manifest['period']): Part[] {
  const marks = new Set([from, after(to)]);
  for (const link of links)
    for (const mark of [link.from, ...(link.to === null ? [] : [after(link.to)])])
      if (mark > from && mark < after(to)) marks.add(mark);
  const sorted = [...marks].sort();
  return sorted.slice(0, -1).flatMap((begin, n) => {
    const serving = links.filter((link) => link.from <= begin && (link.to === null || begin < after(link.to)));
    const clusters = [...new Set(serving.map(({ id }) => id))];
    return clusters.length === 0 ? [] : [{ from: begin, until: sorted[n + 1] as string, clusters }];
  });
}

/** Of one cluster within some parts. */
export function provenWithin(days: Days | undefined, parts: readonly Part[]): Proven {
  const sum = nothing();
  for (const [day, { whole, sensed, partial }] of days ?? [])
    if (parts.some(({ from, until }) => day >= from && day < until)) {
      sum.whole += whole;
      sum.sensed += sensed;
      sum.partial += partial;
    }
  return sum;
}

/** Plays that prove as much as the rule asks. What a transmitter had, nobody is known to have heard. */
export const creditOf = (
  { whole, sensed }: Proven,
  { leastGrade }: Pick<Rule, 'leastGrade'>,
  reach: 'horn' | 'transmitter',
): number => (reach === 'transmitter' ? 0 : leastGrade === 'sensed' ? sensed : whole);

/** A play without a receipt is *unknown*, and outranks what is known unless the rule has what it asks without it. */
export function clusterState(proven: Proven, credit: number, { notPlayed, unknown }: Stated, plays: number): CellCode {
  if (credit >= plays) return 'complete';
  if (unknown > 0) return 'unknown';
  if (proven.whole + proven.partial > 0) return 'partial';
  return notPlayed > 0 ? 'notPlayed' : 'notPlanned';
}

/** @param plays that the hamlet had from all of its clusters, or from any, as the rule says */
export function cellState(clusters: readonly CellCode[], plays: number, rule: Rule): CellCode {
  if (clusters.every((state) => state === 'notPlanned')) return 'notPlanned';
  if (plays >= rule.plays) return 'complete';
  if (clusters.includes('unknown')) return 'unknown';
  return clusters.includes('complete') || clusters.includes('partial') ? 'partial' : 'notPlayed';
}

/**
 * How often the hamlet had the item: in each part as often as every cluster played it, or as the one that played it most.
 * @param heard sessions that its head heard clearly
 */
export function playsOf(
  parts: readonly Part[],
  creditIn: (cluster: string, part: Part) => number,
  heard: number,
  rule: Rule,
): number {
  let plays = 0;
  for (const part of parts) {
    const credits = part.clusters.map((cluster) => creditIn(cluster, part));
    plays += rule.clusters === 'any' ? Math.max(...credits) : Math.min(...credits);
  }
  return rule.leastGrade === 'heard' ? Math.min(plays, heard) : plays;
}
