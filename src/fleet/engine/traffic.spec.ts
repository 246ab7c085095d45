import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Counters, readCounters } from './traffic.js';

const counters = (boot: number, uptimeS: number, bytesUp: number, bytesDown = 0): Counters => ({
  boot,
  uptimeS,
  bytesUp,
  bytesDown,
});

describe('bytes of a device', () => {
  it.each<[string, Counters | null, Counters, number]>([
    ['the first word counts whole', null, counters(1, 300, 500), 500],
    ['then the difference', counters(1, 300, 500), counters(1, 600, 700), 200],
    ['a new boot begins at nothing', counters(1, 300, 500), counters(2, 60, 40), 40],
    ['a counter that runs back counts nothing', counters(1, 300, 500), counters(1, 600, 100), 0],
    ['a counter that ran over counts no more than a network carries', null, counters(1, 300, 9e15), 1e12],
  ])('%s', (_what, before, now, bytesUp) => {
    expect(readCounters(before, now)).toMatchObject({ kind: 'ahead', bytesUp });
  });

  it('a word of the boot before, on its way meanwhile, counts nothing', () => {
    expect(readCounters(counters(2, 60, 40), counters(1, 900, 800))).toEqual({ kind: 'late' });
  });

  it('the same boot that is suddenly younger is another device; a minute of disorder is not', () => {
    expect(readCounters(counters(2, 9_000, 0), counters(2, 8_939, 0)).kind).toBe('cloned');
    expect(readCounters(counters(2, 9_000, 0), counters(2, 8_940, 0)).kind).toBe('ahead');
  });

  it('summed over any boots and with any messages lost: what each boot counted in the end', () => {
    const boot = fc.array(fc.tuple(fc.nat(1_000), fc.boolean()), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(boot, { maxLength: 6 }), (boots) => {
        let before: Counters | null = null;
        let summed = 0;
        let expected = 0;
        boots.forEach((messages, at) => {
          let sent = 0;
          messages.forEach(([bytes, lost], n) => {
            sent += bytes;
            // The last one of a boot comes: what it would have said is lost with it otherwise.
            if (lost && n < messages.length - 1) return;
            const reading = readCounters(before, counters(at + 1, n * 300, sent));
            if (reading.kind !== 'ahead') throw new Error(reading.kind);
            summed += reading.bytesUp;
            before = reading.now;
          });
          expected += sent;
        });
        expect(summed).toBe(expected);
      }),
    );
  });
});
