import { describe, expect, it } from '@jest/globals';
import { DAY_MS, dayAfter, isDay, localDayOf, startOfDay } from './local-days.js';
import { type Measured, rollUp } from './rollup.js';

const MIDNIGHT = startOfDay('2026-01-05');
const FIVE = 300_000;
const message = (atMs: number, changes: Partial<Measured> = {}): Measured => ({
  atMs,
  bytesUp: 10,
  bytesDown: 20,
  signalDbm: null,
  temperatureC: null,
  supplyVolts: null,
  freeBytes: null,
  memoryBytes: null,
  clockErrorMs: null,
  volumePercent: null,
  ...changes,
});
const every = (from: number, until: number) =>
  Array.from({ length: Math.floor((until - from) / FIVE) }, (_, n) => message(MIDNIGHT + from + n * FIVE));

describe('a day of telemetry', () => {
  it('288 messages are a whole day', () => {
    expect(rollUp(every(0, DAY_MS), MIDNIGHT)).toMatchObject({
      messages: 288,
      uptimeShare: 1,
      bytesUp: 2_880,
      bytesDown: 5_760,
    });
  });

  it('half a day of them is half a day, wherever it lies', () => {
    for (const from of [0, DAY_MS / 4, DAY_MS / 2])
      expect(rollUp(every(from, from + DAY_MS / 2), MIDNIGHT).uptimeShare).toBeCloseTo(0.5, 2);
  });

  it('one lost message is no time away, an hour is', () => {
    const whole = every(0, DAY_MS);
    expect(
      rollUp(
        whole.filter((_, n) => n !== 100),
        MIDNIGHT,
      ).uptimeShare,
    ).toBe(1);
    expect(
      rollUp(
        whole.filter((_, n) => n < 100 || n >= 112),
        MIDNIGHT,
      ).uptimeShare,
    ).toBeCloseTo(23 / 24, 2);
  });

  it('the least, the middle and the most of what was measured; nothing of what was not', () => {
    const { figures } = rollUp(
      [20, null, 40, 60].map((temperatureC, n) => message(MIDNIGHT + n * FIVE, { temperatureC })),
      MIDNIGHT,
    );
    expect(figures).toEqual({ temperatureC: { min: 20, avg: 40, max: 60 } });
  });

  it('no message: nothing', () => {
    expect(rollUp([], MIDNIGHT)).toEqual({ messages: 0, uptimeShare: 0, bytesUp: 0, bytesDown: 0, figures: {} });
  });
});

describe('local days', () => {
  it('begin at midnight in Viet Nam', () => {
    expect(localDayOf(MIDNIGHT)).toBe('2026-01-05');
    expect(localDayOf(MIDNIGHT - 1)).toBe('2026-01-04');
    expect([dayAfter('2026-02-28'), dayAfter('2028-02-28')]).toEqual(['2026-03-01', '2028-02-29']);
  });

  it.each(['2026-02-30', '2026-13-01', '26-01-01', '', '2026-1-1', '2026-01-01T00:00'])('"%s" is none', (text) => {
    expect(isDay(text)).toBe(false);
  });
});
