import { expect, it } from '@jest/globals';
import { ManualClock, SystemClock } from './index.js';

it('the system clock tells epoch milliseconds, and a duration that never runs backwards', () => {
  const clock = new SystemClock();
  const [first, second] = [clock.monotonicMs(), clock.monotonicMs()];
  expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThan(1_000);
  expect(second).toBeGreaterThanOrEqual(first);
});

it('a manual clock stands still until it is moved', () => {
  const clock = new ManualClock(1_000);
  expect([clock.nowMs(), clock.monotonicMs()]).toEqual([1_000, 0]);
  clock.advance(500);
  expect([clock.nowMs(), clock.monotonicMs()]).toEqual([1_500, 500]);
});

it('setting the wall clock back lets no time pass', () => {
  const clock = new ManualClock(1_000);
  clock.set(10);
  expect([clock.nowMs(), clock.monotonicMs()]).toEqual([10, 0]);
  expect(() => clock.advance(-1)).toThrow('time does not run backwards');
});
