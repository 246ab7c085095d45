import { occurrencesOf, seriesOf } from '../recurrence/index.js';
import { concerns, isFor } from '../target.js';
import { Calendar, DAY_S, dayOfText, dayOfWall, localDayOf, textOfDay, wallOfText } from '../time/index.js';
import type { Gap, Slice } from '../timeline/index.js';
import { citesOf, type Reason, reason } from './explanation.js';
import { type ExplainedEntry, itemAt, type Matter } from './subject.js';

/** Longer lists of times or gaps of one day tell nobody anything. */
const MOST_NAMED = 5;
const DAY_MS = 86_400_000;
/** How far ahead the next occurrence is looked for, days; most are found in the first step. */
const LOOK_AHEAD_DAYS = [8, 70, 800, 3_600];

export interface Absence {
  /** Whether it is meant for this loudspeaker at all. */
  readonly concerned: boolean;
  /** Whether it is heard in the minute although the plan has it at another time. */
  readonly sounds: boolean;
  readonly reasons: readonly Reason[];
}

/** Why an entry, or what is asked of it, does not play in the minute. */
export function whyNot(entry: ExplainedEntry, matter: Matter): Absence {
  const { listener, zone } = matter.asked;
  const { title, id: entryId } = entry;
  if (!concerns(entry, listener)) {
    const isHere = listener.areaPath.startsWith(entry.areaPath);
    if (isHere && !isFor(entry, listener.kind)) {
      const facts = { title, devices: entry.devices };
      return { concerned: false, sounds: false, reasons: [reason('otherDevices', facts, zone, { entryId })] };
    }
    const code = isHere ? 'otherLoudspeakers' : 'otherArea';
    return { concerned: false, sounds: false, reasons: [reason(code, { title }, zone, { entryId })] };
  }
  const day = localDayOf(matter.fromMs, zone);
  const slices = matter.slicesOf(entry);
  const today = slices.filter(({ startMs, endMs }) => touches(day, startMs, endMs, zone));
  const late = slices.flatMap((slice) => soundsLate(slice, title, matter));
  const reasons = [...late, ...otherTimes(today, entry, matter), ...gapReasons(entry, day, matter)];
  if (reasons.length === 0) reasons.push(...otherVersions(entry, day, matter));
  reasons.push(...changedOn(day, entry, zone));
  if (reasons.length === 0) reasons.push(whyNotThatDay(entry, day, matter));
  return { concerned: true, sounds: late.length > 0, reasons };
}

const touches = (day: string, startMs: number, endMs: number, zone: string): boolean =>
  localDayOf(startMs, zone) <= day && day <= localDayOf(Math.max(startMs, endMs - 1), zone);

function soundsLate(slice: Slice, title: string, matter: Matter): Reason[] {
  const { plan, zone } = matter.asked;
  const segment = matter
    .fateOf(slice.id)
    ?.segments.find(({ fromMs, untilMs }) => fromMs < matter.untilMs && untilMs > matter.fromMs);
  if (!segment) return [];
  const before = plan.overlaps.find(({ first, second }) => first === slice.id || second === slice.id);
  const other = before ? matter.titleOfPlay(before.first === slice.id ? before.second : before.first) : title;
  const { fromMs, untilMs } = segment;
  const facts = { title, other, plannedMs: slice.startMs, fromMs, untilMs };
  return [reason('soundsLate', facts, zone, { entryId: slice.entryId })];
}

function otherTimes(today: readonly Slice[], { id, title }: ExplainedEntry, matter: Matter): Reason[] {
  if (today.length === 0) return [];
  const { zone } = matter.asked;
  const spans = today.slice(0, MOST_NAMED).map(({ startMs, endMs }) => ({ fromMs: startMs, untilMs: endMs }));
  return [reason('otherTime', { title, spans }, zone, { entryId: id })];
}

/** Gaps of the day, each reason once, the nearest to the minute. */
function gapReasons(entry: ExplainedEntry, day: string, matter: Matter): Reason[] {
  const { plan, about } = matter.asked;
  const isAsked = ({ part }: Gap) =>
    about.kind === 'entry' || part === null || isVersion(itemAt(entry, part), about.itemId, matter);
  const found = plan.gaps.filter((gap) => gap.entryId === entry.id && gap.localDay === day && isAsked(gap));
  found.sort((a, b) => Math.abs(a.startMs - matter.fromMs) - Math.abs(b.startMs - matter.fromMs));
  const each = new Map<string, Gap>();
  for (const gap of found) if (!each.has(gap.reason)) each.set(gap.reason, gap);
  return [...each.values()].slice(0, MOST_NAMED).map((gap) => gapReason(gap, entry, matter));
}

function isVersion(scheduled: string | null, itemId: string, { asked }: Matter): boolean {
  const group = (id: string) => asked.items.get(id)?.groupId ?? id;
  return scheduled !== null && group(scheduled) === group(itemId);
}

