import type { Listener, ScheduleEntry, TimelineItem } from '../model.js';

/** A part number tells so many languages of one step apart; what is spoken beyond them is told to be missing. */
export const MOST_LANGUAGES = 8;

/** One step of a running order as it is heard or seen. */
export interface Step {
  /** Its number in the contract: stays the same when a language is added or another step taken out of its sound. */
  readonly part: number;
  readonly kind: 'sound' | 'show' | 'relay' | 'live' | 'gap' | 'bulletin';
  /** The version that is heard; null: there is none that may go on air, or the step needs none. */
  readonly item: TimelineItem | null;
  /** What was scheduled. */
  readonly itemId: string | null;
  /** Null: unknown (case 4), or that of the entries that are put there. */
  readonly durationMs: number | null;
  /** Languages that hamlets here speak and no version has. */
  readonly missingLanguages: readonly string[];
}

/** Content that may go on air, as the engine is given it. */
export interface Shelf {
  readonly items: ReadonlyMap<string, TimelineItem>;
  /** Group → language → version, of what is stored: a relay is in whatever language it is. */
  readonly versions: ReadonlyMap<string, ReadonlyMap<string, TimelineItem>>;
}

export function shelfOf(items: ReadonlyMap<string, TimelineItem>): Shelf {
  const versions = new Map<string, Map<string, TimelineItem>>();
  for (const item of items.values()) {
    if (item.relay) continue;
    const group = versions.get(item.groupId) ?? new Map<string, TimelineItem>();
    versions.set(item.groupId, group);
    const other = group.get(item.language);
    if (!other || item.id < other.id) group.set(item.language, item);
  }
  return { items, versions };
}

/** What an entry sounds for these listeners, in order. */
export function stepsOf(
  entry: Pick<ScheduleEntry, 'runningOrder'>,
  shelf: Shelf,
  listener: Pick<Listener, 'languages'>,
): Step[] {
  const steps: Step[] = [];
  for (const [index, step] of entry.runningOrder.entries()) {
    const part = index * MOST_LANGUAGES;
    if (step.kind === 'item' || step.kind === 'show') {
      for (const { turn, item, missing } of versionsFor(step.itemId, shelf, listener.languages)) {
        const durationMs = step.kind === 'show' ? step.durationMs : durationOf(item);
        steps.push({
          part: part + turn,
          kind: step.kind === 'show' || item?.visual ? 'show' : 'sound',
          itemId: step.itemId,
          item,
          durationMs,
          missingLanguages: missing,
        });
      }
    } else {
      const itemId = step.kind === 'relay' ? step.itemId : null;
      const item = shelf.items.get(itemId ?? '');
      const durationMs = step.kind === 'bulletin' ? null : step.durationMs;
      steps.push({
        ...{ part, kind: step.kind, itemId, durationMs },
        item: item?.relay ? item : null,
        missingLanguages: NONE,
      });
    }
  }
  return steps;
}

const NONE: readonly string[] = [];

interface Heard {
  /** Place of its language among those that are spoken: it stays when another version comes or goes. */
  readonly turn: number;
  readonly item: TimelineItem | null;
  readonly missing: readonly string[];
}

/**
 * Language routing: the versions that the hamlets speak, in their order. Where none of them exists, or nobody said what is spoken,
 * what was scheduled is heard. Languages without a version are named with the first step.
 */
function versionsFor(itemId: string, shelf: Shelf, languages: readonly string[]): Heard[] {
  const named = shelf.items.get(itemId);
  // A relay lasts as long as somebody plans; where an item of its own length stands there is none.
  const scheduled = named && !named.relay ? named : null;
  const asScheduled = languages.length === 0 || (languages.length === 1 && languages[0] === scheduled?.language);
  if (!scheduled || asScheduled) return [{ turn: 0, item: scheduled, missing: NONE }];
  const versions = shelf.versions.get(scheduled.groupId);
  const heard: { readonly turn: number; readonly item: TimelineItem }[] = [];
  const missing: string[] = [];
  for (const [turn, language] of [...new Set(languages)].entries()) {
    const item = language === scheduled.language ? scheduled : versions?.get(language);
    if (item && turn < MOST_LANGUAGES) heard.push({ turn, item });
    else missing.push(language);
  }
  const [first = { turn: 0, item: scheduled }, ...others] = heard;
  return [{ ...first, missing }, ...others.map((other) => ({ ...other, missing: NONE }))];
}

/** Case 4: a length that could not be read is unknown, not 0. */
function durationOf(item: TimelineItem | null): number | null {
  const durationMs = item?.audio?.durationMs ?? item?.visual?.durationMs ?? 0;
  return Number.isSafeInteger(durationMs) && durationMs > 0 ? durationMs : null;
}
