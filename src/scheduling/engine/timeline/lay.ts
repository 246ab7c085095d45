import type { Listener, ScheduleEntry } from '../model.js';
import { type Occurrence, occurrencesOf } from '../recurrence/index.js';
import { blocks, checkPlay, type Overrides, type RuleBook } from '../rules/index.js';
import { concerns } from '../target.js';
import type { Calendar, Span } from '../time/index.js';
import { obstacleTo } from './ability.js';
import type { Tree } from './forest.js';
import { type PlacedDays, placedDaysOf } from './placed-days.js';
import { playOf } from './play.js';
import { remarkOf } from './remark.js';
import { type Shelf, type Step, stepsOf } from './running-order.js';
import type { Gap, GapReason, Remark, Slice } from './timeline.types.js';

/** What is the same for everybody who listens. */
export interface World {
  readonly shelf: Shelf;
  /** What is laid: wider than what is asked for, because what sounds over its edge clashes and counts in it. */
  readonly span: Span;
  /** What is asked for. */
  readonly asked: Span;
  /** The zone whose days the plan has. */
  readonly zone: string;
  /** Null: nobody made rules. */
  readonly rules: RuleBook | null;
  readonly overrides: Overrides;
  readonly calendar: Calendar;
}

export interface Laid {
  readonly slices: readonly Slice[];
  readonly gaps: readonly Gap[];
  readonly remarks: readonly Remark[];
}

/** The area whose rules a listener is under: what `Slice` names. */
const ruledAreaOf = ({ areaPath }: Listener, { rules }: World): string => rules?.ruledAreaOf(areaPath) ?? '/';

/** What began so long before the span may still have parts in it. */
const LONGEST_ORDER_MS = 86_400_000;

/**
 * Lays an entry, and what stands in and behind it, in time for one listener. Only parts that start in the span are given. Where nothing
 * is placed it is the same for all who speak and can do the same under the same rules.
 */
export function layTree(tree: Tree, listener: Listener, world: World, onPlaced: OnPlaced = () => {}): Laid {
  return new Laying(tree, listener, world, onPlaced).all();
}

/** Told of each placed occurrence that is laid: its own identity, by its rule, and when it starts here. */
export type OnPlaced = (own: string, startMs: number) => void;

class Laying {
  readonly #slices: Slice[] = [];
  readonly #gaps: Gap[] = [];
  readonly #remarks: Remark[] = [];
  readonly #days: PlacedDays;
  readonly #met = new Set<string>();
  readonly #steps = new Map<string, readonly Step[]>();
  /** Not of the listener: all below it share what is laid. */
  readonly #ruledArea: string;

  constructor(
    private readonly tree: Tree,
    private readonly listener: Listener,
    private readonly world: World,
    private readonly onPlaced: OnPlaced,
  ) {
    this.#ruledArea = ruledAreaOf(listener, world);
    this.#days = placedDaysOf(tree, world.calendar);
  }

  all(): Laid {
    const { root, placed, loose } = this.tree;
    const { span, calendar } = this.world;
    if (loose !== null) return this.#nothing(loose);
    const alone = placed.size === 0;
    // A lone item starts when its entry does, so nothing that began earlier can have a part in the span.
    const before = alone && root.runningOrder.length === 1 && this.listener.languages.length < 2 ? 0 : LONGEST_ORDER_MS;
    // Of a day that the span cuts off, what is placed must not be taken for lost.
    const behind = alone ? 0 : LONGEST_ORDER_MS;
    const wide = { fromMs: span.fromMs - before, untilMs: span.untilMs + behind };
    // One that hears only what is placed hears nothing for that to stand in or behind.
    const found = concerns(root, this.listener) ? occurrencesOf(root, wide, calendar) : [];
    for (const occurrence of found) this.#lay(root, occurrence, occurrence.startMs, occurrence);
    if (!alone) this.#unmet();
    return { slices: this.#slices, gaps: this.#gaps, remarks: this.#remarks };
  }

  /** What it stands in or behind is not there: its own days and times are all that is known of it. */
  #nothing(reason: 'anchorMissing' | 'afterCycle'): Laid {
    const { root } = this.tree;
    const { span, calendar } = this.world;
    if (!concerns(root, this.listener)) return { slices: [], gaps: [], remarks: [] };
    const gaps = occurrencesOf(root, span, calendar).map((found) => this.#gapOf(root, found, reason));
    return { slices: [], gaps, remarks: [] };
  }

  /** @returns the end of the entry and of all behind it */
  #lay(entry: ScheduleEntry, own: Pick<Occurrence, 'id'>, startMs: number, root: Occurrence): number {
    let atMs = startMs;
    let inside = false;
    for (const step of this.#stepsOf(entry)) {
      if (step.kind === 'bulletin') {
        // Those in the slot sound once, where the first of several such places is.
        if (!inside) atMs = this.#layPlaced(entry, 'inSlot', atMs, root);
        inside = true;
        continue;
      }
      this.#step(entry, own.id, step, atMs, root);
      atMs += step.durationMs ?? 0;
    }
    if (!inside) atMs = this.#layPlaced(entry, 'inSlot', atMs, root);
    if (entry.slot && atMs - startMs > entry.slot.lengthMs) this.#overrun(entry, own.id, startMs, atMs);
    return this.#layPlaced(entry, 'after', atMs, root);
  }

