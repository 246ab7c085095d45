import { expect, it } from '@jest/globals';
import { newId } from './index.js';

const NOW_MS = Date.UTC(2100, 0, 1);

it('ids sort in the order in which they were made, also within a millisecond', () => {
  const ids = Array.from({ length: 2_000 }, () => newId(NOW_MS));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(2_000);
});

it('ids go on sorting when the clock is set back', () => {
  const before = newId(NOW_MS + 10);
  expect(newId(NOW_MS - 60_000) > before).toBe(true);
});

it('a later millisecond sorts after an earlier one', () => {
  const earlier = newId(NOW_MS + 1_000);
  expect(newId(NOW_MS + 2_000) > earlier).toBe(true);
});

it('ids fit into a URL and an MQTT topic', () => {
  expect(newId()).toMatch(/^[0-9a-z]{26}$/);
});
