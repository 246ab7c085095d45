import { describe, expect, it } from '@jest/globals';
import { epochsOf } from './epochs.js';

const period = { from: '2026-01-01', to: '2026-03-31' };
const link = (clusterId: string, validFrom: string, validTo: string | null = null) => ({
  clusterId,
  validFrom,
  validTo,
});

describe('who served a hamlet when', () => {
  it('the same all the time is one part', () => {
    expect(epochsOf([link('k1', '2020-01-01'), link('k2', '2025-12-31', '2026-04-01')], period)).toEqual([
      { period, clusterIds: ['k1', 'k2'] },
    ]);
  });

  it('case 17: one that was replaced serves until its last day, the next from the day after', () => {
    expect(epochsOf([link('k1', '2020-01-01', '2026-02-10'), link('k2', '2026-02-11')], period)).toEqual([
      { period: { from: '2026-01-01', to: '2026-02-10' }, clusterIds: ['k1'] },
      { period: { from: '2026-02-11', to: '2026-03-31' }, clusterIds: ['k2'] },
    ]);
  });

  it('days without any are left out, and so is what serves at another time', () => {
    expect(epochsOf([link('k1', '2026-03-31'), link('k2', '2024-01-01', '2025-12-31')], period)).toEqual([
      { period: { from: '2026-03-31', to: '2026-03-31' }, clusterIds: ['k1'] },
    ]);
    expect(epochsOf([], period)).toEqual([]);
  });
});
