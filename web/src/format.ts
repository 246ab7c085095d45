/** Numbers and dates as people here write them: 10.000 and 91,4 %; dd/MM/yyyy, 24 hours, Asia/Ho_Chi_Minh. */
const ZONE = 'Asia/Ho_Chi_Minh';

export const whole = (value: number): string => new Intl.NumberFormat('vi-VN').format(value);

/** Never 100 % before everything is there: 1,899 of 1,900 is 99,9 %, rounded down. */
export function percent(part: number, all: number): string {
  if (all === 0) return '0 %';
  if (part >= all) return '100 %';
  return `${new Intl.NumberFormat('vi-VN', { maximumFractionDigits: 1 }).format(Math.floor((part / all) * 1_000) / 10)} %`;
}

/** `2026-11-21` → `21/11/2026`. */
export const day = (isoDay: string): string => isoDay.split('-').reverse().join('/');

export const clock = (ms: number): string =>
  new Intl.DateTimeFormat('vi-VN', {
    timeZone: ZONE,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  }).format(ms);
