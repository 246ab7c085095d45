import { AUTHORITY_LEVELS, type AuthorityLevel, type PlannedPlay } from '../../../../devices/protocol/index.js';
import { pathsAbove } from '../target.js';
import type { Overlap, Slice } from './timeline.types.js';
import { byStart } from './turn.js';

/**
 * Two priority bulletins at the same minute at one loudspeaker. The law leaves the order to the commune (Thông tư 39/2020/TT-BTTTT),
 * so it waits for a person until a deadline; until then, and when nobody decides, the default holds.
 */
export interface Clash {
  /** The same for every loudspeaker of the commune: the two occurrences, in the order of their ids. */
  readonly key: string;
  readonly first: string;
  readonly second: string;
  /** Planned start of the earlier of the two. */
  readonly fromMs: number;
  /** Which occurrence goes first when nobody decides. */
  readonly byDefault: string;
}

/**
 * What the commune wants, or the default that was recorded at the deadline. `append`: the other plays behind it (phát nối tiếp);
 * `replace`: the other does not play (phát thay thế).
 */
export interface ClashDecision {
  readonly key: string;
  /** Of the commune: it holds for loudspeakers at or below it. */
  readonly areaPath: string;
  readonly goesFirst: string;
  readonly other: 'append' | 'replace';
  readonly automatic: boolean;
  readonly byName: string | null;
  readonly atMs: number;
}

export interface Settled {
  /** By start. */
  readonly slices: readonly Slice[];
  /** Occurrences that are not where they were planned. */
  readonly moved: ReadonlySet<string>;
  readonly replaced: readonly { readonly slice: Slice; readonly by: string }[];
  readonly clashes: readonly Clash[];
}

/** More in one list is a schedule that nobody can hear anyway; what is beyond stays where it is, as an overlap. */
const MOST_CLASHES = 500;

export type DecisionsByKey = ReadonlyMap<string, ClashDecision>;

const NO_DECISIONS: DecisionsByKey = new Map();

/** Decisions of many communes, ready to be asked for one loudspeaker after the other. */
export class DecisionBook {
  readonly #byArea = new Map<string, ClashDecision[]>();
  /** Area that decided something → what holds there. */
  readonly #at = new Map<string, DecisionsByKey>();

  constructor(decisions: readonly ClashDecision[]) {
    for (const decision of decisions) {
      const beside = this.#byArea.get(decision.areaPath);
      if (beside) beside.push(decision);
      else this.#byArea.set(decision.areaPath, [decision]);
    }
  }

