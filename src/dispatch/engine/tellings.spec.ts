import { describe, expect, it } from '@jest/globals';
import { changesAhead, type Telling, tellingOf } from './tellings.js';

const telling = (startMs: number, itemId = 'goats', itemVersion = 1): Telling => ({ startMs, itemId, itemVersion });

describe('what a new plan changes', () => {
  const row = (play: string, startMs: number, withdrawn = false, itemId = 'goats') => ({
    ...telling(startMs, itemId),
    play,
    withdrawn,
  });
  const changes = (told: Parameters<typeof changesAhead>[0], planned: Record<string, Telling>) =>
    changesAhead(told, new Map(Object.entries(planned)), 50, 60);
  const nothing = { added: [], withdrawn: [], revived: [], retold: [] };

  it('tells what is new, taken out, and back again', () => {
    const told = [row('a', 100), row('b', 100), row('c', 100, true), row('over', 10)];
    expect(changes(told, { b: telling(100), c: telling(100), d: telling(300) })).toEqual({
      ...nothing,
      added: ['d'],
      withdrawn: ['a'],
      revived: ['c'],
    });
  });

  it.each<[string, ReturnType<typeof row>, Telling, readonly string[]]>([
    ['the same again', row('p', 100), telling(100), []],
    ['another time', row('p', 100), telling(200), ['p']],
    ['other content', row('p', 100), telling(100, 'cows'), ['p']],
    ['another version of the content', row('p', 100), telling(100, 'goats', 2), ['p']],
    ['moved ahead over the instant', row('p', 10), telling(200), ['p']],
    ['what has begun is what it was', row('p', 55), telling(55, 'cows'), []],
  ])('%s', (_what, told, planned, retold) => {
    expect(changes([told], { p: planned })).toEqual({ ...nothing, retold });
  });

  it('a play that nobody was told is not added once its start is past', () => {
    expect(changes([], { p: telling(55) })).toEqual(nothing);
  });
});

describe('which telling a receipt followed', () => {
  const first = { ...telling(100), planVersion: 1 };
  const moved = { ...telling(200), planVersion: 3 };
  it.each<[string, Telling, number, unknown]>([
    ['as told last', telling(200), 3, moved],
    ['by a plan that came later and said the same', telling(200), 7, moved],
    ['as told before, by a device that knew no better', telling(100), 1, first],
    ['as told before, though the device names the newer plan', telling(100), 3, first],
    ['by a plan that did not say so yet', telling(200), 2, undefined],
    ['a start that nobody told', telling(150), 3, undefined],
    ['content that nobody told', telling(200, 'cows'), 3, undefined],
    ['a version that nobody told', telling(200, 'goats', 2), 3, undefined],
  ])('%s', (_what, stated, planVersion, followed) => {
    expect(tellingOf(stated, planVersion, [moved, first])).toBe(followed);
  });
});