function gapReason(gap: Gap, entry: ExplainedEntry, matter: Matter): Reason {
  const { zone, items } = matter.asked;
  const { title } = entry;
  const cites = { entryId: entry.id };
  const itemId = gap.part === null ? null : itemAt(entry, gap.part);
  const item = itemId === null ? null : (items.get(itemId) ?? null);
  const missed = { title, item: item?.title ?? null, startMs: gap.startMs };
  switch (gap.reason) {
    case 'ruleWindow':
    case 'ruleBlackout':
    case 'ruleSessionTooLong':
    case 'ruleTooManySessions':
      if (!gap.breach) return reason('outsideView', { title, day: gap.localDay }, zone, cites);
      return reason(gap.reason, { title, breach: gap.breach }, zone, citesOf(gap.breach, entry.id));
    case 'notValid': {
      const validity = { validFrom: item?.validFrom ?? null, validTo: item?.validTo ?? null };
      return reason('notValid', { ...missed, ...validity }, zone, cites);
    }
    case 'anchorMissing': {
      const anchor = matter.anchorElsewhere(entry);
      if (!anchor) return reason('anchorMissing', missed, zone, cites);
      return reason('anchorElsewhere', { title, other: anchor.title }, zone, { entryId: anchor.id });
    }
    case 'deviceCannot':
      return reason('deviceCannot', { ...missed, cannot: gap.cannot ?? 'stream' }, zone, cites);
    case 'replaced': {
      const [key, decision] = decisionOn(gap, matter);
      const other = gap.by === undefined ? '' : matter.titleOfPlay(gap.by);
      return reason('replaced', { ...missed, other, decision }, zone, { ...cites, decision: key });
    }
    default:
      return reason(gap.reason, missed, zone, cites);
  }
}

function decisionOn({ occurrence, by }: Gap, { asked, decisions }: Matter) {
  const clash = asked.plan.clashes.find(
    ({ first, second }) => (first === occurrence && second === by) || (second === occurrence && first === by),
  );
  const key = clash?.key ?? '';
  return [key, decisions.get(key) ?? null] as const;
}

/** The entry sounds that day, though not in the version that is asked for. */
function otherVersions(entry: ExplainedEntry, day: string, { asked }: Matter): Reason[] {
  const { about, plan, zone } = asked;
  if (about.kind === 'entry') return [];
  const heard = plan.slices.find(
    ({ entryId, play, itemId, startMs, endMs }) =>
      entryId === entry.id && (play || itemId !== undefined) && touches(day, startMs, endMs, zone),
  );
  const language = heard?.play?.item.language ?? asked.items.get(heard?.itemId ?? '')?.language;
  if (language === undefined) return [];
  const facts = { title: entry.title, language };
  return [reason('otherVersion', facts, zone, { entryId: entry.id })];
}

/** Occurrences that the rule puts on the day and a person took away from there. */
function changedOn(
  day: string,
  { id, title, changes = [], recurrence, zone: own }: ExplainedEntry,
  zone: string,
): Reason[] {
  const series = seriesOf(recurrence, own);
  const calendar = new Calendar();
  const told = changes.flatMap(({ original, to }): Reason[] => {
    const wall = wallOfText(original);
    if (wall === null || original.slice(0, 10) !== day || !series.has(wall)) return [];
    if (to === null) return [reason('occurrenceCancelled', { title, original }, zone, { entryId: id })];
    const toMs = calendar.startOf(wallOfText(to) ?? wall, own).startMs;
    return [reason('occurrenceMoved', { title, original, toMs }, zone, { entryId: id })];
  });
  return told.slice(0, MOST_NAMED);
}

function whyNotThatDay(entry: ExplainedEntry, day: string, matter: Matter): Reason {
  const { zone } = matter.asked;
  const { title, id: entryId, recurrence, createdAtMs, cancelledAtMs } = entry;
  const cites = { entryId };
  const calendar = new Calendar();
  const series = seriesOf(recurrence, entry.zone);
  const number = dayOfText(day) ?? 0;
  const starts = series.between(number * DAY_S, (number + 1) * DAY_S - 1);
  if (starts.length > 0) {
    const atMs = starts.map((wall) => calendar.startOf(wall, entry.zone).startMs);
    if (Math.min(...atMs) < createdAtMs)
      return reason('notYetMade', { title, byName: entry.createdByName ?? null, madeAtMs: createdAtMs }, zone, cites);
    if (cancelledAtMs !== null && Math.max(...atMs) >= cancelledAtMs)
      return reason('entryCancelled', { title, atMs: cancelledAtMs }, zone, cites);
    return reason('outsideView', { title, day }, zone, cites);
  }
  const [first, last] = [series.first(), series.last()];
  const startOf = (wall: number) => calendar.startOf(wall, entry.zone).startMs;
  if (first !== null && textOfDay(dayOfWall(first)) > day)
    return reason('notBegun', { title, recurrence, firstMs: startOf(first) }, zone, cites);
  if (last !== null && last !== Number.POSITIVE_INFINITY && textOfDay(dayOfWall(last)) < day)
    return reason('over', { title, recurrence, lastMs: startOf(last) }, zone, cites);
  const nextMs = nextStart(entry, matter.untilMs, calendar);
  return reason('notThatDay', { title, recurrence, day, nextMs }, zone, cites);
}

function nextStart(entry: ExplainedEntry, fromMs: number, calendar: Calendar): number | null {
  for (const days of LOOK_AHEAD_DAYS) {
    const [next] = occurrencesOf(entry, { fromMs, untilMs: fromMs + days * DAY_MS }, calendar);
    if (next) return next.startMs;
  }
  return null;
}
