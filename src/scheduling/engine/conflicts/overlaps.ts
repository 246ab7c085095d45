import { type Fate, ON_TIME_MS } from '../../../../devices/protocol/index.js';
import type { Overlap, Plan, Shared } from '../timeline/index.js';
import { momentWords, spanWords, type Words } from '../why/when.js';
import type { Draft, FateAhead, Happening } from './conflict.js';
import type { Ground } from './ground.js';
import { endOf, type Places } from './places.js';
import { type SolutionData, worded } from './solutions.js';
import { occurrenceOf, pairOf } from './trial.js';

interface Pair {
  readonly key: string;
  readonly first: string;
  readonly second: string;
  fromMs: number;
  untilMs: number;
  readonly listeners: Set<string>;
}

/** Overlaps of the same two occurrences are one conflict, apart only where loudspeakers would settle them differently. */
export function overlapDrafts(overlaps: readonly Shared<Overlap>[], ground: Ground, places: Places): Draft[] {
  const pairs = new Map<string, Pair>();
  for (const { first, second, fromMs, untilMs, listeners } of overlaps) {
    const key = pairOf(first, second);
    const known = pairs.get(key);
    if (known) {
      known.fromMs = Math.min(known.fromMs, fromMs);
      known.untilMs = Math.max(known.untilMs, untilMs);
      for (const id of listeners) known.listeners.add(id);
    } else {
      const ends = { first: occurrenceOf(first), second: occurrenceOf(second) };
      pairs.set(key, { key, ...ends, fromMs, untilMs, listeners: new Set(listeners) });
    }
  }
  return [...pairs.values()].flatMap((pair) => byFate(pair, ground).map((one) => draftOf(pair, one, ground, places)));
}

interface SameFate {
  readonly fates: readonly FateAhead[];
  readonly listenerIds: string[];
}

function byFate({ first, second, listeners }: Pair, ground: Ground): SameFate[] {
  const groups = new Map<string, SameFate>();
  for (const id of [...listeners].sort()) {
    const fates = [first, second].map((occurrence) => fateAhead(occurrence, id, ground));
    const key = JSON.stringify(fates);
    const group = groups.get(key) ?? { fates, listenerIds: [] };
    group.listenerIds.push(id);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Which of several parts' fates is told of their occurrence: the worst. */
const BY_GRAVITY: readonly Happening[] = ['skipped', 'cut', 'interrupted', 'waits', 'unforeseen', 'lowered', 'plays'];

function fateAhead(occurrence: string, listenerId: string, ground: Ground): FateAhead {
  const plan = ground.board.planOf(listenerId);
  const { fates } = ground.foresight(plan);
  const slices = plan.slices.filter((slice) => slice.occurrence === occurrence);
  const each = slices.map(({ id }) => fates.get(id));
  const happened = each.map(happeningOf);
  const happens = BY_GRAVITY.find((one) => happened.includes(one)) ?? 'skipped';
  const starts = each.flatMap((fate) => fate?.startedAtMs ?? []);
  return { occurrence, happens, startsMs: starts.length === 0 ? null : Math.min(...starts) };
}

function happeningOf(fate: Fate | undefined): Happening {
  if (!fate) return 'unforeseen';
  if (fate.outcome === 'notPlayed') return 'skipped';
  if (fate.outcome === 'partial') return 'cut';
  if (fate.interruptions.length > 0) return 'interrupted';
  return fate.lateMs > ON_TIME_MS ? 'waits' : 'plays';
}

function draftOf(pair: Pair, { fates, listenerIds }: SameFate, ground: Ground, places: Places): Draft {
  const { key, first, second, fromMs, untilMs } = pair;
  const entryIds = [...new Set([first, second].map((id) => id.slice(0, id.lastIndexOf('-'))))];
  const worst = fates.some(({ happens }) => happens === 'skipped') ? 'blocks' : 'changes';
  const [a, b] = [ground.titleOf(first), ground.titleOf(second)];
  const span = spanWords({ fromMs, untilMs }, ground.zone);
  return {
    ...{ key: `overlap ${key} ${listenerIds[0]}`, code: 'overlap', severity: worst, fromMs, listenerIds },
    finish: () => ({
      ...{ untilMs, entryIds, occurrences: [first, second], itemIds: [] },
      vi: `“${a}” và “${b}” trùng giờ: ${span}.`,
      en: `“${a}” and “${b}” overlap: ${span}.`,
      ifNothing: { fates, ...fatesWords(fates, ground) },
      solutions: waysOut(pair, ground, places).map((data) => worded(data, ground.titleOf)),
    }),
  };
}

const HAPPENINGS: Readonly<Record<Happening, (title: string, start: Words) => Words>> = {
  plays: (title) => ({ vi: `“${title}” phát bình thường`, en: `“${title}” plays as planned` }),
  waits: (title, start) => ({ vi: `“${title}” phải chờ đến ${start.vi}`, en: `“${title}” waits until ${start.en}` }),
  cut: (title) => ({ vi: `“${title}” chỉ phát được một phần`, en: `“${title}” is heard in part only` }),
  interrupted: (title) => ({ vi: `“${title}” bị ngắt rồi phát tiếp`, en: `“${title}” is interrupted and goes on` }),
  skipped: (title) => ({ vi: `“${title}” không phát được`, en: `“${title}” is not played` }),
  lowered: (title) => ({ vi: `“${title}” phát nhỏ hơn`, en: `“${title}” is turned down` }),
  unforeseen: (title) => ({
    vi: `“${title}” chưa được giao cho thiết bị (trực tiếp hoặc hiện trên bảng tin) nên chưa biết trước`,
    en: `“${title}” is told to no device (live, or shown on a board), so it cannot be foreseen`,
  }),
};

export function fatesWords(fates: readonly FateAhead[], { titleOf, zone }: Ground): Words {
  const each = fates.map(({ occurrence, happens, startsMs }) =>
    HAPPENINGS[happens](titleOf(occurrence), startsMs === null ? { vi: '', en: '' } : momentWords(startsMs, zone)),
  );
  const joined = (of: (words: Words) => string) => `${each.map(of).join('; ')}.`;
  return { vi: `Nếu để nguyên: ${joined(({ vi }) => vi)}`, en: `If nothing is done: ${joined(({ en }) => en)}` };
}

function waysOut({ key, first, second }: Pair, ground: Ground, places: Places): SolutionData[] {
  const isGone = (plan: Plan) => !plan.overlaps.some((overlap) => pairOf(overlap.first, overlap.second) === key);
  // The later one gives way first: it is the one that was put into a time already taken.
  const found = [second, first].map((occurrence) => {
    const entry = ground.entryOf.get(occurrence.slice(0, occurrence.lastIndexOf('-')));
    if (!entry) return { append: [], move: [], replace: [] };
    const other = occurrence === first ? second : first;
    const append = places.behind(occurrence, entry, endOf(other, ground.plansOf(entry)), isGone);
    const move = places.elsewhere(occurrence, entry, isGone);
    return {
      append,
      move: move.filter(
        (one) => !append.some((same) => JSON.stringify({ ...same, kind: 0 }) === JSON.stringify({ ...one, kind: 0 })),
      ),
      replace: places.without(occurrence, entry, isGone),
    };
  });
  return [
    ...found.flatMap(({ append }) => append),
    ...found.flatMap(({ move }) => move),
    ...found.flatMap(({ replace }) => replace),
  ];
}
