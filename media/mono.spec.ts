import { describe, expect, test } from '@jest/globals';
import { chooseMono, MonoChoice, monoOf } from './mono.js';

describe('which signal of a stereo recording goes on air', () => {
  test('the mix of two channels that carry the same', () => {
    expect(chooseMono({ mix: -20, left: -20, right: -20 })).toBe('mix');
  });
  test('the channel that carries something when the other is silent', () => {
    expect(chooseMono({ mix: -26, left: -70, right: -20 })).toBe('right');
  });
  test('the louder channel when the two cancel each other', () => {
    expect(chooseMono({ mix: -45, left: -21, right: -20 })).toBe('right');
  });
  test('the mix of a voice that is mostly on one channel: 6 LU is what mixing costs, not cancelling', () => {
    expect(chooseMono({ mix: -26, left: -20, right: -50 })).toBe('mix');
  });
  test('none when both are silent', () => {
    expect(() => chooseMono({ mix: -70, left: -65, right: -61 })).toThrow('media.silent');
  });
});

test('opposite phase is heard in the samples', () => {
  const choice = new MonoChoice();
  const stereo = new Float32Array(48_000);
  for (let at = 0; at < 24_000; at++) {
    stereo[2 * at] = 0.3 * Math.sin(at / 8);
    stereo[2 * at + 1] = -0.3 * Math.sin(at / 8);
  }
  choice.push(stereo);
  const source = choice.choose();
  expect(source).not.toBe('mix');
  expect(monoOf(stereo, source).some((sample) => Math.abs(sample) > 0.29)).toBe(true);
});
