import { describe, expect, it, test } from '@jest/globals';
import { type Candidate, chosen, isLadder, nextStep, type Policy, type Stage, sizeOf, type Tally } from './rollout.js';
import { follows } from './states.js';

const HOUR_MS = 3_600_000;
const NIGHT = Date.parse('2026-01-06T00:00:00+07:00');
const POLICY: Policy = {
  stages: [{ count: 1 }, { percent: 5 }, { percent: 25 }, { percent: 100 }],
  soakMs: 24 * HOUR_MS,
  healthyPercent: 90,
  failedPercent: 5,
};
const tally = (change: Partial<Tally>): Tally => {
  const judged = change.judged ?? change.taken ?? 0;
  return { all: 200, taken: judged, judged, healthy: 0, failed: 0, ...change };
};
const at = (stage: number, counts: Partial<Tally>, hours: number, policy = POLICY) =>
  nextStep(policy, { stage, stageFromMs: stage < 0 ? null : NIGHT }, tally(counts), NIGHT + hours * HOUR_MS);

describe('a rollout by stages', () => {
  it('begins with one device', () => {
    expect(at(-1, { taken: 0 }, -3)).toEqual({ kind: 'widen', stage: 0, more: 1 });
  });

  it('goes from one to 5 %, to 25 %, to all, each after a day of watching', () => {
    expect(at(0, { taken: 1, healthy: 1 }, 24)).toEqual({ kind: 'widen', stage: 1, more: 9 });
    expect(at(1, { taken: 10, healthy: 9 }, 24)).toEqual({ kind: 'widen', stage: 2, more: 40 });
    expect(at(2, { taken: 50, healthy: 50 }, 30)).toEqual({ kind: 'widen', stage: 3, more: 150 });
  });

  test.each<[string, Partial<Tally>, number]>([
    ['the time of watching is not over', { taken: 10, healthy: 10 }, 23.9],
    ['too few say that they are well', { taken: 10, healthy: 8 }, 24],
    ['nobody says anything, for however long', { taken: 10 }, 1_000],
  ])('waits while %s', (_, counts, hours) => {
    expect(at(1, counts, hours)).toEqual({ kind: 'wait' });
  });

  it('a silent device is no healthy one, and no failed one', () => {
    expect(at(1, { taken: 10, healthy: 9, failed: 0 }, 24)).toMatchObject({ kind: 'widen' });
    expect(at(1, { taken: 10, healthy: 8, failed: 0 }, 24)).toEqual({ kind: 'wait' });
  });

  it('halts at once when the share of those that fell back passes its threshold, not at it', () => {
    expect(at(0, { taken: 1, failed: 1 }, 0.1)).toEqual({ kind: 'halt' });
    expect(at(2, { taken: 60, healthy: 30, failed: 3 }, 1)).toEqual({ kind: 'wait' });
    expect(at(2, { taken: 60, healthy: 30, failed: 4 }, 1)).toEqual({ kind: 'halt' });
  });

  it('those whom a person excused neither halt it nor hold it up', () => {
    expect(at(1, { taken: 10, judged: 9, healthy: 9 }, 24)).toEqual({ kind: 'widen', stage: 2, more: 40 });
  });

  it('is done when everybody has had a last word; until then it waits', () => {
    expect(at(3, { taken: 200, healthy: 190, failed: 10 }, 1)).toEqual({ kind: 'done' });
    expect(at(3, { taken: 200, healthy: 199 }, 1_000)).toEqual({ kind: 'wait' });
  });

  it('takes along who was enrolled meanwhile', () => {
    expect(at(3, { all: 203, taken: 200, healthy: 200 }, 1)).toEqual({ kind: 'widen', stage: 3, more: 3 });
  });

  it('a stage that adds nobody is passed over', () => {
    expect(at(0, { all: 12, taken: 1, healthy: 1 }, 24)).toEqual({ kind: 'widen', stage: 2, more: 2 });
    expect(at(0, { all: 1, taken: 1, healthy: 1 }, 24)).toEqual({ kind: 'done' });
  });

  it('walks through a fleet of 200 whose every device becomes healthy', () => {
    const sizes: number[] = [];
    let stage = -1;
    let taken = 0;
    for (;;) {
      const step = at(stage, { taken, healthy: taken }, 24);
      if (step.kind !== 'widen') {
        expect(step).toEqual({ kind: 'done' });
        break;
      }
      stage = step.stage;
      taken += step.more;
      sizes.push(taken);
    }
    expect(sizes).toEqual([1, 10, 50, 200]);
  });
});

describe('who is chosen', () => {
  const all: Candidate[] = [
    { id: 'a', rank: '30', lively: true },
    { id: 'b', rank: '10', lively: false },
    { id: 'c', rank: '20', lively: true },
    { id: 'd', rank: '05', lively: false },
  ];
  const ids = (most: number, from = all) => chosen(from, most).map(({ id }) => id);

  it('is the same whatever order the database gives them in', () => {
    expect(ids(3)).toEqual(ids(3, [...all].reverse()));
  });

  it('is by hash, but those that were heard of lately come first', () => {
    expect(ids(4)).toEqual(['c', 'a', 'd', 'b']);
    expect(ids(1)).toEqual(['c']);
  });
});

describe('stages', () => {
  test.each<[string, Stage[], boolean]>([
    ['all at once', [{ percent: 100 }], true],
    ['one, then parts, then all', [...POLICY.stages], true],
    ['none', [], false],
    ['without everybody at the end', [{ percent: 50 }], false],
    ['a number at the end', [{ count: 20 }], false],
    ['shrinking', [{ percent: 50 }, { percent: 25 }, { percent: 100 }], false],
    ['standing', [{ count: 5 }, { count: 5 }, { percent: 100 }], false],
    ['a number after a share', [{ percent: 5 }, { count: 5 }, { percent: 100 }], false],
  ])('%s', (_, stages, good) => {
    expect(isLadder(stages)).toBe(good);
  });

  it('are rounded up, and never more than there are', () => {
    expect([sizeOf({ percent: 5 }, 21), sizeOf({ count: 50 }, 21), sizeOf({ percent: 5 }, 0)]).toEqual([2, 21, 0]);
  });
});

describe('what a device says', () => {
  it('goes forward only; a last word stands', () => {
    expect(follows('ordered', 'received')).toBe(true);
    expect(follows('downloaded', 'received')).toBe(false);
    expect(follows('installing', 'rolledBack')).toBe(true);
    for (const last of ['healthy', 'rolledBack', 'refused'] as const)
      for (const said of ['installing', 'healthy', 'rolledBack', 'refused'] as const)
        expect(follows(last, said)).toBe(false);
  });

  it('of one that was to stay, only that it went on in spite of that counts', () => {
    expect(follows('held', 'downloaded')).toBe(false);
    expect(follows('held', 'installing')).toBe(true);
    expect(follows('chosen', 'refused')).toBe(false);
  });
});
