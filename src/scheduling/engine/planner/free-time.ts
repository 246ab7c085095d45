/** Half-open, UTC epoch milliseconds. */
export interface Interval {
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * Free time: `[from, until, from, until, …]`, ascending, disjoint. Flat, because a province has a quarter of a million of
 * these lists and most of them hold two or four numbers.
 */
export type FreeTime = readonly number[];

export const NO_TIME: FreeTime = [];

/** Takes intervals in any order, touching or overlapping; empty ones vanish. */
export function freeTimeOf(intervals: readonly Interval[]): FreeTime {
  const sorted = intervals.filter(({ fromMs, untilMs }) => fromMs < untilMs).sort((a, b) => a.fromMs - b.fromMs);
  const joined: number[] = [];
  for (const { fromMs, untilMs } of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && fromMs <= last) joined[joined.length - 1] = Math.max(last, untilMs);
    else joined.push(fromMs, untilMs);
  }
  return joined;
}

export function intersect(a: FreeTime, b: FreeTime): FreeTime {
  const both: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const from = Math.max(a[i]!, b[j]!);
    const until = Math.min(a[i + 1]!, b[j + 1]!);
    if (from < until) both.push(from, until);
    if (a[i + 1]! < b[j + 1]!) i += 2;
    else j += 2;
  }
  return both;
}

/** What of `free` is outside [fromMs, untilMs). The same list when nothing is taken. */
export function without(free: FreeTime, fromMs: number, untilMs: number): FreeTime {
  if (free.length === 0 || untilMs <= free[0]! || fromMs >= free.at(-1)!) return free;
  const rest: number[] = [];
  for (let i = 0; i < free.length; i += 2) {
    const from = free[i]!;
    const until = free[i + 1]!;
    if (from < Math.min(until, fromMs)) rest.push(from, Math.min(until, fromMs));
    if (Math.max(from, untilMs) < until) rest.push(Math.max(from, untilMs), until);
  }
  return rest;
}

/** `free` without every interval of `taken` (a FreeTime list too). */
export function withoutAll(free: FreeTime, taken: FreeTime): FreeTime {
  if (free.length === 0) return free;
  let next = firstEndingAfter(taken, free[0]!);
  if (next >= taken.length || taken[next]! >= free.at(-1)!) return free;
  const rest: number[] = [];
  for (let i = 0; i < free.length; i += 2) {
    let from = free[i]!;
    const until = free[i + 1]!;
    while (next < taken.length && taken[next + 1]! <= from) next += 2;
    // One that reaches past this piece is met again by the next one.
    for (let at = next; at < taken.length && taken[at]! < until && from < until; at += 2) {
      if (from < taken[at]!) rest.push(from, taken[at]!);
      from = Math.max(from, taken[at + 1]!);
    }
    if (from < until) rest.push(from, until);
  }
  return rest;
}

function firstEndingAfter(list: FreeTime, ms: number): number {
  let low = 0;
  let high = list.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle * 2 + 1]! <= ms) low = middle + 1;
    else high = middle;
  }
  return low * 2;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Where a play of `durationMs` may start in [from, until): on a full minute, else on a full second; null: nowhere. */
export function startIn(from: number, until: number, durationMs: number): number | null {
  const onMinute = Math.ceil(from / MINUTE_MS) * MINUTE_MS;
  if (onMinute + durationMs <= until) return onMinute;
  const onSecond = Math.ceil(from / SECOND_MS) * SECOND_MS;
  return onSecond + durationMs <= until ? onSecond : null;
}

/** First start in `free` that leaves the whole play inside one of its intervals. */
export function firstStart(free: FreeTime, durationMs: number): number | null {
  for (let i = 0; i < free.length; i += 2) {
    const start = startIn(free[i]!, free[i + 1]!, durationMs);
    if (start !== null) return start;
  }
  return null;
}

export function holds(free: FreeTime, fromMs: number, untilMs: number): boolean {
  const at = firstEndingAfter(free, fromMs);
  return at < free.length && free[at]! <= fromMs && free[at + 1]! >= untilMs;
}
