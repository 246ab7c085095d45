const ZONE = 'Asia/Ho_Chi_Minh';
const DAY_MS = 86_400_000;

/** Local day of an instant, YYYY-MM-DD. */
export const localDay = (ms: number): string => new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(ms);
/** Local time of an instant, HH:MM:SS. */
export const localTime = (ms: number): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, timeStyle: 'medium' }).format(ms);

/** The source plan's dates, moved so that its period began three weeks ago: lengths and order stay. */
export function shifted(date: string, plan: { readonly period: { readonly from: string } }, nowMs: number): string {
  const offset = Date.parse(localDay(nowMs - 21 * DAY_MS)) - Date.parse(plan.period.from);
  return new Date(Date.parse(date) + offset).toISOString().slice(0, 10);
}

/** Four scripts a day, two in each session, from tomorrow: within the seven days that devices hold. */
const SESSIONS = ['05:00:00', '05:10:00', '17:00:00', '17:10:00'] as const;

export function slotOf(index: number, nowMs: number): { readonly date: string; readonly time: string } {
  const day = Math.floor(index / SESSIONS.length) + 1;
  return { date: localDay(nowMs + day * DAY_MS), time: SESSIONS[index % SESSIONS.length] ?? SESSIONS[0] };
}
