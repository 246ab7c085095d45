import type { OrderPart, Place, ScheduleEntry, Target, TimelineItem } from '../model.js';
import { itemIdsOf } from '../model.js';
import { occurrencesOf, seriesOf } from '../recurrence/index.js';
import { isForAll } from '../target.js';
import { addDays, Calendar, DAY_S, dayOfText, spanOfDays, textOfWall } from '../time/index.js';
import type { DayLine, LinePlace } from './lines.js';

/**
 * Why a line is not laid: `repeats`: its own rule has it there; `cancelledThere`: its rule has it there, and a person took it out;
 * `alreadyThere`: the same running order at the same time; `anchorMissing`: its slot, or what it stands behind, is not there.
 */
export const SKIP_REASONS = [
  'past',
  'repeats',
  'cancelledThere',
  'alreadyThere',
  'notApproved',
  'notValid',
  'anchorMissing',
  'elsewhere',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

interface Laid {
  readonly line: DayLine;
  /** YYYY-MM-DD, in the zone of the line. */
  readonly day: string;
  readonly startMs: number;
}

export interface LaidLine extends Laid {
  /** Index of the line. */
  readonly index: number;
  /** `made`: what it stands in or behind is another laid line, by its index. */
  readonly place: Place | { readonly made: number; readonly kind: Place['kind']; readonly gapMs: number } | null;
}

export interface SkippedLine extends Laid {
  readonly reason: SkipReason;
}

/** Where lines are laid. */
export interface Ground {
  /** First day. */
  readonly to: string;
  /** Last day + 1 is `to` + `days`. */
  readonly days: number;
  /** Of the area: with them nothing is doubled. */
  readonly entries: readonly ScheduleEntry[];
  /** Slots and others outside `entries` that lines stand in or behind. */
  readonly anchors: readonly ScheduleEntry[];
  /** What may go on air. */
  readonly items: ReadonlyMap<string, Pick<TimelineItem, 'validFrom' | 'validTo'>>;
  /** False: clusters, groups and hamlets that lines name are of another area. */
  readonly namesHold: boolean;
  readonly nowMs: number;
}

/** Which lines become entries of their own, and why others do not. */
export function layOut(
  lines: readonly DayLine[],
  ground: Ground,
): { readonly made: readonly LaidLine[]; readonly skipped: readonly SkippedLine[] } {
  const fates = new Layer(lines, ground).fates();
  return {
    made: fates.flatMap((fate) => (fate.kind === 'made' ? [fate.laid] : [])),
    skipped: fates.flatMap((fate) => (fate.kind === 'skipped' ? [fate.laid] : [])),
  };
}

type Fate =
  | { readonly kind: 'made'; readonly laid: LaidLine }
  /** `there`: the entry that is there in its place. */
  | { readonly kind: 'skipped'; readonly laid: SkippedLine; readonly there: string | null };

type Names = Omit<Target, 'areaPath'>;

interface There extends Names {
  /** Null: another line of the same laying. */
  readonly entryId: string | null;
}

class Layer {
  readonly #calendar = new Calendar();
  readonly #entries: ReadonlyMap<string, ScheduleEntry>;
  readonly #there = new Map<string, There[]>();
  readonly #fates: Fate[] = [];
  readonly #begun = new Set<number>();

  constructor(
    private readonly lines: readonly DayLine[],
    private readonly ground: Ground,
  ) {
    this.#entries = new Map([...ground.anchors, ...ground.entries].map((entry) => [entry.id, entry]));
    for (const entry of ground.entries) {
      const span = spanOfDays(ground.to, ground.days, entry.zone);
      for (const { startMs, localDay } of occurrencesOf(entry, span, this.#calendar))
        this.#note(keyOf(entry, entry.place, localDay, startMs), { ...entry, entryId: entry.id });
    }
  }

  fates(): readonly Fate[] {
    return this.lines.map((_, index) => this.#fateOf(index));
  }

  #fateOf(index: number): Fate {
    const known = this.#fates[index];
    if (known) return known;
    this.#begun.add(index);
    const fate = this.#decide(index, this.lines[index] as DayLine);
    this.#fates[index] = fate;
    return fate;
  }

  #decide(index: number, line: DayLine): Fate {
    const day = addDays(this.ground.to, line.day);
    const { startMs } = this.#calendar.instantOf(day, line.time, line.zone);
    const laid: Laid = { line, day, startMs };
    const skipped = (reason: SkipReason, there: string | null = null): Fate => ({
      kind: 'skipped',
      laid: { ...laid, reason },
      there,
    });
    if (startMs <= this.ground.nowMs) return skipped('past');
    const own = this.#byItsOwnRule(line);
    if (own) return skipped(own.reason, own.entryId);
    if (!this.ground.namesHold && !isForAll(line)) return skipped('elsewhere');
    const unfit = this.#unfit(line, day);
    if (unfit) return skipped(unfit);
    const place = line.place && this.#placeOf(line.place, day);
    if (place && 'reason' in place) return skipped(place.reason);
    const key = keyOf(line, place, day, startMs);
    const same = this.#there.get(key)?.find((there) => holdsFor(there, line));
    if (same) return skipped('alreadyThere', same.entryId);
    this.#note(key, { ...line, entryId: null });
    return { kind: 'made', laid: { ...laid, index, place } };
  }

  #note(key: string, there: There): void {
    const { entryId, devices, clusterIds, groupIds, hamletIds } = there;
    const all = this.#there.get(key) ?? [];
    this.#there.set(key, [...all, { entryId, devices, clusterIds, groupIds, hamletIds }]);
  }

  /** What the rule of its entry has there needs no copy, and what a person took out of it does not come back. */
  #byItsOwnRule({ source }: DayLine): { readonly reason: SkipReason; readonly entryId: string | null } | null {
    const entry = source && this.#entries.get(source.entryId);
    if (!entry) return null;
    const wall = (dayOfText(this.ground.to) ?? 0) * DAY_S + source.originalS;
    const { startMs } = this.#calendar.startOf(wall, entry.zone);
    if (startMs < entry.createdAtMs || startMs >= (entry.cancelledAtMs ?? Infinity)) return null;
    if (!seriesOf(entry.recurrence, entry.zone).has(wall)) return null;
    const change = entry.changes?.find(({ original }) => original === textOfWall(wall));
    return change?.to === null ? { reason: 'cancelledThere', entryId: null } : { reason: 'repeats', entryId: entry.id };
  }

  #unfit({ runningOrder }: DayLine, day: string): SkipReason | null {
    const items = itemIdsOf(runningOrder).map((id) => this.ground.items.get(id));
    if (items.includes(undefined)) return 'notApproved';
    const valid = items.every((item) => (item?.validFrom ?? day) <= day && (item?.validTo ?? day) >= day);
    return valid ? null : 'notValid';
  }

  #placeOf(place: LinePlace, day: string): NonNullable<LaidLine['place']> | { readonly reason: SkipReason } {
    const { kind, anchor } = place;
    const gapMs = place.kind === 'after' ? place.gapMs : 0;
    const inEntry = (entryId: string): Place => (kind === 'inSlot' ? { kind, entryId } : { kind, entryId, gapMs });
    if (anchor.kind === 'entry')
      return this.#occurs(anchor.entryId, day) ? inEntry(anchor.entryId) : { reason: 'anchorMissing' };
    // A circle is refused at the door; one that got in must not turn here for ever.
    if (this.#begun.has(anchor.line) && !this.#fates[anchor.line]) return { reason: 'anchorMissing' };
    const fate = this.#fateOf(anchor.line);
    if (fate.kind === 'made') return { made: anchor.line, kind, gapMs };
    if (fate.there !== null) return inEntry(fate.there);
    return { reason: fate.laid.reason === 'past' ? 'past' : 'anchorMissing' };
  }

  #occurs(entryId: string, day: string): boolean {
    const entry = this.#entries.get(entryId);
    return entry !== undefined && occurrencesOf(entry, spanOfDays(day, 1, entry.zone), this.#calendar).length > 0;
  }
}

/** The same for the same running order at the same time; of what is placed, the place is the time. */
function keyOf(
  { runningOrder }: Pick<ScheduleEntry, 'runningOrder'>,
  place: LaidLine['place'],
  day: string,
  startMs: number,
): string {
  const at = place ? [day, place.kind, 'made' in place ? place.made : place.entryId] : startMs;
  return JSON.stringify([at, runningOrder.map(plain)]);
}

/** Databases keep the members of an object in orders of their own. */
const plain = (part: OrderPart) => Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1));

/** Whether all whom the line is for have what is there. */
const holdsFor = (there: Names, line: Names): boolean =>
  (there.devices === 'all' || there.devices === line.devices) && (isForAll(there) || sameNames(there, line));
const sameNames = (a: Names, b: Names): boolean =>
  JSON.stringify([a.clusterIds, a.groupIds, a.hamletIds]) === JSON.stringify([b.clusterIds, b.groupIds, b.hamletIds]);
