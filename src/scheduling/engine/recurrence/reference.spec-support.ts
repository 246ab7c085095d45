/**
 * A slow, obvious reading of RFC 5545: it looks at every candidate second, asks of each part whether it lets it through, and
 * sorts what is left into periods. Written against JavaScript dates in UTC, with nothing of the engine in it.
 */
export interface PlainRule {
  readonly freq: 'YEARLY' | 'MONTHLY' | 'WEEKLY' | 'DAILY' | 'HOURLY' | 'MINUTELY' | 'SECONDLY';
  readonly interval: number;
  readonly count: number | null;
  readonly wkst: string;
  readonly bymonth: readonly number[];
  readonly byweekno: readonly number[];
  readonly byyearday: readonly number[];
  readonly bymonthday: readonly number[];
  /** `MO`, `+2TU`, `-1FR` */
  readonly byday: readonly string[];
  readonly byhour: readonly number[];
  readonly byminute: readonly number[];
  readonly bysecond: readonly number[];
  readonly bysetpos: readonly number[];
}

export function textOf(rule: PlainRule): string {
  const parts = [`FREQ=${rule.freq}`, `INTERVAL=${rule.interval}`, `WKST=${rule.wkst}`];
  if (rule.count !== null) parts.push(`COUNT=${rule.count}`);
  for (const [part, values] of Object.entries(rule))
    if (Array.isArray(values) && values.length > 0) parts.push(`${part.toUpperCase()}=${values.join(',')}`);
  return parts.join(';');
}

const DAY = 86_400_000;
const NAMES = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const year = (ms: number) => new Date(ms).getUTCFullYear();
const month = (ms: number) => new Date(ms).getUTCMonth() + 1;
const nameOf = (ms: number) => NAMES[new Date(ms).getUTCDay()] ?? '';
const midnight = (ms: number) => Math.floor(ms / DAY) * DAY;
const weekStart = (ms: number, wkst: string) => {
  let day = midnight(ms);
  while (nameOf(day) !== wkst) day -= DAY;
  return day;
};

/** All starts from `startMs` (a wall time as if it were UTC) to before `untilMs`. */
export function reference(rule: PlainRule, startMs: number, untilMs: number): number[] {
  const periods = new Map<number, number[]>();
  // A whole period before and after, since BYSETPOS counts all of one.
  const margin = rule.freq === 'YEARLY' ? 367 : rule.freq === 'MONTHLY' ? 32 : rule.freq === 'WEEKLY' ? 8 : 1;
  for (let day = midnight(startMs) - margin * DAY; day < untilMs + margin * DAY; day += DAY) {
    if (!dayPasses(rule, day, startMs)) continue;
    for (const ms of timesOn(rule, day, startMs)) {
      const period = periodOf(rule, ms);
      if ((period - periodOf(rule, startMs)) % rule.interval !== 0) continue;
      periods.set(period, [...(periods.get(period) ?? []), ms]);
    }
  }
  const starts = [...periods.values()].flatMap((all) =>
    rule.bysetpos.length === 0
      ? all
      : all.filter((_, index) => rule.bysetpos.includes(index + 1) || rule.bysetpos.includes(index - all.length)),
  );
  const after = starts.filter((ms) => ms >= startMs).sort((a, b) => a - b);
  return (rule.count === null ? after : after.slice(0, rule.count)).filter((ms) => ms < untilMs);
}

function periodOf({ freq, wkst }: PlainRule, ms: number): number {
  if (freq === 'YEARLY') return year(ms);
  if (freq === 'MONTHLY') return year(ms) * 12 + month(ms);
  if (freq === 'WEEKLY') return Math.round((weekStart(ms, wkst) - weekStart(0, wkst)) / DAY / 7);
  return Math.floor(ms / { DAILY: DAY, HOURLY: 3_600_000, MINUTELY: 60_000, SECONDLY: 1_000 }[freq]);
}

function timesOn(rule: PlainRule, day: number, startMs: number): number[] {
  const start = new Date(startMs);
  const rank = ['SECONDLY', 'MINUTELY', 'HOURLY'].indexOf(rule.freq);
  const all = (most: number) => Array.from({ length: most }, (_, index) => index);
  const pick = (said: readonly number[], stepped: boolean, most: number, fromStart: number) =>
    said.length > 0 ? [...said].sort((a, b) => a - b) : stepped ? all(most) : [fromStart];
  const hours = pick(rule.byhour, rank >= 0, 24, start.getUTCHours());
  const minutes = pick(rule.byminute, rank === 0 || rank === 1, 60, start.getUTCMinutes());
  const seconds = pick(rule.bysecond, rank === 0, 60, start.getUTCSeconds());
  return hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => day + ((h * 60 + m) * 60 + s) * 1_000)));
}

function dayPasses(rule: PlainRule, day: number, startMs: number): boolean {
  const { freq, bymonth, byweekno, byyearday, bymonthday, byday } = rule;
  const date = new Date(day).getUTCDate();
  const monthEnd = Date.UTC(year(day), month(day), 1);
  const yearStart = Date.UTC(year(day), 0, 1);
  const yearEnd = Date.UTC(year(day) + 1, 0, 1);
  const either = (said: readonly number[], fromStart: number, fromEnd: number) =>
    said.length === 0 || said.includes(fromStart) || said.includes(fromEnd);
  if (!either(bymonth, month(day), Number.NaN)) return false;
  if (!either(bymonthday, date, -Math.round((monthEnd - day) / DAY))) return false;
  if (!either(byyearday, Math.round((day - yearStart) / DAY) + 1, -Math.round((yearEnd - day) / DAY))) return false;
  if (byweekno.length > 0 && !weekPasses(rule, day)) return false;
  if (byday.length > 0 && !byday.some((said) => weekdayPasses(rule, said, day))) return false;
  // What is not said is as at the start.
  if (byday.length + bymonthday.length + byyearday.length > 0) return true;
  if (freq === 'WEEKLY' || byweekno.length > 0) return nameOf(day) === nameOf(startMs);
  if (freq !== 'MONTHLY' && freq !== 'YEARLY') return true;
  const startMonth = freq === 'YEARLY' && bymonth.length === 0 ? month(startMs) : month(day);
  return date === new Date(startMs).getUTCDate() && month(day) === startMonth;
}

function weekPasses({ byweekno, wkst }: PlainRule, day: number): boolean {
  const week = weekStart(day, wkst);
  const ofYear = year(week + 3 * DAY);
  const weeks: number[] = [];
  for (let each = weekStart(Date.UTC(ofYear - 1, 11, 20), wkst); each < Date.UTC(ofYear + 1, 0, 14); each += 7 * DAY)
    if (year(each + 3 * DAY) === ofYear) weeks.push(each);
  const index = weeks.indexOf(week);
  return byweekno.includes(index + 1) || byweekno.includes(index - weeks.length);
}

function weekdayPasses({ freq, bymonth }: PlainRule, said: string, day: number): boolean {
  if (nameOf(day) !== said.slice(-2)) return false;
  if (said.length === 2) return true;
  const inYear = freq === 'YEARLY' && bymonth.length === 0;
  const same = (ms: number) => year(ms) === year(day) && (inYear || month(ms) === month(day));
  let fromStart = 0;
  let fromEnd = 0;
  for (let each = day; same(each); each -= 7 * DAY) fromStart++;
  for (let each = day; same(each); each += 7 * DAY) fromEnd--;
  return [fromStart, fromEnd].includes(Number(said.slice(0, -2)));
}
