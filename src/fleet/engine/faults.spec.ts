import { describe, expect, it } from '@jest/globals';
import { NOTHING_KNOWN } from './evidence.js';
import { wrongByState } from './faults.js';
import { startOfDay } from './local-days.js';
import { type WatchedSim, wrongBySim } from './sim-watch.js';

const HOUR = 3_600_000;
const BOUNDS = { offlineFaultAfterMs: 24 * HOUR, powerFaultAfterMs: 12 * HOUR, timeFaultAfterMs: HOUR };
const NINE = Date.parse('2026-01-05T09:00:00+07:00');

describe('faults of a device', () => {
  it('offline becomes one after its time, and until then says when', () => {
    const state = { state: 'offline', sinceMs: NINE } as const;
    expect(wrongByState(NOTHING_KNOWN, state, BOUNDS, NINE + 24 * HOUR - 1)).toEqual({
      wrong: [],
      nextMs: NINE + 24 * HOUR,
    });
    expect(wrongByState(NOTHING_KNOWN, state, BOUNDS, NINE + 24 * HOUR)).toEqual({
      wrong: [{ kind: 'offline', episode: String(NINE), sinceMs: NINE }],
      nextMs: null,
    });
  });

  it('case 19: a cut is counted from the cut, and is no network fault', () => {
    const evidence = { ...NOTHING_KNOWN, powerLostAtMs: NINE };
    const { wrong } = wrongByState(evidence, { state: 'powerLost', sinceMs: NINE + HOUR }, BOUNDS, NINE + 12 * HOUR);
    expect(wrong).toEqual([{ kind: 'powerLost', episode: String(NINE), sinceMs: NINE }]);
  });

  it('a part that is broken is one at once; several are several', () => {
    const evidence = { ...NOTHING_KNOWN, faults: { amplifier: NINE, storage: NINE + 1 } };
    const { wrong } = wrongByState(evidence, { state: 'fault', sinceMs: NINE }, BOUNDS, NINE + 1);
    expect(wrong.map(({ kind, sinceMs }) => [kind, sinceMs])).toEqual([
      ['amplifier', NINE],
      ['storage', NINE + 1],
    ]);
  });

  it('no trusted time for an hour is one, while the device can be heard', () => {
    const evidence = { ...NOTHING_KNOWN, untrustedAtMs: NINE };
    const at = (state: 'noTrustedTime' | 'offline', ms: number) =>
      wrongByState(evidence, { state, sinceMs: NINE + ms }, BOUNDS, NINE + ms).wrong.map(({ kind }) => kind);
    expect([at('noTrustedTime', HOUR - 1), at('noTrustedTime', HOUR), at('offline', HOUR)]).toEqual([
      [],
      ['noTrustedTime'],
      [],
    ]);
  });
});

describe('warnings about a SIM', () => {
  const sim = (changes: Partial<WatchedSim>): WatchedSim => ({
    expiresOn: null,
    quotaBytes: null,
    warnDays: 7,
    warnShare: 0.8,
    ...changes,
  });

  it('a package that ends within the days, from the midnight on with which they begin', () => {
    const ends = sim({ expiresOn: '2026-01-31' });
    const from = startOfDay('2026-01-24');
    expect(wrongBySim(ends, 0, from - 1)).toEqual([]);
    expect(wrongBySim(ends, 0, from)).toEqual([{ kind: 'simExpiry', episode: '2026-01-31', sinceMs: from }]);
  });

  it('a package that has ended goes on being one; an extension ends it', () => {
    expect(wrongBySim(sim({ expiresOn: '2025-12-31' }), 0, NINE)).toHaveLength(1);
    expect(wrongBySim(sim({ expiresOn: '2026-12-31' }), 0, NINE)).toEqual([]);
  });

  it.each([
    [800, []],
    [801, ['simQuota']],
    [5_000, ['simQuota']],
  ])('of 1,000 bytes %d are used: %j', (used, kinds) => {
    expect(wrongBySim(sim({ quotaBytes: 1_000 }), used, NINE).map(({ kind }) => kind)).toEqual(kinds);
  });

  it('each month and each quota is another time', () => {
    const episode = (quotaBytes: number, ms: number) => wrongBySim(sim({ quotaBytes }), 9_000, ms)[0]?.episode;
    const february = Date.parse('2026-02-01T00:00:00+07:00');
    expect(new Set([episode(1_000, NINE), episode(2_000, NINE), episode(1_000, february)]).size).toBe(3);
  });

  it('without an end and a quota there is nothing to warn of', () => {
    expect(wrongBySim(sim({}), 1e12, NINE)).toEqual([]);
  });
});
