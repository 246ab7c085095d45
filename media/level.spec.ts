import { describe, expect, test } from '@jest/globals';
import { chooseMono, correctLevel, type Loudness, levelFilters, planLevel } from './level.js';

const at = (lufs: number, truePeakDb = lufs + 12): Loudness => ({ lufs, truePeakDb });
const none: Loudness = { lufs: -70, truePeakDb: Number.NEGATIVE_INFINITY };

describe('which signal becomes the mono one', () => {
  test('a mono file is its only channel', () => {
    expect(chooseMono({ mix: at(-26), left: at(-20), right: none })).toBe('left');
  });
  test('ordinary stereo is mixed', () => {
    expect(chooseMono({ mix: at(-22), left: at(-20), right: at(-21) })).toBe('mix');
  });
  test('opposite phase takes the louder channel, because the mix would cancel', () => {
    expect(chooseMono({ mix: none, left: at(-21), right: at(-20) })).toBe('right');
    expect(chooseMono({ mix: at(-29), left: at(-20), right: at(-21) })).toBe('left');
  });
  test('silence on both channels is refused', () => {
    expect(() => chooseMono({ mix: none, left: none, right: at(-61) })).toThrow('media.silent');
  });
});

describe('the level', () => {
  test('is a plain gain as long as the true peak stays below −1.5 dBTP', () => {
    expect(planLevel({ lufs: -30, truePeakDb: -15.6 })).toEqual({ gainDb: 14, ceilingDb: undefined });
  });
  test('gets a limiter where the gain would lift the true peak above', () => {
    const { gainDb, ceilingDb } = planLevel({ lufs: -30, truePeakDb: -10 });
    expect(gainDb).toBeGreaterThan(14);
    expect(ceilingDb).toBeLessThan(-1.5);
  });
  test('is right when loudness and peak are', () => {
    expect(
      correctLevel({ gainDb: 14, ceilingDb: undefined }, at(-30), { lufs: -16.1, truePeakDb: -2 }, false),
    ).toBeUndefined();
  });
  test('follows what the codec took away', () => {
    const better = correctLevel({ gainDb: 14, ceilingDb: undefined }, at(-30), { lufs: -18, truePeakDb: -9 }, false);
    expect(better).toEqual({ gainDb: 16, ceilingDb: undefined });
  });
  test('lowers the ceiling by what the codec added to the peaks', () => {
    const better = correctLevel({ gainDb: 14, ceilingDb: -2.2 }, at(-30), { lufs: -16, truePeakDb: -1 }, false);
    expect(better).toEqual({ gainDb: 14, ceilingDb: -2.9 });
  });
  test('gives up loudness rather than the peak when no try is left', () => {
    const better = correctLevel({ gainDb: 14, ceilingDb: -2.2 }, at(-30), { lufs: -16, truePeakDb: -1 }, true);
    expect(better?.gainDb).toBeLessThan(14);
    expect(better?.ceilingDb).toBeLessThan(-2.2);
  });
  test('is not driven without end into the limiter', () => {
    const better = correctLevel({ gainDb: 22, ceilingDb: -2.2 }, at(-30), { lufs: -24, truePeakDb: -2 }, false);
    expect(better?.gainDb).toBe(23);
  });
});

test('the filters are one gain, and a limiter at four times the rate only where it is needed', () => {
  expect(levelFilters({ gainDb: -3.456, ceilingDb: undefined })).toEqual(['volume=-3.46dB:precision=float']);
  const limited = levelFilters({ gainDb: 3, ceilingDb: -6.0206 });
  expect(limited).toContain('alimiter=limit=0.50000:attack=5:release=60:level=false');
  expect(limited).toContain('aresample=192000');
});
