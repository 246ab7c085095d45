import { describe, expect, it } from '@jest/globals';
import { covers, isFilter, isTopic, matches } from './filters.mjs';

describe('a requested filter is covered only if it asks for no more', () => {
  it.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/c', false],
    ['a/b', 'a', false],
    ['a/b', 'a/b/c', false],
    ['a/b', 'a/+', false],
    ['a/b', 'a/#', false],
    ['a/b', '#', false],
    ['a/+', 'a/b', true],
    ['a/+', 'a/+', true],
    ['a/+', 'a/', true],
    ['a/+', 'a/#', false],
    ['a/+', 'a', false],
    ['a/+/c', 'a/b/c', true],
    ['a/+/c', 'a/+/c', true],
    ['a/+/c', 'a/+/+', false],
    ['a/+/c', '+/b/c', false],
    ['a/#', 'a', true],
    ['a/#', 'a/b', true],
    ['a/#', 'a/+/c', true],
    ['a/#', 'a/b/#', true],
    ['a/#', 'a/#', true],
    ['a/#', '+/b', false],
    ['a/#', 'ab', false],
    ['a/#', '#', false],
    ['+/#', '#', true],
    ['#', '+/#', true],
    ['#', 'a/+/#', true],
    ['#', '$SYS/#', false],
    ['+/x', '$SYS/x', false],
    ['$SYS/#', '$SYS/x', true],
    ['$SYS/#', '#', false],
  ])('%s covers %s: %s', (allowed, requested, expected) => {
    expect(covers(allowed, requested)).toBe(expected);
  });

  it('agrees, for every pair of short filters, with what the filters match', () => {
    const words = (levels: string[], upTo: number): string[] =>
      upTo === 1
        ? levels
        : [...levels, ...levels.flatMap((level) => words(levels, upTo - 1).map((rest) => `${level}/${rest}`))];
    // One level more and one name more than any filter has, so that every difference between two filters has a witness.
    const topics = words(['a', 'b', 'other', '$s'], 4);
    const filters = words(['a', 'b', '+', '#', '$s'], 3).filter(isFilter);
    const reach = new Map(filters.map((filter) => [filter, new Set(topics.filter((topic) => matches(filter, topic)))]));
    const wrong: string[] = [];
    for (const [allowed, permitted] of reach) {
      for (const [requested, wanted] of reach) {
        const subset = [...wanted].every((topic) => permitted.has(topic));
        if (covers(allowed, requested) !== subset) wrong.push(`${allowed} | ${requested}`);
      }
    }
    expect(filters.length).toBeGreaterThan(100);
    expect(wrong).toEqual([]);
  });
});

it.each([
  ['a/b', true],
  ['+', true],
  ['a/+/b/#', true],
  ['#', true],
  ['/', true],
  ['', false],
  ['a/b+', false],
  ['+a', false],
  ['a/#/b', false],
  ['a#', false],
  ['a\0b', false],
  ['x'.repeat(65_536), false],
])('%s is a filter: %s', (filter, expected) => {
  expect(isFilter(filter)).toBe(expected);
});

it('nobody publishes to a wildcard', () => {
  expect(['a/b', 'a/+', '#', 'a/b#', ''].filter(isTopic)).toEqual(['a/b']);
});
