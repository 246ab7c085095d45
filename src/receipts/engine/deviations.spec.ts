import { describe, expect, it } from '@jest/globals';
import type { Receipt } from '../../../devices/protocol/index.js';
import { type Deviation, deviationsOf } from './deviations.js';

const planned = { durationMs: 60_000, volume: 80 } as Receipt['planned'];
const AS_PLANNED = {
  ...{ planned, startedAtMs: 1_000, lateMs: 12, volume: 80, playedMs: 60_000, seekMs: 0 },
  clock: { trust: 'trusted', errorMs: 5 },
} as Receipt;

describe('how a play differs from what was planned', () => {
  it.each<[string, Partial<Receipt>, Deviation[]]>([
    ['as planned', {}, []],
    ['a second late is not late', { lateMs: 1_000 }, []],
    ['half a minute late', { lateMs: 30_000 }, ['late']],
    ['late, and from the middle on', { lateMs: 30_000, seekMs: 30_000, playedMs: 30_000 }, ['late', 'cutShort']],
    ['at another volume', { volume: 60 }, ['wrongVolume']],
    ['the end is missing', { playedMs: 40_000 }, ['cutShort']],
    ['something else in between', { interruptions: [{}] as unknown as Receipt['interruptions'] }, ['interrupted']],
    ['no sound at all: nothing to differ', { startedAtMs: null, volume: 0, playedMs: 0 }, []],
    ['without a trusted clock', { clock: { trust: 'untrusted', errorMs: null } }, ['untrustedTime']],
  ])('%s', (_what, changes, expected) => {
    expect(deviationsOf({ ...AS_PLANNED, ...changes })).toEqual(expected);
  });
});
