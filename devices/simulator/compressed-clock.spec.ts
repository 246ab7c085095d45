import { describe, expect, it } from '@jest/globals';
import type { CoreState, Durable } from '../player/core/index.js';
import { bornState, nextWake, timeAt, UNBORN } from '../player/core/index.js';
import { COASTING_AFTER_MS, type PlanHead, type PlannedPlay, RESYNC_MS } from '../protocol/index.js';
import { ahead, carried, horizon, horizonReaches, mayJump, nextChange } from './compressed-clock.js';

const NOON = 1_800_000_000_000;
const HOUR = 3_600_000;
const ANCHOR = { serverMs: NOON, monoMs: 5_000, errorMs: 3, kernelBootId: 'k' };
const SHA = 'a'.repeat(64);

const play = (id: string, startMs: number): PlannedPlay => ({
  play: id,
  occurrence: id,
  part: 0,
  startMs,
  latestEndMs: startMs + HOUR,
  late: 'skip',
  class: 'normal',
  volume: 50,
  item: { id: 'i', version: 1, title: 'Bản tin', language: 'vi' },
  audio: { sha256: SHA, bytes: 1, type: 'audio/mpeg', durationMs: 60_000 },
});

/** Connected, trusted, its plan and audio here, nothing under way. */
function settled(durable: Partial<Durable> = {}, state: Partial<CoreState> = {}): CoreState {
  const head = { version: 1, sinceMs: 0, parts: [] as PlanHead['parts'] } as PlanHead;
  const parts = { '2027-01-15': { sha256: SHA, version: 1, plays: [play('later', NOON + 5 * HOUR)] } };
  const born = bornState({ ...UNBORN, clock: ANCHOR, head, activeVersion: 1, parts, ...durable });
  return { ...born, connected: true, stored: new Set([SHA]), ...state };
}

describe('compressed time', () => {
  it('skips five hours without growing older', () => {
    const before = settled();
    const to = nextChange(before, null, 6_000, null) as number;
    expect(timeAt(ANCHOR, to).nowMs).toBe(NOON + 5 * HOUR);
    const anchor = carried(ANCHOR, to - 6_000);
    expect(timeAt(anchor, to)).toMatchObject({ trust: 'trusted', nowMs: NOON + 5 * HOUR, errorMs: 4 });
    // Any earlier instant keeps its server time: causes of misses are judged by when the device booted.
    expect(anchor.serverMs - anchor.monoMs).toBe(ANCHOR.serverMs - ANCHOR.monoMs);
    const measured = { measuredMonoMs: Number.MAX_SAFE_INTEGER };
    expect(nextWake(settled({ clock: anchor, parts: {} }, measured), to)).toBe(anchor.monoMs + RESYNC_MS);
  });

  it('still coasts when real hours pass without an answer', () => {
    const anchor = carried(ANCHOR, 100 * HOUR);
    expect(timeAt(anchor, anchor.monoMs + COASTING_AFTER_MS + 1).trust).toBe('coasting');
  });

  it('keeps its lead after a new exchange', () => {
    const offsetMs = 30 * HOUR;
    const exchange = { ...ANCHOR, serverMs: NOON + 60_000, monoMs: 65_000 + offsetMs };
    expect(timeAt(ahead(exchange, offsetMs), 65_000 + offsetMs).nowMs).toBe(NOON + 60_000 + offsetMs);
  });

  it('jumps only with everything here and nothing under way', () => {
    const unsent = [{ boot: 1, seq: 1, previous: '', link: '', text: '' }];
    expect(mayJump(settled(), 6_000, 'linked')).toBe(true);
    expect(mayJump(settled(), 6_000, 'linking')).toBe(false);
    expect(mayJump(settled({ clock: null }), 6_000, 'linked')).toBe(false);
    expect(mayJump(settled({ activeVersion: 0 }), 6_000, 'linked')).toBe(false);
    expect(mayJump(settled({}, { stored: new Set() }), 6_000, 'linked')).toBe(false);
    expect(mayJump(settled({}, { timeAsked: { nonce: 'n', monoMs: 1 } }), 6_000, 'linked')).toBe(false);
    expect(mayJump(settled({ unsent }), 6_000, 'linked')).toBe(false);
    expect(mayJump(settled({ unsent }, { connected: false }), 6_000, 'severed')).toBe(true);
  });

  it('goes from change to change, a sound that ends first included, and stops at the end of its span', () => {
    const state = settled();
    const start = 5_000 + 5 * HOUR;
    expect(nextChange(state, null, 6_000, null)).toBe(start);
    expect(nextChange(state, 70_000, 6_000, null)).toBe(70_000);
    expect(nextChange(state, null, 6_000, NOON + HOUR)).toBeNull();
    expect(nextChange(state, 70_000, 6_000, NOON)).toBe(70_000);
    expect(nextChange(settled({ parts: {} }), null, 6_000, null)).toBeNull();
  });

  it('runs at its pace for the whole fleet', () => {
    const compression = { pace: 2_000, releasedAtRealMs: 1_000 };
    expect(horizon(null, 7_000)).toBe(7_000);
    expect(horizon(compression, 1_500)).toBe(1_001_000);
    expect(horizonReaches(compression, 1_001_000)).toBe(1_500);
    expect(horizon({ ...compression, pace: 'instant' }, 1_500)).toBe(Number.POSITIVE_INFINITY);
  });
});
