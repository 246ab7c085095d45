import { describe, expect, test } from '@jest/globals';
import { Analyser, type Analysis } from './core/analysis.js';
import { integratedLufs } from './core/loudness.js';
import { correctLevel, FIRST_AIM, planLevel } from './level.js';
import { SAMPLE_RATE } from './limits.js';

/** `seconds` of what `wave` says for each second. */
function analysed(seconds: number, wave: (t: number) => number): Analysis {
  const analyser = new Analyser(SAMPLE_RATE);
  analyser.push(Float32Array.from({ length: seconds * SAMPLE_RATE }, (_, at) => wave(at / SAMPLE_RATE)));
  return analyser.end();
}
const plan = (analysis: Analysis) => planLevel(analysis, integratedLufs(analysis.weighted), FIRST_AIM);
const tone = (t: number) => 0.01 * Math.sin(2 * Math.PI * 500 * t);

describe('the levelling', () => {
  test('is a plain gain as long as no peak passes the ceiling', async () => {
    const quiet = analysed(5, tone);
    const { gainDb, ceilingDb } = await plan(quiet);
    expect(ceilingDb).toBeUndefined();
    expect(integratedLufs(quiet.weighted) + gainDb).toBeCloseTo(FIRST_AIM.lufs, 1);
  });

  test('gets a limiter where the gain would lift a peak above, and more gain for what the limiter takes', async () => {
    const voice = analysed(5, (t) => tone(t) * (t % 0.4 < 0.02 ? 60 : 1));
    const { gainDb, ceilingDb } = await plan(voice);
    expect(ceilingDb).toBe(FIRST_AIM.ceilingDb);
    expect(gainDb).toBeGreaterThan(FIRST_AIM.lufs - integratedLufs(voice.weighted));
  });

  test('is refused for sound that is nothing but clicks: no gain makes a click loud', async () => {
    const clicks = analysed(5, (t) => (Math.round(t * SAMPLE_RATE) % SAMPLE_RATE === 0 ? 1 : 0));
    await expect(plan(clicks)).rejects.toMatchObject({ code: 'media.cannotLevel' });
  });
});

describe('what the codec did', () => {
  const aim = { lufs: -15.8, ceilingDb: -2.4 };
  const first = { otherWays: true, tries: 1 };
  const peaks = new Float32Array(1000).fill(0.3);
  const before = { aim, level: { gainDb: 6, ceilingDb: -2.4 }, peaks };
  const product = (lufs: number, truePeakDb: number) => {
    const heights = new Float32Array(100).fill(0.5);
    heights[50] = 10 ** (truePeakDb / 20);
    return { lufs, truePeakDb, peaks: heights };
  };

  test('is right near the target and below the peak', () => {
    expect(correctLevel(before, product(-16.3, -1.7), first)).toBeUndefined();
  });
  test('to the loudness is made up for', () => {
    const better = correctLevel(before, product(-17, -5), first);
    expect(better).toEqual({ aim: { lufs: -14.8, ceilingDb: -2.4 }, peaks, otherWay: false });
  });
  test('to a peak is lowered there and nowhere else, and the loudness left alone', () => {
    const better = correctLevel(before, product(-16.2, -1.2), first);
    expect(better).toMatchObject({ aim, otherWay: false });
    expect(better?.peaks[505]).toBeGreaterThan(0.3);
    expect(better?.peaks[400]).toBe(peaks[400]);
  });
  test('as a click that no level explains is also left to another way of encoding, as long as there is one', () => {
    expect(correctLevel(before, product(-16, 4), first)).toMatchObject({ otherWay: true, aim });
    expect(correctLevel(before, product(-16, 4), { ...first, otherWays: false })?.otherWay).toBe(false);
  });
  test('again and again is lowered by more each time', () => {
    const at = (tries: number) => correctLevel(before, product(-16, -1.2), { ...first, tries })?.peaks[505] ?? 0;
    expect(at(2)).toBeGreaterThan(at(1));
    expect(at(3)).toBeGreaterThan(at(2));
  });
});
