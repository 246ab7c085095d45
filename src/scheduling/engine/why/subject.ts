import { type Fate, type Foresight, foresee, type Segment } from '../../../../devices/protocol/index.js';
import type { Listener, ScheduleEntry, TimelineItem } from '../model.js';
import { entryIdOf } from '../recurrence/index.js';
import { concerns } from '../target.js';
import { DecisionBook } from '../timeline/clash.js';
import type { ClashDecision, Plan, Slice } from '../timeline/index.js';
import { MOST_LANGUAGES } from '../timeline/running-order.js';

/** An entry, with the name of who made it where that is known. */
export type ExplainedEntry = ScheduleEntry & { readonly createdByName?: string };

export type Asked =
  | { readonly kind: 'entry'; readonly entryId: string }
  | { readonly kind: 'item'; readonly itemId: string };

export interface WhyQuestion {
  readonly about: Asked;
  /** Any instant of the minute. UTC epoch ms. */
  readonly atMs: number;
  readonly listener: Listener;
  /** Of that listener. It should span the local day of the minute and the day before, for what sounds over midnight. */
  readonly plan: Plan;
  readonly entries: Iterable<ExplainedEntry>;
  readonly items: ReadonlyMap<string, TimelineItem>;
  readonly decisions?: readonly ClashDecision[];
  readonly zone: string;
}

const MINUTE_MS = 60_000;

/** A question with what is needed to answer it, looked up once. */
export class Matter {
  readonly entryOf: ReadonlyMap<string, ExplainedEntry>;
  readonly fromMs: number;
  readonly untilMs: number;
  /** By key of the clash; those that hold here. */
  readonly decisions: ReadonlyMap<string, ClashDecision>;
  #foresight: Foresight | null = null;

  constructor(readonly asked: WhyQuestion) {
    this.entryOf = new Map([...asked.entries].map((entry) => [entry.id, entry]));
    this.fromMs = Math.floor(asked.atMs / MINUTE_MS) * MINUTE_MS;
    this.untilMs = this.fromMs + MINUTE_MS;
    this.decisions = new DecisionBook(asked.decisions ?? []).at(asked.listener.areaPath);
  }

  /** Entries that the question is about, by id; of an item those with any version of it. */
  entries(): ExplainedEntry[] {
    const { about, items } = this.asked;
    if (about.kind === 'entry') return [this.entryOf.get(about.entryId) ?? []].flat();
    const group = items.get(about.itemId)?.groupId;
    const isIt = (id: string) => id === about.itemId || (group !== undefined && items.get(id)?.groupId === group);
    return [...this.entryOf.values()]
      .filter(({ runningOrder }) => runningOrder.some((part) => 'itemId' in part && isIt(part.itemId)))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Slices of the entry that are what is asked for. */
  slicesOf(entry: ExplainedEntry): Slice[] {
    const { about, plan } = this.asked;
    return plan.slices.filter(
      (slice) =>
        slice.entryId === entry.id &&
        (about.kind === 'entry' ||
          (slice.play?.item.id ?? slice.itemId ?? itemAt(entry, partOf(slice.id))) === about.itemId),
    );
  }

  inMinute({ startMs, endMs }: Pick<Slice, 'startMs' | 'endMs'>): boolean {
    return startMs < this.untilMs && endMs > this.fromMs;
  }

  fateOf(play: string): Fate | undefined {
    return this.#foreseen().fates.get(play);
  }

  /** What the loudspeaker sounds in the minute, the first of it; of a board nothing is foreseen. */
  holder(): Segment | undefined {
    return this.#foreseen().segments.find(({ fromMs, untilMs }) => fromMs < this.untilMs && untilMs > this.fromMs);
  }

  titleOfPlay(playOrOccurrence: string): string {
    const cut = playOrOccurrence.lastIndexOf('-p');
    const occurrence = cut < 0 ? playOrOccurrence : playOrOccurrence.slice(0, cut);
    return this.titleOf(entryIdOf(occurrence));
  }

  titleOf(entryId: string): string {
    return this.entryOf.get(entryId)?.title ?? entryId;
  }

  /** The entry whose time it has, through slots and entries that it stands behind. */
  rootOf(entry: ExplainedEntry): ExplainedEntry {
    return this.#chainFrom(entry).at(-1) ?? entry;
  }

  /** What it stands in or behind, directly or not, and is not for this loudspeaker. */
  anchorElsewhere(entry: ExplainedEntry): ExplainedEntry | undefined {
    return this.#chainFrom(entry).find((anchor) => !concerns(anchor, this.asked.listener));
  }

  /** The entry, what it stands in or behind, and so on. */
  #chainFrom(entry: ExplainedEntry): ExplainedEntry[] {
    const chain = new Set([entry]);
    for (const { place } of chain) {
      const anchor = place && this.entryOf.get(place.entryId);
      if (anchor) chain.add(anchor);
    }
    return [...chain];
  }

  #foreseen(): Foresight {
    this.#foresight ??= foresee(this.asked.plan.plays);
    return this.#foresight;
  }
}

export const partOf = (play: string): number => Number(play.slice(play.lastIndexOf('-p') + 2));

/** What was scheduled at a part of a running order; null: no item. */
export function itemAt({ runningOrder }: Pick<ScheduleEntry, 'runningOrder'>, part: number): string | null {
  const step = runningOrder[Math.floor(part / MOST_LANGUAGES)];
  return step && 'itemId' in step ? step.itemId : null;
}
