import { describe, expect, it } from '@jest/globals';
import { distanceM } from './distance.js';
import { HANDOVER_LACKS, type HandoverForm, lacksOf } from './handover-form.js';

const whole: HandoverForm = {
  claim: 'VANG1.x',
  place: {},
  position: {},
  testTone: 'heard',
  testToneCommand: 'command-1',
  signedName: 'Nguyễn Văn A',
  signedAtMs: 1,
};

describe('a handover', () => {
  it('an empty form lacks everything', () => {
    const empty = {
      claim: null,
      place: null,
      position: null,
      testTone: null,
      testToneCommand: null,
      signedName: null,
      signedAtMs: null,
    };
    expect(lacksOf(empty, 0).map(({ code }) => code)).toEqual([...HANDOVER_LACKS]);
  });

  it('a whole one lacks nothing', () => {
    expect(lacksOf(whole, 1)).toEqual([]);
  });

  it('a tone that was heard names its command; one that could not be played does not', () => {
    expect(lacksOf({ ...whole, testToneCommand: null }, 1)).toEqual([
      { at: 'testTone', code: 'handover.lacksTestTone' },
    ]);
    expect(lacksOf({ ...whole, testTone: 'notPossible', testToneCommand: null }, 1)).toEqual([]);
  });

  it('spaces are no signature', () => {
    expect(lacksOf({ ...whole, signedName: '   ' }, 1)).toEqual([
      { at: 'signedName', code: 'handover.lacksSignature' },
    ]);
  });
});

describe('the way between two places', () => {
  it.each([
    ['none', [11.5, 106.5], [11.5, 106.5], 0],
    ['a minute of latitude is a nautical mile', [11, 106], [11 + 1 / 60, 106], 1_853],
    ['Hà Nội – Huế', [21.0285, 105.8542], [16.4637, 107.5909], 540_000],
    ['across the date line', [0, 179.999], [0, -179.999], 222],
  ])('%s', (_what, [a = 0, b = 0], [c = 0, d = 0], metres) => {
    const way = distanceM({ latitude: a, longitude: b }, { latitude: c, longitude: d });
    expect(Math.abs(way - metres)).toBeLessThanOrEqual(metres * 0.005 + 1);
  });
});
