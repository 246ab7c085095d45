import { describe, expect, test } from '@jest/globals';
import { atVolume, PRESENCE, PresenceMeter, QUIET_RMS, rmsOf } from './presence.js';

/** 100 ms of a tone with that peak, on an offset. */
function tone(peak: number, offset = 0): Buffer {
  const pcm = Buffer.alloc(4_800 * 2);
  for (let frame = 0; frame < 4_800; frame++)
    pcm.writeInt16LE(Math.round(offset + peak * Math.sin((2 * Math.PI * 440 * frame) / 48_000)), frame * 2);
  return pcm;
}

/** A source that gives 100 ms of sound each 100 ms. */
function source() {
  let nowMs = 0;
  const meter = new PresenceMeter(0);
  return {
    give(pcm: Buffer, forMs: number) {
      let presence = meter.look(nowMs);
      for (let given = 0; given < forMs; given += 100) {
        nowMs += 100;
        presence = meter.take(pcm, nowMs);
      }
      return presence;
    },
    waitMs(ms: number) {
      nowMs += ms;
      return meter.look(nowMs);
    },
  };
}

describe('whether a source gives sound', () => {
  test('it does while samples come that are not quiet', () => {
    expect(source().give(tone(3_000), 60_000)).toBe('heard');
  });

  test('stalled once nothing has come for three seconds', () => {
    const radio = source();
    radio.give(tone(3_000), 1_000);
    expect(radio.waitMs(PRESENCE.stalledMs)).toBe('heard');
    expect(radio.waitMs(1)).toBe('stalled');
  });

  test('stalled too when nothing ever came', () => {
    expect(source().waitMs(PRESENCE.stalledMs + 1)).toBe('stalled');
  });

  test('the first samples after a stall are not yet a return: a second of sound is', () => {
    const radio = source();
    radio.give(tone(3_000), 20_000);
    radio.waitMs(5_000);
    expect(radio.give(tone(3_000), 900)).toBe('stalled');
    expect(radio.give(tone(3_000), 100)).toBe('heard');
  });

  test('silent after ten quiet seconds; a pause of nine is none', () => {
    const radio = source();
    expect(radio.give(tone(0), 9_900)).toBe('heard');
    expect(radio.give(tone(3_000), 100)).toBe('heard');
    expect(radio.give(tone(0), 9_900)).toBe('heard');
    expect(radio.give(tone(0), 100)).toBe('silent');
    expect(radio.give(tone(3_000), 1_000)).toBe('heard');
  });

  test('the hum of an open line and the offset of a cheap card are quiet, a whisper is not', () => {
    expect(source().give(tone(40, 900), 10_000)).toBe('silent');
    expect(source().give(tone(150), 10_000)).toBe('heard');
  });
});

test('RMS of a tone is its peak over the root of two', () => {
  expect(rmsOf(tone(1_000, -500))).toBeCloseTo(1_000 / Math.SQRT2, 0);
  expect(rmsOf(Buffer.alloc(0))).toBe(0);
  expect(rmsOf(tone(0))).toBeLessThan(QUIET_RMS);
});

test('volume scales every sample', () => {
  const loud = Buffer.alloc(4);
  loud.writeInt16LE(-32_768, 0);
  loud.writeInt16LE(1_001, 2);
  const half = atVolume(loud, 50);
  expect([half.readInt16LE(0), half.readInt16LE(2)]).toEqual([-16_384, 501]);
  expect(atVolume(loud, 100)).toBe(loud);
  expect(rmsOf(atVolume(tone(5_000), 0))).toBe(0);
});
