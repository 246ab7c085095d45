/** Viet Nam keeps UTC+7 the whole year. */
const LOCAL_OFFSET_MS = 7 * 3_600_000;
export const DAY_MS = 86_400_000;

/** `yyyy-mm-dd` */
export const localDayOf = (ms: number): string => new Date(ms + LOCAL_OFFSET_MS).toISOString().slice(0, 10);
/** `yyyy-mm` */
export const localMonthOf = (ms: number): string => localDayOf(ms).slice(0, 7);
/** UTC epoch ms of the midnight with which a local day begins. */
export const startOfDay = (day: string): number => Date.parse(`${day}T00:00:00Z`) - LOCAL_OFFSET_MS;
export const dayAfter = (day: string): string => localDayOf(startOfDay(day) + DAY_MS);
/** Whether it is a day of the calendar, not only something that looks like one. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(startOfDay(text)) && localDayOf(startOfDay(text)) === text;
