import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  AUTHORITY_LEVELS,
  type AuthorityLevel,
  byTurn,
  PLAY_CLASSES,
  type PlayClass,
  PREEMPTION_TABLE,
  preempts,
} from './index.js';

const levels = AUTHORITY_LEVELS;
const row = (newcomer: [PlayClass, AuthorityLevel], other: [PlayClass, AuthorityLevel]) => {
  const is = (standing: { class: PlayClass; level: AuthorityLevel }, [kind, level]: [PlayClass, AuthorityLevel]) =>
    standing.class === kind && standing.level === level;
  const found = PREEMPTION_TABLE.filter((each) => is(each.newcomer, newcomer) && is(each.other, other));
  expect(found).toHaveLength(1);
  return found[0];
};

describe('the pre-emption matrix', () => {
  test('states an outcome for every pair of class and level, once', () => {
    expect(PREEMPTION_TABLE).toHaveLength((PLAY_CLASSES.length * levels.length) ** 2);
    for (const a of PLAY_CLASSES)
      for (const b of PLAY_CLASSES) for (const c of levels) for (const d of levels) row([a, c], [b, d]);
  });

  test('an emergency interrupts everything that is none, of whatever level', () => {
    for (const level of levels)
      for (const other of levels)
        for (const kind of ['normal', 'priority'] as const)
          expect(row(['emergency', level], [kind, other])).toMatchObject({
            whileOtherSounds: 'interrupts',
            whenBothWait: 'newcomer',
          });
  });

  test('an emergency interrupts one of a lower level, and waits for one of the same or a higher', () => {
    for (const [mine, level] of levels.entries())
      for (const [others, other] of levels.entries())
        expect(row(['emergency', level], ['emergency', other])).toMatchObject({
          whileOtherSounds: mine > others ? 'interrupts' : 'waits',
          whenBothWait: mine === others ? 'earlierStart' : mine > others ? 'newcomer' : 'other',
        });
  });

  test('priority is placed ahead of normal, and cuts nothing', () => {
    expect(row(['priority', 'commune'], ['normal', 'centre'])).toMatchObject({
      whileOtherSounds: 'waits',
      whenBothWait: 'newcomer',
    });
    const cutting = PREEMPTION_TABLE.filter(({ whileOtherSounds }) => whileOtherSounds === 'interrupts');
    expect(new Set(cutting.map(({ newcomer }) => newcomer.class))).toEqual(new Set(['emergency']));
  });

  test('between two of one class that is no emergency the planned start decides, then the higher level', () => {
    expect(row(['priority', 'province'], ['priority', 'commune'])).toMatchObject({
      whileOtherSounds: 'waits',
      whenBothWait: 'earlierStart',
    });
    const due = (play: string, level: AuthorityLevel, startMs: number) => ({
      play,
      class: 'priority' as const,
      level,
      startMs,
    });
    const queue = [due('a', 'commune', 5), due('b', 'province', 5), due('c', 'centre', 6)];
    expect(queue.sort(byTurn).map(({ play }) => play)).toEqual(['b', 'a', 'c']);
  });

  test('a play without a level is of the commune', () => {
    expect(preempts({ class: 'emergency', level: 'district' }, { class: 'emergency' })).toBe(true);
    expect(preempts({ class: 'emergency', level: 'commune' }, { class: 'emergency' })).toBe(false);
    expect(preempts({ class: 'emergency' }, { class: 'emergency', level: 'commune' })).toBe(false);
  });
});

describe('the order of turns', () => {
  const due = fc.record({
    play: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    class: fc.constantFrom(...PLAY_CLASSES),
    level: fc.constantFrom(...levels, undefined),
    startMs: fc.nat({ max: 3 }),
  });

  test('by class, then start, then id', () => {
    const plain = (play: string, kind: PlayClass, startMs: number) => ({ play, class: kind, startMs });
    const queue = [
      plain('b', 'normal', 1),
      plain('a', 'normal', 1),
      plain('c', 'priority', 9),
      plain('d', 'emergency', 99),
      plain('e', 'normal', 0),
    ];
    expect(queue.sort(byTurn).map(({ play }) => play)).toEqual(['d', 'c', 'e', 'a', 'b']);
  });

  test('is one order for all devices', () => {
    fc.assert(
      fc.property(fc.uniqueArray(due, { selector: ({ play }) => play }), fc.nat(), (plays, turn) => {
        const shuffled = plays.map((_, n) => plays[(n + turn) % plays.length] as (typeof plays)[0]);
        expect(shuffled.sort(byTurn)).toEqual([...plays].sort(byTurn));
      }),
    );
  });

  test('whoever could interrupt a play stands before it', () => {
    fc.assert(
      fc.property(due, due, (a, b) => {
        if (preempts(a, b)) expect(byTurn(a, b)).toBeLessThan(0);
      }),
    );
  });
});
