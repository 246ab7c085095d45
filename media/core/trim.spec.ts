import { describe, expect, test } from '@jest/globals';
import { levelsOf, withoutSilence } from './trim.js';

/** Steps of 10 ms at these levels in dBFS. */
const steps = (...parts: readonly (readonly [count: number, db: (index: number) => number])[]) =>
  parts.flatMap(([count, db]) => Array.from({ length: count }, (_, index) => 10 ** (db(index) / 10)));
const trim = (power: readonly number[]) => withoutSilence(levelsOf(power), 300);
const silence = () => -120;
const speech = (db: number) => (index: number) => db - (index % 9) * 3;
const room = (index: number) => -52 + (index % 3);

describe('silence in front and behind', () => {
  test('goes, but for 150 ms', () => {
    expect(trim(steps([100, silence], [200, speech(-20)], [300, silence]))).toEqual({ from: 85, to: 315 });
  });
  test('stays when it is short', () => {
    expect(trim(steps([10, silence], [200, speech(-20)], [12, silence]))).toEqual({ from: 0, to: 222 });
  });
  test('goes as well when it is the even noise of a room', () => {
    const { from, to } = trim(steps([100, room], [200, speech(-20)], [40, room], [100, speech(-20)], [100, room]));
    expect(from).toBeGreaterThanOrEqual(80);
    expect(to).toBeLessThanOrEqual(460);
  });
});

describe('what somebody says softly', () => {
  test('stays in front of loud speech', () => {
    expect(trim(steps([100, speech(-45)], [400, speech(-15)])).from).toBe(0);
  });
  test('stays in front of loud music without a pause', () => {
    expect(trim(steps([100, speech(-48)], [400, () => -12])).from).toBe(0);
  });
  test('stays behind it', () => {
    expect(trim(steps([400, speech(-15)], [100, speech(-45)])).to).toBe(500);
  });
});

test('a short signal keeps the least length', () => {
  const { from, to } = trim(steps([2, () => -10], [100, silence]));
  expect(to - from).toBe(30);
});
test('nothing but silence is left to others to judge', () => {
  expect(trim(steps([50, silence]))).toEqual({ from: 0, to: 50 });
});
