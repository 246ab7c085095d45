import { availableParallelism } from 'node:os';
import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { Board, type Listener, type Recurrence, type ScheduleEntry } from '../../src/scheduling/engine/index.js';
import type { Bench } from './bench.js';
import { type Province, provinceOf, rulesOf, WEEK, ZONE } from './timeline.content.js';

const COLD_LIMIT_MS = 3_000;
const EDIT_LIMIT_MS = 20;
const TENFOLD_LIMIT = 1.5;
const RATIO_LIMIT = 0.1;
const BASELINE_SHARE = 20;
const EDITS = 30;
/** One collection of garbage more or less is half of what one run takes. */
const PLAIN_RUNS = 3;

/**
 * The seven days of a province. Cold: a board from plain data, with its operating rules, and the plan of every cluster. Edit: one entry of
 * one commune changed (its time, its volume, cancelled) and the plans of all whom that concerns made anew; medians.
 *
 * The baseline asks rrule-temporal for each entry of each device of every 20th commune and does nothing else. So `ratio` sets it against
 * the board of the same entries without what it does not do (slots and places, languages, operating rules, clashes: `plainMs`, the
 * median of three); the board still makes plays of the starts. `ratioOfAll` sets it against everything. Beside it stands what it takes
 * where each rule is read once for all devices. It knows no lunar days: the same days of the solar month instead. What both answer must be
 * the same.
 */
export const timeline: Bench = {
  name: 'timeline',
  async run({ short }) {
    const communes = short ? 15 : 150;
    const province = provinceOf(communes);
    const began = performance.now();
    const board = boardOf(province);
    let plays = 0;
    for (const { id } of province.listeners) plays += board.planOf(id).slices.length;
    const coldMs = performance.now() - began;
    const plain = plainOf(province);
    const plainRuns = Array.from({ length: PLAIN_RUNS }, () => {
      const plainBegan = performance.now();
      const plainBoard = boardOf(plain);
      for (const { id } of plain.listeners) plainBoard.planOf(id);
      return { plainBoard, ms: performance.now() - plainBegan };
    });
    const { plainBoard, ms: plainMs } = middleOf(plainRuns);
    const baseline = baselineOf(plain, plainBoard, short ? 15 : BASELINE_SHARE);
    const edits = editing(board, province);
    const tenfold = provinceOf(communes * 10);
    const large = boardOf(tenfold);
    for (const { id } of tenfold.listeners) large.planOf(id);
    const edits10x = editing(large, tenfold);
    const ratio = plainMs / baseline.ms;
    const touchedOnly = edits.touchedOnly && edits10x.touchedOnly;
    return {
      clusters: province.listeners.length,
      communes,
      entries: province.entries.length,
      plays,
      cores: availableParallelism(),
      coldMs: Math.round(coldMs),
      edits: EDITS,
      editMs: round(edits.medianMs),
      editWorstMs: round(edits.worstMs),
      editMs10x: round(edits10x.medianMs),
      editWorstMs10x: round(edits10x.worstMs),
      touchedOnly,
      plainMs: Math.round(plainMs),
      baselineMs: Math.round(baseline.ms),
      baselineReadOnceMs: Math.round(baseline.readOnceMs),
      baselineSample: baseline.sample,
      agrees: baseline.agrees,
      ratio: round(ratio),
      ratioOfAll: round(coldMs / baseline.ms),
      holds:
        coldMs <= COLD_LIMIT_MS &&
        edits.medianMs <= EDIT_LIMIT_MS &&
        edits10x.medianMs <= TENFOLD_LIMIT * edits.medianMs &&
        touchedOnly &&
        baseline.agrees &&
        ratio <= RATIO_LIMIT,
    };
  },
};

const boardOf = (province: Province): Board => {
  const { entries, listeners, items, ruleSets } = province;
  const rules = ruleSets.length === 0 ? null : rulesOf(province);
  return new Board({ entries, listeners, items, span: WEEK, zone: ZONE, rules });
};

/** The same entries, each with a time of its own and one item, for everybody, and no rules. */
function plainOf({ entries, listeners, items }: Province): Province {
  const alone = (entry: ScheduleEntry): ScheduleEntry => ({
    ...entry,
    runningOrder: entry.runningOrder.filter(({ kind }) => kind === 'item').slice(0, 1),
    slot: null,
    place: null,
    class: 'normal',
  });
  return {
    entries: entries.map(alone),
    listeners: listeners.map((listener) => ({ ...listener, languages: [] })),
    items,
    ruleSets: [],
  };
}

interface Edits {
  readonly medianMs: number;
  readonly worstMs: number;
  /** Each edit names the clusters of its commune, and every other plan stays the very same. */
  readonly touchedOnly: boolean;
}

function editing(board: Board, { entries, listeners }: Province): Edits {
  const ofCommunes = entries.filter(({ clusterIds }) => clusterIds === null);
  const times: number[] = [];
  let touchedOnly = true;
  for (let n = 0; n < EDITS; n++) {
    const entry = ofCommunes[Math.floor(((n + n / 35) * ofCommunes.length) / (EDITS + 1))] as ScheduleEntry;
    const before = listeners.map(({ id }) => board.planOf(id));
    const began = performance.now();
    const touched = board.edit(edited(entry, n));
    for (const id of touched) board.planOf(id);
    times.push(performance.now() - began);
    const concerned = listeners.filter(({ areaPath }) => areaPath.startsWith(entry.areaPath));
    const others = listeners.filter(({ id }, at) => board.planOf(id) !== before[at]);
    touchedOnly &&= sameIds(concerned, touched) && sameIds(concerned, others.map(idOf));
  }
  times.sort((a, b) => a - b);
  return { medianMs: times[Math.floor(EDITS / 2)] as number, worstMs: times.at(-1) as number, touchedOnly };
}

