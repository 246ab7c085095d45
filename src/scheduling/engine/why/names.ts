import type { WordsLanguage } from '../rules/index.js';

const WEEKDAYS: Readonly<Record<WordsLanguage, readonly string[]>> = {
  vi: ['thứ Hai', 'thứ Ba', 'thứ Tư', 'thứ Năm', 'thứ Sáu', 'thứ Bảy', 'Chủ nhật'],
  en: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
};

/** @param weekday ISO: 1 is Monday, 7 is Sunday */
export const weekdayWords = (weekday: number, language: WordsLanguage): string => WEEKDAYS[language][weekday - 1] ?? '';
