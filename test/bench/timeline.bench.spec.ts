import { beforeAll, describe, expect, it } from '@jest/globals';
import { timeline } from './timeline.bench.js';

describe('the bench of the timeline, in its short form', () => {
  let figures: Awaited<ReturnType<typeof timeline.run>>;
  beforeAll(async () => {
    figures = await timeline.run({ short: true });
  });

  it('plans a week of fifteen communes, and a plan has plays for every cluster', () => {
    expect(figures).toMatchObject({ communes: 15, clusters: 300 });
    expect(Number(figures.plays)).toBeGreaterThan(300 * 7);
    expect(Number(figures.entries)).toBeGreaterThan(15);
  });

  it('hears from the baseline the same starts, at all devices of the sample', () => {
    expect(figures.agrees).toBe(true);
    expect(figures.baselineSample).toMatch(/^1\/15: 20 devices, [1-9]\d* questions$/);
  });

  it('makes anew after an edit the plans of those whom it concerns, and no others', () => {
    expect(figures.edits).toBe(30);
    expect(figures.touchedOnly).toBe(true);
  });

  it('gives every time that it took, and what they are to each other', () => {
    for (const name of ['coldMs', 'plainMs', 'baselineMs', 'baselineReadOnceMs', 'cores'])
      expect(figures[name]).toEqual(expect.any(Number));
    for (const name of ['editMs', 'editWorstMs', 'editMs10x', 'editWorstMs10x', 'ratio', 'ratioOfAll']) {
      expect(Number(figures[name])).toBeGreaterThan(0);
      expect(Number.isFinite(figures[name])).toBe(true);
    }
    expect(Number(figures.editWorstMs)).toBeGreaterThanOrEqual(Number(figures.editMs));
    expect(Number(figures.editWorstMs10x)).toBeGreaterThanOrEqual(Number(figures.editMs10x));
    // Whether they are good enough is for the full run, on a machine that does nothing else.
    expect(figures.holds).toEqual(expect.any(Boolean));
  });
});