  /** Those that cover an area; of two on one clash that of the narrower area. The same object wherever the same ones hold. */
  at(areaPath: string): DecisionsByKey {
    let found = NO_DECISIONS;
    if (this.#byArea.size === 0) return found;
    for (const path of pathsAbove(areaPath)) {
      const own = this.#byArea.get(path);
      if (!own) continue;
      const here = this.#at.get(path) ?? new Map([...found, ...own.map((each) => [each.key, each] as const)]);
      this.#at.set(path, here);
      found = here;
    }
    return found;
  }
}

export const clashKey = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

/**
 * Settles clashes of priority bulletins by what was decided, or by the default: the higher office first, then the earlier start. One
 * after the other is given its place; whoever comes later and would sound together with it waits for its end, so no two push each
 * other for ever.
 * @param slices of one loudspeaker, by start
 */
export function settleClashes(slices: readonly Slice[], decisions: DecisionsByKey): Settled {
  if (!anyClash(slices)) return { slices, moved: new Set(), replaced: [], clashes: [] };
  const clashes = new Map<string, Clash>();
  const placed: Bulletin[] = [];
  const now = new Map<string, readonly Slice[]>();
  const moved = new Set<string>();
  const replaced: { slice: Slice; by: string }[] = [];
  for (const bulletin of byPrecedence(bulletinsOf(slices), decisions)) {
    let at = bulletin;
    let by: string | null = null;
    for (let first = inTheWay(placed, at); first && clashes.size < MOST_CLASHES; first = inTheWay(placed, at)) {
      const clash = clashOf(first, bulletin);
      clashes.set(clash.key, clash);
      const decision = decisions.get(clash.key);
      if (decision?.other === 'replace' && decision.goesFirst === first.occurrence) {
        by = first.occurrence;
        break;
      }
      // A winner that starts later is not moved ahead of its time: what comes second waits for its end.
      at = movedBulletin(at, first.endMs - at.startMs);
      moved.add(at.occurrence);
    }
    now.set(at.occurrence, by === null ? at.slices : []);
    if (by === null) placed.push(at);
    else for (const slice of bulletin.slices) replaced.push({ slice, by });
  }
  const others = slices.filter((slice) => slice.class !== 'priority');
  const all = [...others, ...[...now.values()].flat()].sort(byStart);
  return { slices: all, moved, replaced, clashes: [...clashes.values()] };
}

/** An occurrence of class priority, with all that sounds of it. */
interface Bulletin {
  readonly occurrence: string;
  readonly level: AuthorityLevel;
  readonly anchor: Slice['anchor'];
  /** As planned, whatever it gave way to. */
  readonly plannedMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly slices: readonly Slice[];
}

function anyClash(slices: readonly Slice[]): boolean {
  const open: Slice[] = [];
  for (const slice of slices) {
    if (slice.class !== 'priority') continue;
    for (let at = open.length - 1; at >= 0; at--) {
      const other = open[at] as Slice;
      if (other.endMs <= slice.startMs) open.splice(at, 1);
      else if (other.occurrence !== slice.occurrence) return true;
    }
    open.push(slice);
  }
  return false;
}

function bulletinsOf(slices: readonly Slice[]): Bulletin[] {
  const found = new Map<string, Slice[]>();
  for (const slice of slices) {
    if (slice.class !== 'priority') continue;
    const beside = found.get(slice.occurrence);
    if (beside) beside.push(slice);
    else found.set(slice.occurrence, [slice]);
  }
  return [...found].map(([occurrence, own]) => {
    const [{ level, anchor, startMs }] = own as [Slice];
    const endMs = own.reduce((latest, slice) => Math.max(latest, slice.endMs), startMs);
    return { occurrence, level, anchor, plannedMs: startMs, startMs, endMs, slices: own };
  });
}

/** By what is the same at every loudspeaker: when it is first heard depends on languages, and on what the device can do. */
function byDefault(a: Bulletin, b: Bulletin): number {
  const higher = AUTHORITY_LEVELS.indexOf(b.level) - AUTHORITY_LEVELS.indexOf(a.level);
  const earlier = a.anchor.startMs - b.anchor.startMs || compare(a.anchor.id, b.anchor.id);
  // Of one session, the order in it.
  return higher || earlier || a.plannedMs - b.plannedMs || compare(a.occurrence, b.occurrence);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Those that are decided to go first before the others, all else by default. Decisions in a circle cannot all be followed. */
function byPrecedence(bulletins: readonly Bulletin[], decisions: DecisionsByKey): Bulletin[] {
  const inOrder = [...bulletins].sort(byDefault);
  const known = new Map(inOrder.map((bulletin) => [bulletin.occurrence, bulletin]));
  const ahead = new Map<string, Bulletin[]>();
  for (const { key, goesFirst, automatic } of decisions.values()) {
    // It only says what the default is, and must not stand against what people decided.
    if (automatic) continue;
    const [a, b] = key.split(' ') as [string, string];
    const first = known.get(goesFirst);
    const second = known.get(goesFirst === a ? b : a);
    if (first && second) ahead.set(second.occurrence, [...(ahead.get(second.occurrence) ?? []), first]);
  }
  if (ahead.size === 0) return inOrder;
  const ordered = new Set<Bulletin>();
  const met = new Set<Bulletin>();
  const take = (bulletin: Bulletin) => {
    if (met.has(bulletin)) return;
    met.add(bulletin);
    for (const first of (ahead.get(bulletin.occurrence) ?? []).sort(byDefault)) take(first);
    ordered.add(bulletin);
  };
  for (const bulletin of inOrder) take(bulletin);
  return [...ordered];
}

const inTheWay = (placed: readonly Bulletin[], at: Bulletin): Bulletin | undefined =>
  placed.find(
    (other) =>
      other.startMs < at.endMs &&
      at.startMs < other.endMs &&
      other.slices.some((a) => at.slices.some((b) => a.startMs < b.endMs && b.startMs < a.endMs)),
  );

function clashOf(a: Bulletin, b: Bulletin): Clash {
  const key = clashKey(a.occurrence, b.occurrence);
  const [first, second] = key.split(' ') as [string, string];
  const fromMs = Math.min(a.plannedMs, b.plannedMs);
  return { key, first, second, fromMs, byDefault: (byDefault(a, b) < 0 ? a : b).occurrence };
}

const movedBulletin = (bulletin: Bulletin, byMs: number): Bulletin => ({
  ...bulletin,
  startMs: bulletin.startMs + byMs,
  endMs: bulletin.endMs + byMs,
  slices: bulletin.slices.map((slice) => movedSlice(slice, byMs)),
});

/** The identity stays: it is the original start that names an occurrence. */
function movedSlice(slice: Slice, byMs: number): Slice {
  const play: PlannedPlay | null = slice.play && {
    ...slice.play,
    startMs: slice.play.startMs + byMs,
    latestEndMs: slice.play.latestEndMs + byMs,
  };
  return { ...slice, startMs: slice.startMs + byMs, endMs: slice.endMs + byMs, play };
}

/** More pairs than a person can settle: hundreds of plays in one minute must not fill the memory with all of theirs. */
const MOST_OVERLAPS = 10_000;

/** Pairs that one loudspeaker would have to sound together, by start of the first. @param slices by start */
export function overlapsOf(slices: readonly Slice[]): Overlap[] {
  const overlaps: Overlap[] = [];
  for (let index = 0; index < slices.length; index++) {
    const first = slices[index] as Slice;
    for (let next = index + 1; next < slices.length; next++) {
      const second = slices[next] as Slice;
      if (second.startMs >= first.endMs) break;
      if (overlaps.length === MOST_OVERLAPS) return overlaps;
      const untilMs = Math.min(first.endMs, second.endMs);
      overlaps.push({ first: first.id, second: second.id, fromMs: second.startMs, untilMs });
    }
  }
  return overlaps;
}
