import { expect, it } from '@jest/globals';
import { dayWords, timeWords } from './dates.js';

it('days and times are written as people here write them, at any place on earth', () => {
  expect(dayWords('2026-01-05')).toBe('05/01/2026');
  expect(timeWords(Date.parse('2026-01-05T17:30:00Z'))).toBe('00:30 06/01/2026');
});