  #layPlaced(anchor: ScheduleEntry, kind: 'inSlot' | 'after', fromMs: number, root: Occurrence): number {
    let atMs = fromMs;
    for (const entry of this.tree.placed.get(anchor.id) ?? []) {
      if (entry.place?.kind !== kind || !concerns(entry, this.listener)) continue;
      const own = this.#days.at(entry, root.id);
      if (own === null) continue;
      this.#met.add(own);
      const startMs = atMs + (entry.place.kind === 'after' ? entry.place.gapMs : 0);
      if (startMs < entry.createdAtMs || isOver(entry, anchor, startMs)) continue;
      this.onPlaced(own, startMs);
      atMs = this.#lay(entry, { id: `${entry.id}${root.id.slice(root.id.lastIndexOf('-'))}` }, startMs, root);
    }
    return atMs;
  }

  #stepsOf(entry: ScheduleEntry): readonly Step[] {
    const known = this.#steps.get(entry.id);
    if (known) return known;
    const made = stepsOf(entry, this.world.shelf, this.listener);
    this.#steps.set(entry.id, made);
    return made;
  }

  #step(entry: ScheduleEntry, occurrence: string, step: Step, startMs: number, anchor: Occurrence): void {
    const { span, zone, rules, overrides } = this.world;
    if (step.kind === 'gap' || step.kind === 'bulletin' || startMs < span.fromMs || startMs >= span.untilMs) return;
    if (entry.takenOff && isOver(entry, entry, startMs)) return;
    const cannot = obstacleTo(step, this.listener);
    if (cannot) return this.#gap(entry, occurrence, step, startMs, 'deviceCannot', { cannot });
    if (step.kind !== 'live') {
      const reason = this.#reasonAgainst(step, startMs);
      if (reason) return this.#gap(entry, occurrence, step, startMs, reason);
    }
    const endMs = startMs + (step.durationMs ?? 0);
    const id = `${occurrence}-p${step.part}`;
    const areaPath = this.#ruledArea;
    let { volume } = entry;
    if (rules) {
      const asked = { areaPath, startMs, endMs, volume, class: entry.class, entryId: entry.id, occurrence };
      const verdict = checkPlay(rules, asked, zone, overrides);
      const blocking = verdict.breaches.find(blocks);
      if (blocking) return this.#gap(entry, occurrence, step, startMs, blocking.code, { breach: blocking });
      volume = verdict.volume;
      for (const breach of verdict.breaches) this.#remarks.push(remarkOf(breach, id));
    }
    for (const language of step.missingLanguages) this.#remarks.push({ code: 'languageMissing', play: id, language });
    const { item } = step;
    const slice: Slice = {
      areaPath,
      id,
      entryId: entry.id,
      occurrence,
      anchor,
      kind: step.kind,
      startMs,
      endMs,
      class: entry.class,
      level: entry.level,
      volume,
      play: item && playOf(entry, id, occurrence, startMs, volume, step, item),
    };
    this.#slices.push(item?.visual ? { ...slice, itemId: item.id } : slice);
  }

  #gap(
    entry: ScheduleEntry,
    occurrence: string,
    { part }: Step,
    startMs: number,
    reason: GapReason,
    why: Pick<Gap, 'breach' | 'cannot'> = {},
  ): void {
    const localDay = this.world.calendar.localDayOf(startMs, this.world.zone);
    this.#gaps.push({ entryId: entry.id, occurrence, part, localDay, startMs, reason, ...why });
  }

  #reasonAgainst({ item, durationMs }: Step, startMs: number): GapReason | null {
    if (!item) return 'notApproved';
    if (durationMs === null) return 'unknownDuration';
    const { validFrom, validTo } = item;
    if (validFrom === null && validTo === null) return null;
    // The local day on which it would start; what starts on its last day is played whole.
    const day = this.world.calendar.localDayOf(startMs, this.world.zone);
    return (validFrom !== null && day < validFrom) || (validTo !== null && day > validTo) ? 'notValid' : null;
  }

  #overrun({ id, slot }: ScheduleEntry, occurrence: string, startMs: number, endMs: number): void {
    const { span } = this.world;
    if (startMs < span.fromMs || startMs >= span.untilMs || !slot) return;
    const byMs = endMs - startMs - slot.lengthMs;
    this.#remarks.push({ code: 'slotOverrun', entryId: id, occurrence, byMs, endMs });
  }

  /** Occurrences of placed entries that found nothing to stand in or behind. */
  #unmet(): void {
    const { span, calendar } = this.world;
    for (const entry of [...this.tree.placed.values()].flat())
      if (concerns(entry, this.listener))
        for (const found of occurrencesOf(entry, span, calendar))
          if (!this.#met.has(found.id)) this.#gaps.push(this.#gapOf(entry, found, 'anchorMissing'));
  }

  /** Nothing of the occurrence can be played. */
  #gapOf(entry: ScheduleEntry, { id, startMs }: Occurrence, reason: GapReason): Gap {
    const localDay = this.world.calendar.localDayOf(startMs, this.world.zone);
    return { entryId: entry.id, occurrence: id, part: null, localDay, startMs, reason };
  }
}

/**
 * Whether an entry has ended before it would start here. One that ended together with what it stands in or behind ended with it: what
 * that had begun, and was told, goes on to its end.
 */
const isOver = ({ cancelledAtMs, takenOff }: ScheduleEntry, anchor: ScheduleEntry, startMs: number): boolean =>
  cancelledAtMs !== null && startMs >= cancelledAtMs && (takenOff === true || cancelledAtMs !== anchor.cancelledAtMs);
