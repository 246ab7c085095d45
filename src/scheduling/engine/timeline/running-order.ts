import type { Listener, ScheduleEntry, TimelineItem } from '../model.js';

/** More language versions of one step than this are not told apart by their part number. */
export const MOST_LANGUAGES = 8;

/** One sounding step of a running order. */
export interface Step {
  /** Its number in the contract: stays the same when a language is added or another step taken out of its sound. */
  readonly part: number;
  readonly kind: 'sound' | 'relay' | 'live' | 'gap' | 'bulletin';
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
  /** Group → language → version. */
  readonly versions: ReadonlyMap<string, ReadonlyMap<string, TimelineItem>>;
}

export function shelfOf(items: ReadonlyMap<string, TimelineItem>): Shelf {
  const versions = new Map<string, Map<string, TimelineItem>>();
  for (const item of items.values()) {
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
    if (step.kind === 'item') {
      for (const [turn, { item, missing }] of versionsFor(step.itemId, shelf, listener.languages).entries()) {
        const durationMs = durationOf(item);
        steps.push({
          part: part + turn,
          kind: 'sound',
          itemId: step.itemId,
          item,
          durationMs,
          missingLanguages: missing,
        });
      }
    } else {
      const itemId = step.kind === 'relay' ? step.itemId : null;
      const durationMs = step.kind === 'bulletin' ? null : step.durationMs;
      steps.push({ part, kind: step.kind, itemId, item: null, durationMs, missingLanguages: NONE });
    }
  }
  return steps;
}

const NONE: readonly string[] = [];

interface Heard {
  readonly item: TimelineItem | null;
  readonly missing: readonly string[];
}

/**
 * Language routing: the versions that the hamlets speak, in their order. Where none of them exists, or nobody said what is spoken,
 * what was scheduled is heard. Languages without a version are named with the first step.
 */
function versionsFor(itemId: string, shelf: Shelf, languages: readonly string[]): Heard[] {
  const scheduled = shelf.items.get(itemId) ?? null;
  const asScheduled = languages.length === 0 || (languages.length === 1 && languages[0] === scheduled?.language);
  if (!scheduled || asScheduled) return [{ item: scheduled, missing: NONE }];
  const versions = shelf.versions.get(scheduled.groupId);
  const versionIn = (language: string) =>
    language === scheduled.language ? scheduled : (versions?.get(language) ?? null);
  const spoken = [...new Set(languages)];
  const heard = spoken.flatMap((language) => versionIn(language) ?? []).slice(0, MOST_LANGUAGES);
  const missing = spoken.filter((language) => versionIn(language) === null);
  const [first = scheduled, ...others] = heard;
  return [{ item: first, missing }, ...others.map((item) => ({ item, missing: NONE }))];
}

/** Case 4: a length that could not be read is unknown, not 0. */
function durationOf(item: TimelineItem | null): number | null {
  const durationMs = item?.audio.durationMs ?? 0;
  return Number.isSafeInteger(durationMs) && durationMs > 0 ? durationMs : null;
}
