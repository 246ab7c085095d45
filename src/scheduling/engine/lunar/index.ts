export {
  type LunarDate,
  type LunarMonth,
  leapMonthOf,
  lunarMonthLength,
  lunarMonthsOf,
  lunarOf,
  solarOf,
  yearNameOf,
} from './lunar-calendar.js';
