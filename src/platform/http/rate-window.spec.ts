import { describe, expect, it } from '@jest/globals';
import { addressKey, RateWindow } from './rate-window.js';

describe('counting calls', () => {
  const window = () => new RateWindow({ most: 2, spanMs: 1_000, mostKeys: 3 });

  it('lets so many through in a span, each key on its own, and again after it', () => {
    const rate = window();
    expect([0, 1, 2, 999].map((ms) => rate.take('a', ms))).toEqual([true, true, false, false]);
    expect(rate.take('b', 999)).toBe(true);
    expect([1_000, 1_001, 1_002].map((ms) => rate.take('a', ms))).toEqual([true, true, false]);
  });

  it('says whether there is room without counting', () => {
    const rate = window();
    rate.take('a', 0);
    expect([1, 2, 3].map((ms) => rate.hasRoom('a', ms))).toEqual([true, true, true]);
    rate.take('a', 4);
    expect([rate.hasRoom('a', 999), rate.hasRoom('b', 999), rate.hasRoom('a', 1_000)]).toEqual([false, true, true]);
  });

  it('what is refused is not counted: who goes on trying waits no longer than a span', () => {
    const rate = window();
    for (let ms = 0; ms < 1_000; ms += 10) rate.take('a', ms);
    expect(rate.take('a', 1_000)).toBe(true);
  });

  it('a clock that is set back does not lock anybody out', () => {
    const rate = window();
    for (let n = 0; n < 3; n++) rate.take('a', 10_000);
    expect(rate.take('a', 0)).toBe(true);
  });

  it('a flood of keys pushes out the oldest and never grows', () => {
    const rate = window();
    for (let n = 0; n < 1_000; n++) rate.take(`k${n}`, n % 10);
    expect(rate.keys).toBe(3);
  });

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9%eth0', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('the address %s counts as %s', (address, key) => expect(addressKey(address)).toBe(key));
});
