/** Numbers and dates as people here write them: 10.000 and 91,4 %; dd/MM/yyyy, 24 hours, Asia/Ho_Chi_Minh. */
const ZONE = 'Asia/Ho_Chi_Minh';
const WHOLE = new Intl.NumberFormat('vi-VN', { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat('vi-VN', { maximumFractionDigits: 1 });
const PARTS = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

export const whole = (value: number): string => WHOLE.format(value);

/** Rounded down, and 100 % only for what is done: 1,899 of 1,900 is 99,9 % (case 22). */
export function percent(part: number, all: number, done: boolean): string {
  if (done) return '100 %';
  const tenths = all > 0 ? Math.floor((part * 1_000) / all) : 0;
  return `${TENTHS.format(Math.min(tenths, 999) / 10)} %`;
}

/** `2026-11-21` → `21/11/2026`. */
export const day = (isoDay: string): string => isoDay.split('-').reverse().join('/');

/** The day of Viet Nam, which keeps UTC+7 the whole year: `2026-11-21`. */
export const isoDay = (ms: number): string => new Date(ms + 7 * 3_600_000).toISOString().slice(0, 10);

/** `17:05:12, 21/11/2026`, whatever the clock zone of the reader's machine. */
export function moment(ms: number): string {
  const parts = Object.fromEntries(PARTS.formatToParts(ms).map(({ type, value }) => [type, value]));
  return `${parts.hour}:${parts.minute}:${parts.second}, ${parts.day}/${parts.month}/${parts.year}`;
}

/** `Ấp 12` → `12`: the heading of a narrow column. */
export const shortName = (name: string): string => /(\d+\S*)$/.exec(name)?.[1] ?? name;

/** `Xã An Khương` → `xã An Khương` within a sentence: the kind of unit is no part of its name. */
export const inSentence = (name: string): string =>
  name.replace(/^(Xã|Phường|Thị trấn|Đặc khu)(?=\s)/, (kind) => kind.toLocaleLowerCase('vi'));

/** `17:05, 21/11/2026`: for what nobody needs to the second. */
export const shortMoment = (ms: number): string => moment(ms).replace(/:\d\d,/, ',');
