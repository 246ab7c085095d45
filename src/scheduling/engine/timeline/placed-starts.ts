import type { ScheduleEntry } from '../model.js';
import { occurrenceId } from '../recurrence/index.js';
import { NO_OVERRIDES } from '../rules/index.js';
import { concerns } from '../target.js';
import { addDays, Calendar, DAY_S, dayOfText, type Span, wallOfText } from '../time/index.js';
import type { BoardSettings } from './board.js';
import { Forest } from './forest.js';
import { layTree, type World } from './lay.js';
import { shelfOf } from './running-order.js';

/**
 * When an occurrence of an entry that stands in or behind another starts, wherever it is heard: its own rule knows only the day.
 * @param original where the rule of the entry has it, local: YYYY-MM-DDTHH:MM:SS
 * @param day on which it is to stand there: YYYY-MM-DD
 * @param settings as of that day; the entry takes the place of the one with its id
 * @returns UTC epoch ms, each once; none: nothing that it could stand in or behind occurs, or nobody listens
 */
export function placedStartsOf(
  entry: ScheduleEntry,
  original: string,
  day: string,
  { entries, listeners, items, zone }: Pick<BoardSettings, 'entries' | 'listeners' | 'items' | 'zone'>,
): readonly number[] {
  const calendar = new Calendar();
  const forest = new Forest();
  for (const each of entries) forest.put(each);
  forest.put(entry);
  const tree = forest.treeOf(entry.id);
  const span = spanOf(tree.root, day, calendar);
  const shelf = shelfOf(items);
  const world: World = { shelf, span, asked: span, zone, rules: null, overrides: NO_OVERRIDES, calendar };
  const own = occurrenceId(entry.id, wallOfText(original) ?? 0, calendar);
  const starts = new Set<number>();
  for (const listener of listeners)
    if (concerns(entry, listener))
      layTree(tree, listener, world, (occurrence, startMs) => {
        if (occurrence === own) starts.add(startMs);
      });
  return [...starts];
}

/** The day, and wherever people moved what the root has on it. */
function spanOf(root: ScheduleEntry, day: string, calendar: Calendar): Span {
  const moved = (root.changes ?? []).flatMap(({ original, to }) => (original.startsWith(day) && to !== null ? to : []));
  const days = [day, ...moved.map((to) => to.slice(0, 10))].sort();
  const startOf = (text: string) => calendar.startOf((dayOfText(text) ?? 0) * DAY_S, root.zone).startMs;
  return { fromMs: startOf(days[0] ?? day), untilMs: startOf(addDays(days.at(-1) ?? day, 1)) };
}
