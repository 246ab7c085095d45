import type { PlannedPlay } from '../../../../devices/protocol/index.js';
import { blocks, checkSessions } from '../rules/index.js';
import { type Clash, type DecisionsByKey, overlapsOf, settleClashes } from './clash.js';
import { byStartOfGap, gapFor } from './gap.js';
import type { Laid, World } from './lay.js';
import { recheckMoved } from './moved.js';
import { bySubject, remarkOf } from './remark.js';
import type { Gap, Overlap, Remark, Slice } from './timeline.types.js';

/** A day part of the contract (`dayPart`) holds no more. */
export const MOST_PLAYS_A_DAY = 2_000;

/** What one loudspeaker is told, what it is not told and why, and what people should look at. */
export interface Plan {
  /** By start. */
  readonly slices: readonly Slice[];
  /** The stored sound and relays among them, as devices are told. */
  readonly plays: readonly PlannedPlay[];
  /** By start. */
  readonly gaps: readonly Gap[];
  readonly remarks: readonly Remark[];
  readonly clashes: readonly Clash[];
  readonly overlaps: readonly Overlap[];
}

/** What only shows when all that a loudspeaker hears is put together: clashes, sessions, full days, overlaps. */
export function finishPlan(heard: Laid, world: World, decisions: DecisionsByKey): Plan {
  const settled = settleClashes(heard.slices, decisions);
  const ruled = recheckMoved(settled.slices, settled.moved, heard.remarks, world);
  const gaps = [...heard.gaps, ...ruled.gaps];
  for (const { slice, by } of settled.replaced) gaps.push(gapFor(slice, 'replaced', world, { by }));
  const remarks = [...ruled.remarks];
  let slices = withinSessions(ruled.slices, world, gaps, remarks);
  if (slices.length > MOST_PLAYS_A_DAY) slices = withoutOverfull(slices, world, gaps);
  const { fromMs, untilMs } = world.asked;
  // By where they start now: what a clash moved over an edge belongs to where it went.
  const isAsked = ({ startMs }: { readonly startMs: number }) => startMs >= fromMs && startMs < untilMs;
  slices = slices.filter(isAsked);
  return {
    slices,
    plays: playsOf(slices),
    gaps: gaps.filter(isAsked).sort(byStartOfGap),
    remarks: remarksOn(slices, remarks, fromMs),
    clashes: settled.clashes.filter((clash) => clash.fromMs >= fromMs),
    overlaps: overlapsOf(slices),
  };
}

/** Of plays that are left; what was said of one that is not heard after all is said by its gap. */
function remarksOn(slices: readonly Slice[], remarks: Remark[], fromMs: number): readonly Remark[] {
  if (remarks.length === 0) return remarks;
  const named = new Set(remarks.map((remark) => (remark.code === 'slotOverrun' ? '' : remark.play)));
  const heard = new Set<string>();
  for (const { id } of slices) if (named.has(id)) heard.add(id);
  const left = remarks.filter((remark) =>
    remark.code === 'slotOverrun' ? remark.endMs > fromMs : heard.has(remark.play),
  );
  return left.sort(bySubject);
}

function playsOf(slices: readonly Slice[]): PlannedPlay[] {
  const plays: PlannedPlay[] = [];
  for (const { play } of slices) if (play) plays.push(play);
  return plays;
}

function withinSessions(slices: readonly Slice[], world: World, gaps: Gap[], remarks: Remark[]): readonly Slice[] {
  const { rules, zone, overrides } = world;
  if (!rules) return slices;
  const silenced = new Set<Slice>();
  for (const breach of checkSessions(rules, slices, zone, overrides)) {
    // What was asked about is what is answered about.
    const slice = breach.play as Slice;
    // One that is both too late in its session and in one session too many is missing once.
    if (!blocks(breach)) remarks.push(remarkOf(breach, slice.id));
    else if (!silenced.has(slice)) gaps.push(gapFor(slice, breach.code, world, { breach }));
    if (blocks(breach)) silenced.add(slice);
  }
  return silenced.size === 0 ? slices : slices.filter((slice) => !silenced.has(slice));
}

/** The last of a full day go: what starts first has been told longest. */
function withoutOverfull(slices: readonly Slice[], world: World, gaps: Gap[]): Slice[] {
  const taken = new Map<string, number>();
  return slices.filter((slice) => {
    const day = world.calendar.localDayOf(slice.startMs, world.zone);
    const before = taken.get(day) ?? 0;
    taken.set(day, before + 1);
    if (before >= MOST_PLAYS_A_DAY) gaps.push(gapFor(slice, 'dayFull', world));
    return before < MOST_PLAYS_A_DAY;
  });
}
