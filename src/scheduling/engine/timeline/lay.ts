import type { PlannedPlay } from '../../../../devices/protocol/index.js';
import type { Listener, ScheduleEntry, TimelineItem } from '../model.js';
import { type Occurrence, occurrencesOf } from '../recurrence/index.js';
import { type Breach, blocks, checkPlay, type Overrides, type RuleBook } from '../rules/index.js';
import { concerns } from '../target.js';
import type { Calendar, Span } from '../time/index.js';
import type { Tree } from './forest.js';
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
export function layTree(tree: Tree, listener: Listener, world: World): Laid {
  return new Laying(tree, listener, world).all();
}

class Laying {
  readonly #slices: Slice[] = [];
  readonly #gaps: Gap[] = [];
  readonly #remarks: Remark[] = [];
  /** Entry → local days on which it occurs; the time is that of its place. */
  readonly #days = new Map<string, ReadonlyMap<string, Occurrence>>();
  readonly #met = new Set<string>();
  readonly #steps = new Map<string, readonly Step[]>();
  /** Not of the listener: all below it share what is laid. */
  readonly #ruledArea: string;

  constructor(
    private readonly tree: Tree,
    private readonly listener: Listener,
    private readonly world: World,
  ) {
    this.#ruledArea = ruledAreaOf(listener, world);
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
      this.#step(entry, own.id, step, atMs);
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
      const own = this.#daysOf(entry).get(dayOfOccurrence(root.id));
      if (!own) continue;
      this.#met.add(own.id);
      const startMs = atMs + (entry.place.kind === 'after' ? entry.place.gapMs : 0);
      if (startMs < entry.createdAtMs || startMs >= (entry.cancelledAtMs ?? Number.POSITIVE_INFINITY)) continue;
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

  #step(entry: ScheduleEntry, occurrence: string, step: Step, startMs: number): void {
    const { span, zone, rules, overrides } = this.world;
    if (step.kind === 'gap' || step.kind === 'bulletin' || startMs < span.fromMs || startMs >= span.untilMs) return;
    if (step.kind === 'sound') {
      const reason = this.#reasonAgainst(step, startMs);
      if (reason) return this.#gap(entry, occurrence, step, startMs, reason);
    } else if (!this.listener.capabilities.includes('stream'))
      return this.#gap(entry, occurrence, step, startMs, 'deviceCannot');
    const endMs = startMs + (step.durationMs ?? 0);
    const id = `${occurrence}-p${step.part}`;
    const areaPath = this.#ruledArea;
    let { volume } = entry;
    if (rules) {
      const asked = { areaPath, startMs, endMs, volume, class: entry.class, entryId: entry.id, occurrence };
      const verdict = checkPlay(rules, asked, zone, overrides);
      const blocking = verdict.breaches.find(blocks);
      if (blocking) return this.#gap(entry, occurrence, step, startMs, blocking.code, blocking);
      volume = verdict.volume;
      for (const breach of verdict.breaches) this.#remarks.push(remarkOf(breach, id));
    }
    for (const language of step.missingLanguages) this.#remarks.push({ code: 'languageMissing', play: id, language });
    this.#slices.push({
      areaPath,
      id,
      entryId: entry.id,
      occurrence,
      kind: step.kind,
      startMs,
      endMs,
      class: entry.class,
      level: entry.level,
      volume,
      play: step.item && playOf(entry, id, occurrence, startMs, volume, step.part, step.item),
    });
  }

  #gap(
    entry: ScheduleEntry,
    occurrence: string,
    { part }: Step,
    startMs: number,
    reason: GapReason,
    breach?: Breach,
  ): void {
    const localDay = this.world.calendar.localDayOf(startMs, this.world.zone);
    const gap = { entryId: entry.id, occurrence, part, localDay, startMs, reason };
    this.#gaps.push(breach === undefined ? gap : { ...gap, breach });
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

  #daysOf(entry: ScheduleEntry): ReadonlyMap<string, Occurrence> {
    const known = this.#days.get(entry.id);
    if (known) return known;
    const { span, calendar } = this.world;
    const wide = { fromMs: span.fromMs - 2 * LONGEST_ORDER_MS, untilMs: span.untilMs + LONGEST_ORDER_MS };
    // Its own time is not used, so neither is it there to have been created before or cancelled after.
    const always = { ...entry, createdAtMs: 0, cancelledAtMs: null };
    const days = new Map(occurrencesOf(always, wide, calendar).map((found) => [found.localDay, found]));
    this.#days.set(entry.id, days);
    return days;
  }

  /** Days of placed entries on which nothing was there for them to stand in or behind. */
  #unmet(): void {
    const { span } = this.world;
    for (const entry of [...this.tree.placed.values()].flat()) {
      if (!concerns(entry, this.listener)) continue;
      const fromMs = Math.max(span.fromMs, entry.createdAtMs);
      const untilMs = Math.min(span.untilMs, entry.cancelledAtMs ?? span.untilMs);
      for (const found of this.#daysOf(entry).values())
        if (!this.#met.has(found.id) && found.startMs >= fromMs && found.startMs < untilMs)
          this.#gaps.push(this.#gapOf(entry, found, 'anchorMissing'));
    }
  }

  /** Nothing of the occurrence can be played. */
  #gapOf(entry: ScheduleEntry, { id, startMs }: Occurrence, reason: GapReason): Gap {
    const localDay = this.world.calendar.localDayOf(startMs, this.world.zone);
    return { entryId: entry.id, occurrence: id, part: null, localDay, startMs, reason };
  }
}

/**
 * In the hottest loop: one shape, and nothing copied. The keys stand in the order of the contract, so that what was told and read back
 * has the same bytes as what is made anew; what is undefined is not written.
 */
function playOf(
  entry: ScheduleEntry,
  play: string,
  occurrence: string,
  startMs: number,
  volume: number,
  part: number,
  content: TimelineItem,
): PlannedPlay {
  const { item, audio } = toldOf(content);
  return {
    play,
    occurrence,
    part,
    startMs,
    latestEndMs: startMs + audio.durationMs + entry.graceMs,
    late: entry.late,
    class: entry.class,
    level: entry.level === 'commune' ? undefined : entry.level,
    interrupted: entry.interrupted === 'drop' ? undefined : entry.interrupted,
    volume,
    item,
    audio,
  };
}

type Told = Pick<PlannedPlay, 'item' | 'audio'>;

/** All plays of one content share what is told of it. */
const told = new WeakMap<TimelineItem, Told>();

function toldOf(content: TimelineItem): Told {
  const known = told.get(content);
  if (known) return known;
  const { id, version, title, textSha256, language, approval } = content;
  const { sha256, bytes, type, durationMs } = content.audio;
  const made: Told = {
    item: {
      ...{ id, version, title },
      ...(textSha256 === null ? {} : { textSha256 }),
      language,
      ...(approval === 'after' ? { approval } : {}),
    },
    audio: { sha256, bytes, type, durationMs },
  };
  told.set(content, made);
  return made;
}

/** The day of its original start: what stands in or behind a moved occurrence moves with it. `…-20260106T1700` → `2026-01-06`. */
function dayOfOccurrence(id: string): string {
  const at = id.lastIndexOf('-') + 1;
  return `${id.slice(at, at + 4)}-${id.slice(at + 4, at + 6)}-${id.slice(at + 6, at + 8)}`;
}
