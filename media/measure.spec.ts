import { describe, expect, test } from '@jest/globals';
import { measureArgs, readLoudness, toMs } from './measure.js';

const summary = (name: string, lufs: string, peak: string) =>
  `[ebur128@${name} @ 0x55] Summary:\n\n  Integrated loudness:\n    I:         ${lufs} LUFS\n    Threshold: -31.0 LUFS\n\n  True peak:\n    Peak:      ${peak} dBFS\n`;

describe('the summary of the meter', () => {
  test('is read by the name of the meter', () => {
    const stderr = summary('left', '-20.1', '-3.0') + summary('mix', '-23.4', '-6.5');
    expect(readLoudness(stderr, 'left')).toEqual({ lufs: -20.1, truePeakDb: -3 });
    expect(readLoudness(stderr, 'mix')).toEqual({ lufs: -23.4, truePeakDb: -6.5 });
  });
  test('of silence has no peak', () => {
    expect(readLoudness(summary('mix', '-70.0', '-inf'), 'mix').truePeakDb).toBe(Number.NEGATIVE_INFINITY);
  });
  test('forged in a title of the file does not count: the last one is the meter’s', () => {
    const stderr = `title: ${summary('mix', '-16.0', '-9.0')}${summary('mix', '-40.0', '-30.0')}`;
    expect(readLoudness(stderr, 'mix').lufs).toBe(-40);
  });
  test('that is missing is a failure of the tool', () => {
    expect(() => readLoudness('nothing', 'mix')).toThrow('media.toolFailed');
  });
});

test('case 4: no decoded sound has no length', () => {
  expect(() => toMs(0)).toThrow('media.durationUnknown');
  expect(toMs(96_000)).toBe(1000);
});

test('one run counts the samples and reads every meter', () => {
  const args = measureArgs(
    '/a.wav',
    { format: 'wav', bytes: 1, statedMs: undefined, strict: true },
    1000,
    ['mix', 'left'],
    400,
  );
  const graph = args[args.indexOf('-filter_complex') + 1];
  expect(graph).toContain('asplit=2[in_mix][in_left]');
  expect(graph).toContain(
    'pan=mono|c0=0.5*c0+0.5*c1,apad=pad_len=19200,ebur128@mix=framelog=verbose:peak=true[counted]',
  );
  expect(args.slice(-2)).toEqual(['s16le', 'pipe:1']);
});
