import { describe, expect, it } from '@jest/globals';
import { barLength, clockTime, LoudnessWatch, peakDb, recordingName, recordingType } from './levels.js';

describe('the level of the microphone', () => {
  it('is the peak of what came last, and never below the end of the meter', () => {
    expect(peakDb([0, -1, 0.5])).toBeCloseTo(0);
    expect(peakDb([0.1, -0.05])).toBeCloseTo(-20);
    expect(peakDb([0, 0])).toBe(-60);
    expect([peakDb([1e-9]), barLength(-60), barLength(-30), barLength(3)]).toEqual([-60, 0, 0.5, 1]);
  });

  it('a pause between sentences is no fault; four faint seconds are told, until somebody speaks up', () => {
    const watch = new LoudnessWatch();
    expect(watch.next(-20, 0)).toBe('good');
    expect(watch.next(-50, 3_900)).toBe('good');
    expect(watch.next(-50, 4_000)).toBe('faint');
    expect(watch.next(-20, 4_100)).toBe('good');
  });

  it('sound that is cut off is told for two seconds, long enough to be read', () => {
    const watch = new LoudnessWatch();
    expect(watch.next(0, 1_000)).toBe('overloaded');
    expect(watch.next(-20, 2_900)).toBe('overloaded');
    expect(watch.next(-20, 3_000)).toBe('good');
  });

  it('who says nothing at all from the beginning is told as well', () => {
    const watch = new LoudnessWatch();
    watch.next(-60, 0);
    expect(watch.next(-60, 4_000)).toBe('faint');
  });
});

describe('a recording', () => {
  it('is Opus in WebM where the browser can, else AAC (Safari), else what the browser likes', () => {
    expect(recordingType(() => true)).toBe('audio/webm;codecs=opus');
    expect(recordingType((type) => type === 'audio/mp4')).toBe('audio/mp4');
    expect(recordingType(() => false)).toBe('');
  });

  it('is named by what it is', () => {
    expect(recordingName('audio/webm;codecs=opus', 1)).toBe('ghi-am-1.webm');
    expect(recordingName('audio/mp4', 2)).toBe('ghi-am-2.m4a');
  });

  it('counts whole seconds', () =>
    expect([0, 999, 65_000, 600_000].map(clockTime)).toEqual(['0:00', '0:00', '1:05', '10:00']));
});
