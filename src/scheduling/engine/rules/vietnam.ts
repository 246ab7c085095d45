import { addDays, weekdayOf } from '../time/index.js';
import type { Holiday, YearDays } from './year-days.js';

/** To be shown wherever the ready-made list is. */
export const READY_MADE_NOTE = {
  vi: 'Danh sách lập sẵn để tham khảo, sửa được; không thay cho thông báo nghỉ lễ, tết hằng năm của cơ quan có thẩm quyền.',
  en: 'A ready-made list to start from and to edit; it does not stand in for the yearly announcement of the authorities.',
} as const;

export interface LunarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The day, YYYY-MM-DD, of a Vietnamese lunar date in a month that is no leap month; null: not known. */
export type SolarOf = (lunar: LunarDay) => string | null;

const TET_DAYS = 4;

/**
 * The holidays that Article 112 of the Labour Code of 2019 lists, as a list to edit. What the authorities choose every
 * year is guessed here as they mostly did: Tết is taken from the eve to the fourth day, National Day with the neighbour
 * that makes the longer rest, and a holiday on a weekend gives the next working day (Article 111). Swapped days and
 * mourning are known only once announced, so there are none. Lunar holidays that `solarOf` does not know are left out, and
 * so is 24/11 (Ngày Văn hóa Việt Nam), which was proposed as a day off in 2026: its legal standing was not verified.
 */
export function vietnamYearDays(year: number, solarOf: SolarOf): YearDays {
  const tet = solarOf({ year, month: 1, day: 1 });
  const hungKings = solarOf({ year, month: 3, day: 10 });
  const nationalDay = `${year}-09-02`;
  const holidays: Holiday[] = [
    { day: `${year}-01-01`, name: 'Tết Dương lịch' },
    ...(tet === null ? [] : tetDays(tet)),
    ...(hungKings === null ? [] : [{ day: hungKings, name: 'Giỗ Tổ Hùng Vương' }]),
    { day: `${year}-04-30`, name: 'Ngày Chiến thắng 30/4' },
    { day: `${year}-05-01`, name: 'Ngày Quốc tế lao động' },
    { day: nationalDay, name: 'Quốc khánh' },
    { day: addDays(nationalDay, neighbourOf(weekdayOf(nationalDay))), name: 'Quốc khánh (ngày liền kề)' },
  ];
  const all = [...holidays, ...daysInLieu(holidays)].filter(({ day }) => day.startsWith(`${year}-`));
  return {
    year,
    origin: 'readyMade',
    holidays: all.sort((a, b) => (a.day < b.day ? -1 : 1)),
    swapped: [],
    mourning: [],
  };
}

function tetDays(first: string): Holiday[] {
  const days = Array.from({ length: TET_DAYS }, (_, index) => ({
    day: addDays(first, index),
    name: `Tết Nguyên đán (mùng ${index + 1})`,
  }));
  return [{ day: addDays(first, -1), name: 'Tết Nguyên đán (ngày cuối năm)' }, ...days];
}

/** The day after on Sunday, Monday and Thursday, else the day before. */
const neighbourOf = (weekday: number): 1 | -1 => (weekday === 7 || weekday === 1 || weekday === 4 ? 1 : -1);

function daysInLieu(holidays: readonly Holiday[]): Holiday[] {
  const taken = new Set(holidays.map(({ day }) => day));
  const found: Holiday[] = [];
  for (const { day } of [...holidays].sort((a, b) => (a.day < b.day ? -1 : 1))) {
    if (weekdayOf(day) <= 5) continue;
    let rest = addDays(day, 1);
    while (taken.has(rest) || weekdayOf(rest) > 5) rest = addDays(rest, 1);
    taken.add(rest);
    found.push({ day: rest, name: 'Nghỉ bù' });
  }
  return found;
}