const idOf = ({ id }: Listener): string => id;
const sameIds = (listeners: readonly Listener[], ids: readonly string[]): boolean =>
  listeners.map(idOf).sort().join() === [...ids].sort().join();

function edited(entry: ScheduleEntry, n: number): ScheduleEntry {
  if (n % 3 === 0) return { ...entry, volume: entry.volume - 7 };
  if (n % 3 === 1) return { ...entry, cancelledAtMs: WEEK.fromMs + 3 * 86_400_000 };
  const { recurrence } = entry;
  if (recurrence.kind === 'rrule')
    return { ...entry, recurrence: { ...recurrence, start: `${recurrence.start.slice(0, 10)}T19:05` } };
  return { ...entry, recurrence: { ...recurrence, time: '19:05' } };
}

interface Baseline {
  /** Scaled to the whole. */
  readonly ms: number;
  /** The same where each rule is read once for all devices, and rrule-temporal is warm. */
  readonly readOnceMs: number;
  readonly sample: string;
  readonly agrees: boolean;
}

function baselineOf({ entries, listeners }: Province, board: Board, share: number): Baseline {
  const communeOf = (path: string) => path.split('/').slice(0, 3).join('/');
  const communes = [...new Set(listeners.map(({ areaPath }) => communeOf(areaPath)))];
  const sampled = new Set(communes.filter((_, n) => n % share === 0));
  const devices = listeners.filter(({ areaPath }) => sampled.has(communeOf(areaPath)));
  const from = new Date(WEEK.fromMs);
  const until = new Date(WEEK.untilMs - 1);
  const heardBy = ({ id, areaPath }: Listener) =>
    entries.filter((entry) => areaPath.startsWith(entry.areaPath) && (entry.clusterIds?.includes(id) ?? true));
  const heard = devices.map((device) => ({ id: device.id, own: heardBy(device) }));
  const found = new Map<string, string[]>();
  const askAll = (ruleOf: (entry: ScheduleEntry) => RRuleTemporal) => {
    const began = performance.now();
    for (const { id, own } of heard) {
      const starts: string[] = [];
      for (const entry of own)
        for (const at of ruleOf(entry).between(from, until, true))
          if (isComparable(entry)) starts.push(`${entry.id} ${at.epochMilliseconds}`);
      found.set(id, starts);
    }
    return ((performance.now() - began) * listeners.length) / devices.length;
  };
  const ms = askAll(({ recurrence }) => asRRule(recurrence));
  const rules = new Map<string, RRuleTemporal>();
  const readOnceMs = askAll((entry) => {
    const rule = rules.get(entry.id) ?? asRRule(entry.recurrence);
    rules.set(entry.id, rule);
    return rule;
  });
  const asked = heard.reduce((sum, { own }) => sum + own.length, 0);
  const comparable = new Set(entries.filter(isComparable).map(({ id }) => id));
  const agrees = devices.every(({ id }) => {
    const { slices, gaps } = board.planOf(id);
    const ours = [...slices, ...gaps].flatMap(({ entryId, occurrence }) =>
      comparable.has(entryId) ? `${entryId} ${startOf(occurrence)}` : [],
    );
    return [...new Set(ours)].sort().join() === (found.get(id) ?? []).sort().join();
  });
  return {
    ms,
    readOnceMs,
    sample: `1/${listeners.length / devices.length}: ${devices.length} devices, ${asked} questions`,
    agrees,
  };
}

/** Not placed in a slot, and of no calendar that the baseline does not know. */
const isComparable = ({ place, recurrence }: ScheduleEntry): boolean => place === null && recurrence.kind !== 'lunar';

/** `…-20261109T0500`, in Viet Nam. */
const startOf = (occurrence: string): number => {
  const [, y, m, d, h, minute] = /-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)$/.exec(occurrence) as RegExpExecArray;
  return Date.parse(`${y}-${m}-${d}T${h}:${minute}:00+07:00`);
};

function asRRule(recurrence: Recurrence): RRuleTemporal {
  const rule = (start: string, rruleString: string) =>
    new RRuleTemporal({ rruleString, dtstart: Temporal.ZonedDateTime.from(`${start}[${ZONE}]`) });
  switch (recurrence.kind) {
    case 'once':
      return rule(`${recurrence.date}T${recurrence.time}`, 'FREQ=DAILY;COUNT=1');
    case 'rrule':
      return rule(recurrence.start, recurrence.rules[0] as string);
    case 'daily':
      return rule(`${recurrence.from}T${recurrence.time}`, 'FREQ=DAILY');
    case 'weekly': {
      const days = recurrence.weekdays.map((weekday) => WEEKDAYS[weekday - 1]).join();
      return rule(`${recurrence.from}T${recurrence.time}`, `FREQ=WEEKLY;BYDAY=${days}`);
    }
    case 'lunar':
      return rule(`${recurrence.from}T${recurrence.time}`, `FREQ=MONTHLY;BYMONTHDAY=${recurrence.on.days.join()}`);
  }
}

const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
const middleOf = <Run extends { readonly ms: number }>(runs: readonly Run[]): Run =>
  [...runs].sort((a, b) => a.ms - b.ms)[Math.floor(runs.length / 2)] as Run;

const round = (value: number): number => Math.round(value * 10_000) / 10_000;
