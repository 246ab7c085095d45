import { describe, expect, it } from '@jest/globals';
import { FAULT_KINDS, faultsOf } from './faults.js';
import { DAY, runVirtualDistrict } from './virtual-district.js';

const HOUR = 3_600_000;
const MIDNIGHT = Date.UTC(2025, 11, 31, 17);
const WEEK = { devices: 95, days: 7, playsPerDay: 6 };

describe('a district in virtual time', () => {
  it('95 loudspeakers through a bad week: each of 3,990 plays has exactly one final receipt', () => {
    const result = runVirtualDistrict({ seed: 'bad week', ...WEEK });
    expect(result.planned).toBe(3_990);
    expect({ missing: result.missing, twice: result.twice, problems: result.problems, unsent: result.unsent }).toEqual({
      missing: [],
      twice: [],
      problems: [],
      unsent: 0,
    });
    // It was a bad week, and the receipts say so.
    expect(result.faults).toBeGreaterThan(300);
    expect(result.outcomes.complete).toBeGreaterThan(3_000);
    expect(result.outcomes.partial).toBeGreaterThan(0);
    expect(result.outcomes.notPlayed).toBeGreaterThan(20);
    expect(result.causes.powerLost).toBeGreaterThan(20);
  }, 120_000);

  it('the same seed gives the same receipts to the last byte, another seed others', () => {
    const small = { devices: 12, days: 3, playsPerDay: 6 };
    const [once, again, other] = ['a', 'a', 'b'].map((seed) => runVirtualDistrict({ seed, ...small }));
    expect(again).toEqual(once);
    expect(other?.digest).not.toBe(once?.digest);
  }, 120_000);

  it('without faults everything is complete', () => {
    const result = runVirtualDistrict({ seed: 'calm', devices: 5, days: 2, playsPerDay: 6, faults: [] });
    expect(result).toMatchObject({ planned: 60, outcomes: { complete: 60, partial: 0, notPlayed: 0 }, causes: {} });
  });

  it('a day without network changes no outcome; a day without power does', () => {
    const span = { device: 'device-1', fromMs: MIDNIGHT + 2 * HOUR, untilMs: MIDNIGHT + DAY };
    const day = { seed: 'one', devices: 1, days: 2, playsPerDay: 6 };
    const offline = runVirtualDistrict({ ...day, faults: [{ ...span, fault: { kind: 'offline' } }] });
    expect(offline.outcomes).toEqual({ complete: 12, partial: 0, notPlayed: 0 });
    const dark = runVirtualDistrict({ ...day, faults: [{ ...span, fault: { kind: 'powerCut' } }] });
    expect(dark.outcomes).toEqual({ complete: 6, partial: 0, notPlayed: 6 });
    expect(dark.causes).toEqual({ powerLost: 6 });
  });

  it('chunks that arrive damaged, and acknowledgements that do not arrive, cost time and nothing else', () => {
    const span = { device: 'device-1', fromMs: MIDNIGHT - 23 * HOUR, untilMs: MIDNIGHT + DAY };
    const result = runVirtualDistrict({
      seed: 'noise',
      devices: 1,
      days: 2,
      playsPerDay: 6,
      faults: [
        { ...span, fault: { kind: 'corruptedChunks', oneIn: 2 } },
        { ...span, fault: { kind: 'lostAcks' } },
      ],
    });
    expect(result).toMatchObject({ outcomes: { complete: 12 }, missing: [], twice: [], problems: [], unsent: 0 });
  });
});

describe('faults from a seed', () => {
  const span = { fromMs: 0, untilMs: 30 * DAY };

  it('are the same for the same seed, and of a device alone whatever other devices there are', () => {
    const alone = faultsOf('s', ['a'], span);
    expect(faultsOf('s', ['a'], span)).toEqual(alone);
    expect(faultsOf('s', ['b', 'a'], span).filter(({ device }) => device === 'a')).toEqual(alone);
    expect(faultsOf('t', ['a'], span)).not.toEqual(alone);
  });

  it('of all kinds, inside the span, and never two of a kind on one device at a time', () => {
    const faults = faultsOf('s', ['a', 'b', 'c'], span);
    expect(new Set(faults.map(({ fault }) => fault.kind))).toEqual(new Set(FAULT_KINDS));
    const last = new Map<string, number>();
    for (const { device, fault, fromMs, untilMs } of faults) {
      expect(fromMs).toBeGreaterThanOrEqual(last.get(`${device}/${fault.kind}`) ?? 0);
      expect(untilMs).toBeGreaterThanOrEqual(fromMs);
      expect(untilMs).toBeLessThanOrEqual(span.untilMs);
      last.set(`${device}/${fault.kind}`, untilMs);
    }
  });
});
