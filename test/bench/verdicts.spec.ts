import { describe, expect, it } from '@jest/globals';
import { fanoutHolds } from './fanout.bench.js';
import { pushHolds } from './push.bench.js';

const open = { complete: true, uploadRatio: 1, downloadRatio: 1, timeRatio: 2, churnUploadRatio: 1.2 };
const capped = { cappedComplete: true, cappedTimeRatio: 0.05 };

describe('the verdict of a bench', () => {
  it('holds within all limits, and where a program for one part is missing', () => {
    expect(pushHolds(open, capped)).toBe(true);
    expect(pushHolds(open, null)).toBe(true);
    expect(fanoutHolds({ ratio: 1.4, frozenRatio: 1.1 }, { ratioMosquitto: 1.2 })).toBe(true);
    expect(fanoutHolds({ ratio: 1.4, frozenRatio: 1.1 }, null)).toBe(true);
  });

  it.each([
    ['not everybody could pull over the capped line', open, { ...capped, cappedComplete: false }],
    ['the capped line took too long', open, { ...capped, cappedTimeRatio: 0.11 }],
    ['nothing was measured on the capped line', open, { ...capped, cappedTimeRatio: Number.NaN }],
    ['somebody lacks the file', { ...open, complete: false }, capped],
    ['coming and going cost too much', { ...open, churnUploadRatio: 1.26 }, capped],
  ])('push does not hold when %s', (_, line, other) => expect(pushHolds(line, other)).toBe(false));

  it.each([1.31, Number.NaN])('fanout does not hold with %d on Mosquitto', (ratioMosquitto) =>
    expect(fanoutHolds({ ratio: 1, frozenRatio: 1 }, { ratioMosquitto })).toBe(false),
  );
});
